import { aggregates, type Coverage } from '@finharbor/security/aggregates/aggregates';
import { mayBeWithheld } from '@finharbor/security/aggregates/small-counts';
import { mayRead } from '@finharbor/security/authorisation/policy';
import { type Role, roles } from '@finharbor/security/tokens/caller';
import { Kind, type ObjectTypeDefinitionNode, parse, type TypeNode } from 'graphql';
import { read, services } from './sources.js';

/** Numbers that tell of one record, and are counted over nothing. */
const facts = new Set([
  'Enterprise.assets', 'Enterprise.employees', 'Enterprise.registeredCapital', 'Enterprise.revenue', 'Enterprise.version', 'PrecedenceRule.rank',
  'Import.bytes', 'ImportProgress.bytes', 'ImportProgress.percent', 'ImportPart.number', 'ImportPart.bytes', 'ImportChange.row',
  'ListEntry.row', 'ListEntryGap.row', 'PushList.revision', 'PushDuty.graceDays', 'ListEntry.demandAmount', 'ListEntry.demandTermMonths', 'ListRejection.row',
  'Clock.days', 'Clock.minutesLeft',
  'Referral.demandAmount', 'Referral.demandTermMonths', 'Referral.establishedYear', 'Referral.round',
  'Product.version', 'Product.annualRateMin', 'Product.annualRateMax',
  'Product.revision', 'Product.publishedRevision', 'ProductVersion.version', 'Pricing.basisPointsMin', 'Pricing.basisPointsMax',
  'Pricing.rateMin', 'Pricing.rateMax', 'PriceTier.amountFrom', 'PriceTier.amountTo', 'ProductFee.amount', 'ProductFee.percent',
  'InsuranceTerms.premiumPercent', 'InsuranceTerms.sumInsuredMax', 'RiskShare.percent', 'GuaranteeTerms.feePercent',
  'ProductTerms.handlingWorkingDays', 'ProductReport.productVersion', 'ProductQuality.score', 'ProductQuality.rules',
  'ProductQuality.executable', 'ProductQuality.executablePercent', 'ProductQuality.completenessPercent', 'UpsertReport.created',
  'UpsertReport.updated', 'UpsertReport.unchanged', 'UpsertReport.rejected', 'UpsertResult.index',
  'ProductImport.rows', 'ProductImport.created', 'ProductImport.updated', 'ProductImport.unchanged', 'ProductImport.rejected', 'ProductImport.published',
  'ProductImport.findingCount', 'ProductFinding.row', 'ProductFinding.column',
  'Eligibility.amountMin', 'Eligibility.amountMax', 'Eligibility.termMonthsMin', 'Eligibility.termMonthsMax', 'Eligibility.yearsInBusinessMin',
  'Match.position', 'MatchPage.rankingVersion', 'MatchReproduction.rankingVersion', 'MatchList.rankingVersion',
  'ListedEnterprise.passed', 'ListedEnterprise.open',
  'Demand.amount', 'Demand.termMonths', 'Demand.employees', 'Demand.revenue', 'Demand.assets', 'Decision.approvedAmount', 'Decision.annualRate', 'DemandProgress.amount', 'PoolEntry.amount', 'PoolEntry.termMonths', 'CounterOffer.amount', 'CounterOffer.termMonths', 'CounterOffer.annualRate', 'CultivationCategory.version',
  'DemandClock.days', 'DemandClock.minutesLeft', 'DemandLedgerRow.amount', 'DemandLedgerRow.termMonths', 'DemandLedgerRow.creditedAmount', 'DemandLedgerRow.lentAmount',
  'CreditAlert.threshold', 'CreditAlert.version', 'CreditRule.threshold', 'CreditRule.version', 'RungCount.after',
  'LoanCode.version', 'ScanSession.demandsLeft',
  'Application.round', 'Application.jobs', 'BatchItemResult.index',
  'AuditRecord.id', 'AuditStatus.lastSeal', 'AuditStatus.retentionMonths', 'AuditVerification.fromSeal', 'AuditVerification.toSeal', 'AuditFinding.seal',
  'ReferenceDataImport.added', 'ReferenceDataImport.changed', 'ReferenceDataImport.withdrawn',
  'RequestRecord.status', 'RequestRecord.milliseconds', 'SandboxClockAdvance.seconds',
  'Message.count', 'Message.parts', 'Message.attempts', 'MessageKindDescription.smsCharacters', 'MessageKindDescription.smsParts',
  'WebhookAttempt.number', 'WebhookAttempt.status', 'WebhookAttempt.durationMs', 'WebhookDelivery.attemptCount', 'WebhookDelivery.status',
  'WebhookDeliveryDetail.attemptCount', 'WebhookDeliveryDetail.status',
  'Problem.status', 'TokenAnswer.expires_in', 'IntrospectionAnswer.exp',
]);

interface NumberOf { name: string; nullable: boolean; description: string }
interface Schema { type?: string | string[]; format?: string; nullable?: boolean; description?: string }
interface Openapi { components: { schemas: Record<string, { properties?: Record<string, Schema> }> } }

const innermost = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : innermost(type.type));

function graphNumbers(sdl: string): NumberOf[] {
  return parse(sdl).definitions.filter((node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION)
    .flatMap((node) => (node.fields ?? []).filter(({ type }) => ['Int', 'Float', 'Decimal', 'BigInt'].includes(innermost(type))).map((field) => ({
      name: `${node.name.value}.${field.name.value}`, nullable: field.type.kind !== Kind.NON_NULL_TYPE, description: field.description?.value ?? '',
    })));
}

/** What comes in is nobody's figure. */
function restNumbers({ components }: Openapi): NumberOf[] {
  return Object.entries(components.schemas).filter(([type]) => !type.endsWith('Input')).flatMap(([type, { properties = {} }]) =>
    Object.entries(properties).filter(([, { type: of, format }]) => format === 'decimal' || [of].flat().some((one) => one === 'integer' || one === 'number'))
      .map(([field, { nullable, type: of, description = '' }]) => ({ name: `${type}.${field}`, nullable: nullable === true || [of].flat().includes('null'), description })));
}

const readers = (name: string): Role[] => {
  const [type, field] = name.split('.');
  return roles.filter((role) => mayRead(role, type, field));
};

const closedTo: Partial<Record<Coverage, Role[]>> = { oversight: ['supervisor', 'dashboard'], operator: ['system-administrator', 'security-administrator', 'audit-administrator'] };

function problems(numbers: NumberOf[], table: Record<string, Coverage>): string[] {
  const names = new Set(numbers.map(({ name }) => name));
  return [
    ...[...names].filter((name) => !(name in table) && !facts.has(name)).map((name) => `${name}: whose rows does it count?`),
    ...[...Object.keys(table), ...facts].filter((name) => !names.has(name)).map((name) => `${name} is no number of the API`),
    ...numbers.flatMap(({ name, nullable, description }) => {
      const coverage = table[name];
      const strangers = readers(name).filter((role) => closedTo[coverage]?.includes(role) === false);
      return [
        ...(coverage === 'withheld' && !(nullable && description.includes(mayBeWithheld)) ? [`${name} may be withheld, and does not say so`] : []),
        ...(coverage !== 'withheld' && description.includes(mayBeWithheld) ? [`${name} is not withheld, and says so`] : []),
        ...strangers.map((role) => `${name} is for ${coverage} and read by ${role}`),
      ];
    }),
  ];
}

describe('figures over several records', () => {
  const numbers = [
    ...services.flatMap((service) => graphNumbers(read(`apps/${service}/generated/schema.graphql`))),
    ...restNumbers(JSON.parse(read('apps/gateway/generated/openapi.json')) as Openapi),
  ];

  it('are each known: whose rows they count, and so who may read them', () => expect(problems(numbers, aggregates)).toEqual([]));

  it('bite: each figure is missed when it is not classified', () => {
    for (const [name, coverage] of Object.entries(aggregates)) {
      const { [name]: _, ...rest } = aggregates;
      expect(problems(numbers, rest)).toContain(`${name}: whose rows does it count?`);
      // One that somebody else reads than those who see every row is not for oversight.
      if (coverage === 'withheld') expect(problems(numbers, { ...rest, [name]: 'oversight' })).not.toEqual([]);
    }
  });

  it('bite: numbers of every kind, in the graph and over REST', () => {
    const sdl = 'scalar Decimal type Harbor { loanTotal: Decimal shares: [Float!]! name: String visits: Int! }';
    expect(graphNumbers(sdl).map(({ name }) => name)).toEqual(['Harbor.loanTotal', 'Harbor.shares', 'Harbor.visits']);
    const openapi = { components: { schemas: {
      Harbor: { properties: { a: { type: 'integer' }, b: { type: ['number', 'null'] }, c: { type: 'string', format: 'decimal' }, d: { type: 'string' } } }, HarborInput: { properties: { a: { type: 'integer' } } },
    } } };
    expect(restNumbers(openapi).map(({ name, nullable }) => [name, nullable])).toEqual([['Harbor.a', false], ['Harbor.b', true], ['Harbor.c', false]]);
    const said = { name: 'PushList.bankCount', nullable: true, description: `Banks. ${mayBeWithheld}` };
    const told = (change: Partial<typeof said>, coverage: Coverage): string[] =>
      problems([{ ...said, ...change }], { [said.name]: coverage }).filter((problem) => problem.startsWith(said.name) && !problem.endsWith('of the API'));
    expect([told({}, 'withheld'), told({ nullable: false }, 'withheld').length, told({ description: 'Banks.' }, 'withheld').length, told({}, 'own').length]).toEqual([[], 1, 1, 1]);
    expect(told({ description: '' }, 'oversight')).toEqual(['PushList.bankCount is for oversight and read by department']);
  });
});
