import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import { creditCodeCheckCharacter, normaliseCreditCode, organisationCodeCheckCharacter } from '@finharbor/standards/credit-code';
import { until } from '@finharbor/testing/until';
import { type Endpoints, makeEndpoints } from './endpoints.js';
import { makeImports } from './imports.js';
import { makeIssues, replied } from './issues.js';
import { type Around, type Mine, newTags } from './mine.js';
import { recommendAll } from './review.js';
import { done, type Party } from './party.js';
import { richTerms } from './product-terms.js';
import { awaitMessages, enterReaders, type Readers } from './readers.js';

/** Everything that one bank and one department hold: a record of every type, in every state that matters. */
export class Holding {
  readonly tags = newTags();
  readonly phone: string;
  /** Amounts that nobody else asks for, as JSON writes them. */
  readonly listAmount: string;
  readonly demandAmount: string;
  harbor!: Mine;
  outlet!: Mine;
  organisation!: Mine;
  departmentOrganisation!: Mine;
  lists!: Record<'dispatched' | 'reviewed' | 'withdrawable', Mine>;
  /** Announced, checked as a dry run, and applied. */
  imports!: Record<'begun' | 'checked' | 'applied', Mine>;
  /** A row of the list under review. */
  entry!: Mine;
  referrals!: Record<'delivered' | 'acknowledged' | 'claimed' | 'refused', Mine>;
  enterprises!: Record<'unclaimed' | 'claimed', Mine>;
  /** Of the rows that the bank is to answer. */
  clock!: Mine;
  /** Of the row that the bank refused, handed to this side's department. */
  cultivation!: Mine;
  demandClock!: Mine;
  products!: Record<'draft' | 'offered' | 'suspendable' | 'submittable' | 'reviewable' | 'retirable', Mine>;
  /** That an offer of the bank is wrong, made by the department. */
  reports!: Record<'kept' | 'answerable' | 'answered', Mine>;
  productImport!: Mine;
  loanCodes!: Record<'kept' | 'spare', Mine & { code: string }>;
  /** Of the code that is kept. */
  placement!: Mine;
  demands!: Record<'submitted' | 'routed' | 'accepted' | 'decided', Mine>;
  issues!: Record<'registered' | 'handled' | 'replied' | 'closed', Mine>;
  client!: Mine;
  /** Of the decision on the demand that was decided. */
  receipt!: Mine;
  endpoints!: Endpoints;
  /** Some request of the bank's. */
  request!: Mine;
  /** To be approved, rejected and withdrawn. */
  onboardings!: Record<'approvable' | 'rejectable' | 'withdrawable', Mine>;
  person!: Mine;
  /** Who is told things by messages. */
  readers!: Readers;
  relation!: Mine;
  /** Recorded by staff; demands have theirs besides. */
  consent!: Mine;
  /** Credit codes of the enterprises that apply: a department has pushed them, so that a bank which accepts may look them up. */
  private readonly applicants = new Map<string, string>();
  private made = 0;
  private refusedId = '';
  private readonly recordId = newId();

  constructor(
    readonly side: 0 | 1, readonly bank: Party, readonly staff: Party, readonly department: Party, readonly business: Party,
    private readonly around: Around,
  ) {
    const digits = String(10_000_000 + randomBytes(4).readUInt32BE() % 89_999_999);
    this.phone = `139${digits}`;
    this.listAmount = `${side + 1}${digits}`;
    this.demandAmount = `7${side + 1}${digits}.37`;
  }

  /** Makes one of everything, through the public API alone. */
  async make(harbor: { id: string; hostBankId: string; outletId: string }, departmentId: string): Promise<void> {
    [this.harbor, this.organisation, this.departmentOrganisation] = [{ id: harbor.id }, { id: harbor.hostBankId }, { id: departmentId }];
    const { outlets } = done(await this.bank.ask(`/v1/organisations/${harbor.hostBankId}`));
    this.request = { id: (await this.bank.ask('/v1/harbors')).headers['request-id'] };
    this.outlet = outlets.find((outlet: Mine) => outlet.id !== harbor.outletId);
    const client = { organisationId: harbor.hostBankId, role: 'bank', name: 'walk', sandbox: true };
    this.client = { id: done(await this.around.administrator.post('/v1/api-clients', client)).clientId };
    await this.admit(harbor.hostBankId);
    this.endpoints = await makeEndpoints(this.bank);
    this.readers = await enterReaders(this.bank, this.department, this.tags.personal);
    const draft = async (): Promise<Mine> => this.product(this.tags.bank);
    this.products = {
      draft: await draft(), offered: await this.offer(richTerms.loan), suspendable: await this.offer(),
      submittable: await draft(), reviewable: await draft(), retirable: await draft(),
    };
    done(await this.bank.post(`/v1/products/${this.products.reviewable.id}/submission`));
    for (const [line, terms] of Object.entries(richTerms.others)) await this.offer(terms, line);
    const report = async (): Promise<Mine> =>
      done(await this.department.post(`/v1/published-products/${this.products.offered.id}/reports`, { text: '额度与公告不一致' }));
    this.reports = { kept: await report(), answerable: await report(), answered: await report() };
    done(await this.bank.post(`/v1/product-reports/${this.reports.answered.id}/answer`, { outcome: 'CORRECTED', text: '已更正为公告的额度' }));
    this.productImport = done(await this.bank.post('/v1/product-imports?dryRun=true', '产品编号,产品名称\nsheet-1,表格产品', { type: 'text/csv' }));
    this.loanCodes = { kept: await this.loanCode(), spare: await this.loanCode() };
    const placed = { place: `大堂${this.tags.bank}`, placedOn: '2026-01-02' };
    this.placement = done(await this.bank.post(`/v1/loan-codes/${this.loanCodes.kept.id}/placements`, placed));
    const { hidden, accepted } = this.tags;
    for (const name of [hidden, accepted]) this.applicants.set(name, this.creditCode());
    const reviewed = await this.list([hidden, accepted]);
    // A revision of the one before, in which the same enterprises are stated otherwise.
    this.lists = { reviewed, withdrawable: await this.list([hidden, accepted], '13'), dispatched: await this.list() };
    this.entry = done(await this.department.ask(`/v1/push-lists/${reviewed.id}/entries`)).items[0];
    done(await this.around.supervisor.graph('mutation ($id: ID!) { setPushDuty(id: $id, frequency: QUARTERLY) { period } }', { id: departmentId }));
    this.imports = await makeImports(this);
    await this.dispatch(this.lists.dispatched);
    await this.around.settle();
    await this.answerReferrals();
    await this.around.settle();
    this.cultivation = await this.cultivated();
    const { items } = done(await this.bank.ask('/v1/clocks?kind=REFERRAL_CONTACT')) as { items: Mine[] };
    [this.clock] = items;
    this.demands = {
      submitted: await this.submit(hidden), routed: await this.routed(hidden),
      accepted: await this.accepted(), decided: await this.decided(),
    };
    this.issues = await makeIssues(this);
    await this.around.settle();
    await awaitMessages(this.bank, this.department);
    // Clocks follow within a second.
    const ofRouted = `/v1/demand-clocks?demandId=${this.demands.routed.id}`;
    this.demandClock = await until('the clock of a demand runs', async () => (done(await this.bank.ask(ofRouted)) as { items: Mine[] }).items[0]);
  }

  /** What administrators and staff keep of the side. */
  private async admit(organisationId: string): Promise<void> {
    const { administrator, supervisor } = this.around;
    const propose = async (): Promise<Mine> => done(await administrator.post('/v1/onboardings', this.proposal(organisationId)));
    this.onboardings = { approvable: await propose(), rejectable: await propose(), withdrawable: await propose() };
    const enter = async (): Promise<Mine> => done(await this.bank.post('/v1/harbor-people', this.colleague(this.harbor.id)));
    [this.person] = [await enter(), await enter()];
    const { items: [{ id: relatedId }] } = done(await supervisor.ask('/v1/organisations?kind=INCUBATOR')) as { items: Mine[] };
    this.relation = done(await administrator.post(`/v1/organisations/${organisationId}/relations`, { kind: 'LEADS', relatedId, validFrom: '2024-01-01' }));
    this.consent = done(await this.staff.post('/v1/consents', this.agreement()));
  }

  readonly jwks = { keys: [generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })] };

  proposal(organisationId: string): object {
    return {
      organisationId, reason: `入驻${this.tags.partner}`,
      client: { role: 'bank', name: `系统${this.tags.partner}`, jwks: this.jwks, senderConstraint: 'DPOP' },
    };
  }

  colleague(harborId: string): object {
    return { harborId, post: 'CREDIT_OFFICER', name: `欧阳${this.tags.personal}`, phone: this.phone, workAddress: this.tags.colleague, validFrom: '2024-01-01' };
  }

  agreement(): object {
    return { recordKind: 'ISSUE', recordId: this.recordId, purpose: 'COMPLAINT_HANDLING', disclosure: 'IDENTITY_AND_CONTACT', textVersion: `issue-${this.side}` };
  }

  /** One more of everything, the demand through a loan code of another bank. */
  async makeMore(code: string): Promise<void> {
    await this.product(this.tags.bank);
    await this.loanCode();
    await this.dispatch(await this.list());
    await this.routed(this.tags.hidden, code);
    await replied(this);
    await this.around.settle();
  }

  /** Words that only this side's records hold, and who of the side may hear them. Supervisors and dashboards may hear all. */
  get words(): { word: string; known: string[] }[] {
    const { list, unclaimed, claimed, bank, hidden, accepted, partner, colleague } = this.tags;
    return [
      { word: partner, known: [] },
      { word: colleague, known: ['bank', 'staff'] },
      { word: list, known: ['department'] },
      { word: unclaimed, known: ['department'] },
      { word: claimed, known: ['department', 'bank', 'staff'] },
      { word: `"${this.listAmount}`, known: ['department', 'bank', 'staff'] },
      { word: bank, known: ['bank', 'staff', 'business', 'applicant'] },
      { word: `"${this.demandAmount}`, known: ['bank', 'staff', 'business', 'applicant'] },
      { word: hidden, known: ['department', 'business', 'applicant'] },
      { word: accepted, known: ['department', 'bank', 'staff', 'business', 'applicant'] },
    ];
  }

  /** What nobody may ever read in the clear. */
  get personal(): string[] {
    return [this.tags.personal, this.phone];
  }

  /** Ids that nobody may hear of who belongs to the other side. */
  get ids(): string[] {
    const { lists, referrals, enterprises, demands, issues, loanCodes } = this;
    const mine = [this.cultivation, this.entry, this.clock, this.demandClock, this.placement];
    const kinds = [lists, this.imports, referrals, enterprises, demands, issues, loanCodes];
    const records = kinds.flatMap((all) => Object.values<Mine>(all)).concat(mine);
    const told = [...Object.values<Mine>({ ...this.endpoints }), ...Object.values(this.readers)];
    return [...records, this.products.draft, this.client, this.person, this.consent, ...Object.values(this.onboardings), ...told]
      .map(({ id }) => id).concat(Object.values(loanCodes).map(({ code }) => code));
  }

  private async product(name: string, terms: object = {}, line = 'LOAN'): Promise<Mine> {
    const eligibility = { regionCodes: ['500101'], amountMin: '1', guaranteeTypes: ['CREDIT'] };
    const rates = 'pricing' in terms ? {} : { annualRateMin: '3.1', annualRateMax: '4.2' };
    const product = { line, name, description: name, eligibility, ...rates, repaymentModes: ['BULLET'], terms };
    return done(await this.bank.post('/v1/products', product));
  }

  private async offer(terms?: object, line?: string): Promise<Mine> {
    const product = await this.product(`公开贷 ${this.side} ${this.made += 1}`, terms, line);
    return done(await this.bank.post(`/v1/products/${product.id}/publication`));
  }

  private async loanCode(): Promise<Mine & { code: string }> {
    return done(await this.bank.post('/v1/loan-codes', { harborId: this.harbor.id, label: this.tags.bank }));
  }

  /** Rows that are taken, and two that are not: one has a bad cell, one has personal data where it does not belong. */
  private async list(names: string[] = [], headcount = '12'): Promise<Mine> {
    const { list, unclaimed, claimed, personal } = this.tags;
    const taken = names.length > 0 ? names : [claimed, unclaimed, unclaimed, unclaimed];
    const codeOf = (name: string): string => this.applicants.get(name) ?? this.creditCode();
    const row = (name: string, { code = codeOf(name), employees = headcount, phone = this.phone } = {}): string =>
      [`企业${name}`, code, list, employees, `欧阳${personal}`, phone, Number(this.listAmount) / 10_000, `采购${name}`, '?'].join(',');
    const rows = [...taken.map((name) => row(name)), row(list, { employees: list }), row(list, { phone: `无 ${personal} ${this.phone}无` })];
    const header = '企业名称,统一社会信用代码,来源,从业人员,联系人,联系电话,需求金额,资金用途,不认识的列';
    const query = new URLSearchParams({ title: `名单${list}`, period: '2026-Q4' });
    const pushed = done(await this.department.post(`/v1/push-lists?${query}`, [header, ...rows].join('\n'), { type: 'text/csv' }));
    expect(pushed).toMatchObject({ acceptedCount: taken.length, rejectedCount: 2 });
    return pushed;
  }

  private async dispatch({ id }: Mine): Promise<void> {
    const { supervisor } = this.around;
    done(await supervisor.graph(`mutation ($id: ID!) { ${recommendAll} approvePushList(id: $id) { id } }`, { id }));
    done(await supervisor.graph('mutation ($id: ID!, $banks: [ID!]) { dispatchPushList(id: $id, channel: GREEN, bankIds: $banks) { id } }',
      { id, banks: [this.organisation.id] }));
  }

  /** Who the referrals are about is told by the supervisor, who sees it: the bank does not know before it claims. */
  private async answerReferrals(): Promise<void> {
    const { items } = done(await this.around.supervisor.ask('/v1/referrals?limit=200')) as
      { items: { id: string; pushListId: string; enterpriseName: string; enterpriseId: string }[] };
    const mine = items.filter(({ pushListId }) => pushListId === this.lists.dispatched.id);
    const claimed = mine.find(({ enterpriseName }) => enterpriseName.includes(this.tags.claimed))!;
    const [acknowledged, refused, delivered] = mine.filter((one) => one !== claimed);
    this.refusedId = refused.enterpriseId;
    this.referrals = { claimed, acknowledged, refused, delivered };
    this.enterprises = { claimed: { id: claimed.enterpriseId }, unclaimed: { id: delivered.enterpriseId } };
    done(await this.bank.post('/v1/referral-acknowledgements', { referralIds: [claimed, acknowledged, refused].map(({ id }) => id) }));
    done(await this.bank.post('/v1/referral-answers', { answers: [
      { referralId: claimed.id, outcome: 'CLAIMED' },
      { referralId: refused.id, outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: this.tags.bank },
    ] }));
  }

  private async cultivated(): Promise<Mine> {
    const { supervisor } = this.around;
    const { items: [{ id }] } = done(await supervisor.ask(`/v1/cultivation-entries?enterpriseId=${this.refusedId}`)) as { items: Mine[] };
    return done(await supervisor.graph('mutation ($id: ID!, $departmentId: ID) { recordCultivation(id: $id, departmentId: $departmentId) { id } }',
      { id, departmentId: this.departmentOrganisation.id })).data.recordCultivation;
  }

  application(name: string): object {
    return {
      enterpriseName: `企业${name}`, creditCode: this.applicants.get(name), kind: 'FIRST_LOAN', amount: this.demandAmount, termMonths: 12,
      purpose: `周转${this.tags.bank}`, guaranteeTypes: ['CREDIT'], regionCode: '500101001', establishedOn: '2014-06-17',
      contactName: `欧阳${this.tags.personal}`, contactPhone: this.phone, consent: true,
    };
  }

  private async submit(name: string, code = this.loanCodes.kept.code): Promise<Mine> {
    // Whoever no bank knows goes through the green channel.
    const application = { ...this.application(name), specialGroups: name === this.tags.hidden ? ['VETERAN'] : [] };
    const submitted = done(await this.business.post(`/v1/scans/${code}/demands`, application));
    return { id: submitted.demand.id, secret: submitted.accessSecret, consentId: submitted.demand.consentId };
  }

  private async routed(name: string, code?: string): Promise<Mine> {
    const demand = await this.submit(name, code);
    done(await this.business.post(`/v1/demands/${demand.id}/choice`, { productId: this.products.offered.id }, { secret: demand.secret }));
    return demand;
  }

  private async accepted(): Promise<Mine> {
    const demand = await this.routed(this.tags.accepted);
    done(await this.bank.post(`/v1/demands/${demand.id}/acceptance`));
    return demand;
  }

  private async decided(): Promise<Mine> {
    const demand = await this.accepted();
    const { name, phone } = done(await this.bank.post(`/v1/demands/${demand.id}/contact-views`, { reason: '核实资料' }, { confidential: true }));
    expect([name, phone]).toEqual([`欧阳${this.tags.personal}`, this.phone]);
    const asked = done(await this.bank.post(`/v1/demands/${demand.id}/questions`, { question: `请补充${this.tags.bank}` }));
    done(await this.business.post(`/v1/applications/${demand.id}/questions/${asked.id}/answer`, { answer: `已补充${this.tags.bank}` }, { secret: demand.secret }));
    const answer = await this.bank.post(`/v1/demands/${demand.id}/decision`, this.decision());
    done(answer);
    this.receipt = { id: /\/([\w-]+)>; rel="receipt"/.exec(answer.headers.link)![1] };
    return demand;
  }

  decision(): object {
    return { outcome: 'APPROVED', reasonCode: 'OTHER', reasonText: this.tags.bank, approvedAmount: this.demandAmount, annualRate: '4.35' };
  }

  complaint(): object {
    const { bank, personal } = this.tags;
    return { nature: 'PAIN', channel: 'BOX', title: `难题${bank}`, text: `难题${bank}`, registrantName: `欧阳${personal}`, registrantPhone: this.phone };
  }

  creditCode(): string {
    const organisation = `TY${this.side ? 'B' : 'A'}${String(this.made += 1).padStart(5, '0')}`;
    const first = `91500101${organisation}${organisationCodeCheckCharacter(organisation)}`;
    return normaliseCreditCode(first + creditCodeCheckCharacter(first));
  }
}

