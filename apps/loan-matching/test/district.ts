import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { GuaranteeType, OrganisationKind, ReferenceDataKind, SizeClass } from '@finharbor/contracts/vocabulary';
import type { Caller } from '@finharbor/security/tokens/caller';
import { anonymous } from '@finharbor/security/tokens/caller';
import { normaliseCreditCode } from '@finharbor/standards/credit-code';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { jest } from '@jest/globals';
import { AppModule } from '../src/app.module.js';
import { isForTrying } from '../src/applications/verification.js';
import type { Eligibility } from '../src/matching/matching.js';

/** What a business gets back: the demand, and who it is from now on. */
export interface Submitted {
  id: string;
  applicant: Caller;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** What a business with that credit code enters. Its contact is never to be seen in the clear. */
export const application = (changed: object = {}): Record<string, unknown> => ({
  enterpriseName: '万州示例食品有限公司', creditCode: '91500101MA5U00011L', kind: 'FIRST_LOAN', amount: '500000', termMonths: 12, purpose: '采购原材料',
  guaranteeTypes: ['CREDIT'], regionCode: '500101001', industryCode: 'C1371', employees: 32, revenue: '320', establishedOn: '2014-06-17',
  contactName: '欧阳测试', contactPhone: '13987654321', consent: true, ...changed,
});

/** Only the day is set: timers, and with them the queues, go on. */
export async function onDay<T>(instant: string, work: () => Promise<T>): Promise<T> {
  jest.useFakeTimers({ now: new Date(instant), doNotFake: ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  try {
    return await work();
  } finally {
    jest.useRealTimers();
  }
}

/** A district with two banks, a harbor at each, and whatever products and demands a test gives it. */
export class District {
  readonly supervisor = callerOf('supervisor');
  readonly dashboard = callerOf('dashboard');
  readonly bankA = callerOf('bank');
  readonly bankB = callerOf('bank');
  readonly harborA = newId();
  readonly harborB = newId();

  private constructor(readonly app: TestApp, private readonly isSandbox: boolean) {}

  static async open(environment: Record<string, string> = {}): Promise<District> {
    const district = new District(await startTestApp(AppModule, 'loan-matching', environment), environment.SANDBOX !== 'false');
    await district.meet(district.bankA, '三峡示范银行', district.harborA, 'WZ-HB-0001');
    await district.meet(district.bankB, '江城示范银行', district.harborB, 'WZ-HB-0002');
    return district;
  }

  /** Next year's holidays are announced: in December clocks end there. */
  announceNextYear(): Promise<void> {
    const rows = [{ key: String(new Date().getFullYear() + 1), data: {} }];
    return this.app.deliver('reference-data.changed', { kind: ReferenceDataKind.CALENDAR, rows });
  }

  /** A product of the bank, on offer. */
  async product(bank: Caller, name = '示范贷', eligibility: Eligibility = {}): Promise<string> {
    const productId = newId();
    await this.app.deliver('product.published', { productId, bankId: bank.organisationId!, name, eligibility });
    return productId;
  }

  async code(
    bank = this.bankA, harborId = this.harborA, more: object = {},
  ): Promise<{ id: string; code: string; shortCode: string; url: string }> {
    return (await this.app.post(bank, '/v1/loan-codes', { harborId, label: '大堂海报', ...more }).expect(201)).body;
  }

  /** The enterprise master tells of an enterprise, the first time. */
  async record(creditCode: string, name: string, outsideReason: string | null = null): Promise<void> {
    const enterpriseId = enterpriseIdOf(normaliseCreditCode(creditCode));
    const known = await this.app.database.query('select from loan_matching.enterprise_copies where id = $1', [enterpriseId]);
    if (known.length > 0) return;
    const nothing = { regionCode: null, industryCode: null, sizeClass: SizeClass.UNKNOWN, establishedOn: null };
    await this.app.deliver('enterprises.recorded', { enterprises: [{ enterpriseId, version: 1, name, outsideReason, ...nothing }] });
  }

  /** The enterprise master holds who submits: codes that are for trying need not be there. */
  async submit(changed: object = {}, code?: string): Promise<Submitted> {
    const { enterpriseName, creditCode } = application(changed) as Record<'enterpriseName' | 'creditCode', string>;
    if (!this.isSandbox || !isForTrying(creditCode)) await this.record(creditCode, enterpriseName);
    return this.submitUnknown(changed, code);
  }

  /** Submitted whatever the master holds. */
  async submitUnknown(changed: object = {}, code?: string): Promise<Submitted> {
    const { body } = await this.app.post(anonymous, `/v1/scans/${code ?? (await this.code()).code}/demands`, application(changed)).expect(201);
    return { id: body.demand.id, applicant: { role: 'applicant', organisationId: null, clientId: null, accessSecret: body.accessSecret }, body };
  }

  /** A demand that was routed to the bank. */
  async routed(bank: Caller, changed: object = {}): Promise<Submitted> {
    const productId = await this.product(bank, `贷 ${newId()}`);
    const submitted = await this.submit(changed);
    await this.app.post(submitted.applicant, `/v1/demands/${submitted.id}/choice`, { productId }).expect(201);
    return submitted;
  }

  async accepted(bank: Caller, changed: object = {}): Promise<Submitted> {
    const submitted = await this.routed(bank, changed);
    await this.app.post(bank, `/v1/demands/${submitted.id}/acceptance`).expect(201);
    return submitted;
  }

  /** Sets the clock of a demand as if its bank had that much time left to accept and was reminded, whatever day it is. */
  async setClock(demandId: string, left: string): Promise<void> {
    await this.app.handleDue();
    await this.app.database.query(
      `with set as (update loan_matching.clocks set next_at = due_at, reminded = '{0}' where subject_id = $1 and kind = 'DEMAND_ACCEPT' returning id)
       update loan_matching.due set due_at = now() + $2::interval where kind = 'clock' and aggregate_id in (select id from set)`, [demandId, left]);
  }

  /** Clocks of a demand that will speak, with what else is due of it. */
  clocksOf = (demandId: string): Promise<unknown[]> =>
    this.app.database.query(
      `select coalesce(c.kind, d.kind) as kind, d.org_id from loan_matching.due d left join loan_matching.clocks c on d.kind = 'clock' and c.id = d.aggregate_id
       where d.aggregate_id = $1 or c.subject_id = $1 order by 1`, [demandId]);

  /** Lets the demand have come to its bank at another time, and reads its clocks by that. */
  async routedAt(demandId: string, at: string): Promise<void> {
    const { database } = this.app;
    // The service's own timer may have started its clocks already: they are begun anew.
    await database.query('begin');
    await database.query('select pg_advisory_xact_lock(hashtextextended($1, 2))', [demandId]);
    await database.query(`update loan_matching.demand_moves set at = $2 where demand_id = $1 and state in ('SUBMITTED', 'ROUTED')`, [demandId, at]);
    await database.query('delete from loan_matching.due where aggregate_id in (select id from loan_matching.clocks where subject_id = $1)', [demandId]);
    await database.query('delete from loan_matching.clocks where subject_id = $1', [demandId]);
    await database.query(
      `insert into loan_matching.due (kind, aggregate_id, org_id, due_at) select 'demand-move', id, org_id, now() from loan_matching.demand_moves
       where demand_id = $1 on conflict do nothing`, [demandId]);
    await database.query('commit');
    await this.app.handleDue();
  }

  steps = async (caller: Caller, id: string): Promise<string[]> =>
    (await this.app.get(caller, `/v1/demands/${id}/trail`).expect(200)).body.map(({ step }: { step: string }) => step);

  private async meet(bank: Caller, name: string, harborId: string, number: string): Promise<void> {
    const organisationId = bank.organisationId!;
    await this.app.deliver('organisation.registered', { organisationId, kind: OrganisationKind.BANK, name });
    await this.app.deliver('harbor.registered', { harborId, number, name: `${name}港湾`, hostBankId: organisationId, areaCode: '500101001' });
  }
}

export { anonymous, callerOf, GuaranteeType, newId };
