import type { Caller } from '@finharbor/security/tokens/caller';
import { callerOf, type District, newId, type Submitted } from './district.js';

/** Banks of a test of routing, each with a product that takes everybody. */
export interface Bank extends Caller {
  productId: string;
}

export const banksOf = async (district: District, count: number): Promise<Bank[]> => {
  const banks = Array.from({ length: count }, () => callerOf('bank'));
  const named: Bank[] = [];
  for (const [index, bank] of banks.entries()) {
    await district.app.deliver('organisation.registered', { organisationId: bank.organisationId!, kind: 'BANK' as never, name: `示范银行 ${index}` });
    named.push({ ...bank, productId: await district.product(bank, `示范贷 ${index} ${newId()}`) });
  }
  return named;
};

/* eslint-disable @typescript-eslint/no-explicit-any */
/** What the applicant and the supervisor see of an application, and its demand with a bank. */
export class Routed {
  constructor(readonly district: District, readonly submitted: Submitted) {}

  static async of(district: District, input?: object): Promise<Routed> {
    const routed = new Routed(district, await district.submit());
    if (input) await routed.route(input);
    return routed;
  }

  get id(): string {
    return this.submitted.id;
  }

  route(input: object, status = 201, caller: Caller = this.submitted.applicant): Promise<any> {
    return this.district.app.post(caller, `/v1/applications/${this.id}/routing`, input).expect(status).then(({ body }) => body);
  }

  async state(): Promise<[string, number]> {
    await this.district.app.settle();
    const [row] = await this.district.app.database.query<{ state: string; round: number }>('select state, round from loan_matching.applications where id = $1', [this.id]);
    return [row.state, row.round];
  }

  demands(): Promise<any[]> {
    return this.district.app.get(this.submitted.applicant, `/v1/applications/${this.id}/demands`).expect(200).then(({ body }) => body);
  }

  /** The demand of this bank, by the bank's own list. */
  async at(bank: Caller): Promise<any> {
    const mine = new Set((await this.demands()).map(({ id }) => id));
    const { items } = (await this.district.app.get(bank, '/v1/demands').expect(200)).body;
    return items.find(({ id }: { id: string }) => mine.has(id));
  }

  /** The bank's time to accept ran out. */
  async overdue(bank: Caller): Promise<void> {
    const { id } = await this.at(bank);
    await this.district.setClock(id, '-1 second');
    await this.district.app.handleDue();
    await this.district.app.settle();
  }

  async entry(bank: Caller): Promise<any> {
    return (await this.entries(bank))[0];
  }

  async entries(bank: Caller): Promise<any[]> {
    const [open] = await this.district.app.database.query<{ id: string }>('select id from loan_matching.pool_entries where application_id = $1 and closed_at is null', [this.id]);
    const { items } = (await this.district.app.get(bank, '/v1/pool-entries').expect(200)).body;
    return items.filter(({ id }: { id: string }) => id === open?.id);
  }

  accept = async (bank: Caller): Promise<any> => this.act(bank, 'acceptance');

  async act(bank: Caller, what: string, body?: object, status = 201): Promise<any> {
    const { id } = await this.at(bank);
    return (await this.district.app.post(bank, `/v1/demands/${id}/${what}`, body).expect(status)).body;
  }

  reject = (bank: Caller): Promise<any> => this.act(bank, 'decision', { outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '额度已满' });
  approve = (bank: Caller): Promise<any> => this.act(bank, 'decision', { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '300000' });
}
