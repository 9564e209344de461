import type { ServiceName } from '@finharbor/contracts/services';
import type { Role } from '@finharbor/security/tokens/caller';
import type { TestFleet } from '@finharbor/testing/fleet';
import { generatedList } from '../../../tools/demonstration/list.mjs';

/** One change that a caller asks for. */
export interface Write {
  /** `demand.submit` … */
  name: string;
  service: ServiceName;
  as: [role: Role, index?: number];
  path: string;
  body?: unknown;
  contentType?: string;
  secret?: string;
}

/* eslint-disable @typescript-eslint/no-explicit-any */
type Body = any;

const [header, ...rows] = generatedList(400).trim().split('\n');
/** An enterprise of the demonstration's list, which the enterprise master therefore holds. */
const [enterpriseName, creditCode] = rows[0].split(',');
const bank: [Role, number] = ['bank', 0];
const post = (name: string, service: ServiceName, as: Write['as'], path: string, body: unknown = {}, more: Partial<Write> = {}): Write =>
  ({ name, service, as, path, body, ...more });
const mutation = (name: string, service: ServiceName, text: string, variables: object, answer = 'id'): Write =>
  post(name, service, ['supervisor'], '/graphql', { query: `mutation ($id: ID!) { it: ${text} { ${answer} } }`, variables });

/**
 * Every kind of write once, in waves: the writes of a wave depend on nothing but the waves before it, and there is at most one
 * of each service in it.
 */
export class Writes {
  private wave = 0;
  private readonly names = new Set<string>();
  private readonly made: Record<string, Body> = {};
  private last: Write[] = [];
  /** The bank of the product that the demand's business chose. */
  private chosen = bank;

  private constructor(
    private readonly fleet: TestFleet, private readonly harbor: Body, private readonly code: string, private readonly tag: string,
  ) {}

  static async begin(fleet: TestFleet): Promise<Writes> {
    const supervisor = fleet.client('supervisor');
    // Lists are newest first: those of the demonstration are the last.
    const { items: harbors } = await supervisor.get<{ items: Body[] }>('/v1/harbors', { query: { limit: 50 } });
    const { items: codes } = await supervisor.get<{ items: Body[] }>('/v1/loan-codes', { query: { limit: 50 } });
    const harbor = harbors.findLast(({ hostBankId }) => hostBankId === fleet.credentials(...bank).organisationId);
    return new Writes(fleet, harbor, codes.findLast(({ harborId }) => harborId === harbor.id).code, String(Date.now()));
  }

  /** How many kinds of writes there were. */
  get kinds(): number {
    return this.names.size;
  }

  /** The next wave, given the answers to the one before; none when all is done. */
  async next(answers: Body[]): Promise<Write[]> {
    this.last.forEach(({ name }, index) => { this.made[name] = answers[index]; });
    this.wave += 1;
    this.last = await this.writes(this.wave);
    for (const { name } of this.last) this.names.add(name);
    return this.last;
  }

  private async writes(wave: number): Promise<Write[]> {
    const { made, tag, harbor } = this;
    const list = (title: string): Write => post('push-list.submit', 'enterprise-lists', ['department'], `/v1/push-lists?${new URLSearchParams({ title, period: '2026-Q4' })}`,
      [header, ...rows.slice(150, 153)].join('\n'), { contentType: 'text/csv' });
    const demand = made['demand.submit']?.demand.id as string;
    const issue = made['issue.register']?.issue.id as string;
    const applicant = { secret: made['demand.submit']?.accessSecret as string };
    const registrant = { secret: made['issue.register']?.accessSecret as string };
    const product = made['product.create']?.id as string;
    const listId = made['push-list.submit']?.id as string;
    const organisation = made['organisation.register']?.id as string;
    const bankId = this.fleet.credentials(...bank).organisationId;
    switch (wave) {
      case 1: return [
        post('organisation.register', 'partners', ['system-administrator'], '/v1/organisations', { kind: 'DEPARTMENT', name: `部门 ${tag}`, validFrom: '2020-01-01' }),
        list(`退回 ${tag}`),
        post('product.create', 'product-catalog', bank, '/v1/products', { name: `产品 ${tag}`, annualRateMin: '3.80', annualRateMax: '5.60', eligibility: { amountMin: '10000' } }),
        post('demand.submit', 'loan-matching', ['anonymous'], `/v1/scans/${this.code}/demands`, {
          enterpriseName, creditCode, kind: 'FIRST_LOAN', consent: true, contactName: '示例联系人', contactPhone: '13900000000',
          amount: '200000.00', termMonths: 12, purpose: '采购原材料', guaranteeTypes: ['CREDIT'],
        }),
        post('issue.register', 'feedback', ['anonymous'], '/v1/issues', {
          harborId: harbor.id, nature: 'PAIN', channel: 'BOX', title: '手续繁琐', text: '希望简化。', registrantName: '示例王某', registrantPhone: '13800000000',
        }),
      ];
      case 2: return [
        post('organisation.rename', 'partners', ['system-administrator'], `/v1/organisations/${organisation}/names`, { name: `部门 ${tag} 新`, validFrom: '2021-01-01' }),
        mutation('push-list.return', 'enterprise-lists', 'returnPushList(id: $id, reason: "补充材料")', { id: listId }),
        post('product.publish', 'product-catalog', bank, `/v1/products/${product}/publication`),
        post('loan-code.create', 'loan-matching', bank, '/v1/loan-codes', { harborId: harbor.id, label: tag }),
        post('issue.acknowledge', 'feedback', bank, `/v1/issues/${issue}/acknowledgement`),
      ];
      case 3: return [
        post('outlet.register', 'partners', ['system-administrator'], `/v1/organisations/${bankId}/outlets`, { name: `网点 ${tag}`, areaCode: '500101001' }),
        list(`分发 ${tag}`),
        post('product.suspend', 'product-catalog', bank, `/v1/products/${product}/suspension`),
        this.choice(demand, applicant),
        mutation('issue.acknowledge-branch', 'feedback', 'acknowledgeIssue(id: $id)', { id: issue }),
      ];
      case 4: return [
        post('api-client.create', 'partners', ['system-administrator'], '/v1/api-clients', { organisationId: bankId, role: 'bank', name: tag, sandbox: true }),
        mutation('push-list.recommend', 'enterprise-lists', 'recommendListEntries(id: $id)', { id: listId }, 'id: pushListId'),
        post('harbor.register', 'harbors', ['supervisor'], '/v1/harbors', { name: `港湾 ${tag}`, outletId: made['outlet.register'].id, areaCode: '500101001' }),
        post('demand.accept', 'loan-matching', this.chosen, `/v1/demands/${demand}/acceptance`),
        post('issue.reply', 'feedback', bank, `/v1/issues/${issue}/reply`, { text: '已经简化。' }),
      ];
      case 5: return [
        post('api-client.lock', 'partners', ['security-administrator'], `/v1/api-clients/${made['api-client.create'].clientId}/lock`),
        mutation('push-list.approve', 'enterprise-lists', 'approvePushList(id: $id)', { id: listId }),
        post('demand.contact-view', 'loan-matching', this.chosen, `/v1/demands/${demand}/contact-views`, { reason: '核实资料' }),
        post('issue.reopen', 'feedback', ['anonymous'], `/v1/issues/${issue}/confirmation`, { satisfied: false }, registrant),
      ];
      case 6: return [
        mutation('push-list.dispatch', 'enterprise-lists', `dispatchPushList(id: $id, channel: INCLUSIVE, bankIds: ["${bankId}"])`, { id: listId }),
        post('demand.decide', 'loan-matching', this.chosen, `/v1/demands/${demand}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '100000.00' }),
        post('issue.reply-again', 'feedback', bank, `/v1/issues/${issue}/reply`, { text: '又简化了。' }),
      ];
      case 7: return [
        post('referrals.acknowledge', 'enterprise-lists', bank, '/v1/referral-acknowledgements', { referralIds: await this.referrals(listId) }),
        post('loan-code.revoke', 'loan-matching', bank, `/v1/loan-codes/${made['loan-code.create'].id}/revocation`),
        post('issue.close', 'feedback', ['anonymous'], `/v1/issues/${issue}/confirmation`, { satisfied: true }, registrant),
      ];
      case 8: return [
        post('referrals.answer', 'enterprise-lists', bank, '/v1/referral-answers', {
          answers: (await this.referrals(listId)).map((referralId) => ({ referralId, outcome: 'CLAIMED' })),
        }),
      ];
      default: return [];
    }
  }

  private choice(demand: string, secret: { secret: string }): Write {
    const { productId, bankId } = this.made['demand.submit'].matches.find(({ verdict }: Body) => verdict !== 'FAIL');
    const banks = this.fleet.clients.filter(({ role }) => role === 'bank');
    this.chosen = ['bank', banks.findIndex(({ organisationId }) => organisationId === bankId)];
    return post('demand.choose', 'loan-matching', ['anonymous'], `/v1/demands/${demand}/choice`, { productId }, secret);
  }

  private async referrals(listId: string): Promise<string[]> {
    const { items } = await this.fleet.client(...bank).get<{ items: Body[] }>('/v1/referrals', { query: { limit: 200 } });
    return items.filter(({ pushListId }) => pushListId === listId).map(({ id }) => id as string);
  }
}
