import { newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import type { Caller } from '@finharbor/security/tokens/caller';
import { creditCodeCheckCharacter } from '@finharbor/standards/credit-code';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { Test } from 'supertest';
import { AppModule } from '../src/app.module.js';

let serial = 0;

/** A valid credit code of Wanzhou that no other test uses. */
export function newCreditCode(): string {
  serial += 1;
  const first17 = `91500101MA${String(serial).padStart(7, '0')}`;
  return first17 + creditCodeCheckCharacter(first17);
}

export const header = '企业名称,统一社会信用代码';

export const csv = (...lines: string[]): string => `${lines.join('\n')}\n`;

/** Fields of a mutation with `$id`: the supervisor vouches for all criteria of all rows, and recommends them. */
export const recommendAll = `
  assertCriteria(id: $id, assertions: [{ met: true, evidence: "走访记录与部门证明", criteria: [
    GOOD_PROSPECTS, STRONG_DEMAND, SOUND_CREDIT, LAWFUL_OPERATION, FIXED_PREMISES, REAL_DEMAND, GOOD_CREDIT_STANDING, LAWFUL_PURPOSE] }]) { entryCount }
  recommendListEntries(id: $id) { recommendedCount }`;

const criteria = '发展前景好,信贷需求强,信用记录好,合规持续经营,固定经营场所,真实融资需求,信用状况良好,贷款用途依法合规';

/** A list of so many enterprises whose rows state all that a recommendation needs. */
export function recommendable(count: number): { text: string; codes: string[] } {
  const { text, codes } = listOf(count);
  const [head, ...rows] = text.trim().split('\n');
  return { codes, text: csv(`${head},${criteria},佐证`, ...rows.map((row) => `${row},是,是,是,是,是,是,是,是,走访记录`)) };
}

/** A list of so many enterprises, and their codes. */
export function listOf(count: number): { text: string; codes: string[] } {
  const codes = Array.from({ length: count }, newCreditCode);
  return { codes, text: csv(header, ...codes.map((code) => `万州测试企业${code.slice(-6)}有限公司,${code}`)) };
}

/** The service with two departments, a supervisor, two banks and what a story needs to get a list to a bank. */
export class Story {
  readonly department = callerOf('department');
  readonly otherDepartment = callerOf('department');
  readonly supervisor = callerOf('supervisor');
  readonly bank = callerOf('bank');
  readonly otherBank = callerOf('bank');

  private constructor(readonly app: TestApp) {}

  /** @param environment what the service is configured with beside what every test has */
  static async begin(environment: Record<string, string> = {}): Promise<Story> {
    const story = new Story(await startTestApp(AppModule, 'enterprise-lists', environment));
    const kinds: [Caller, OrganisationKind, string][] = [
      [story.department, OrganisationKind.DEPARTMENT, '经济信息委'], [story.otherDepartment, OrganisationKind.DEPARTMENT, '商务委'],
      [story.bank, OrganisationKind.BANK, '甲银行'], [story.otherBank, OrganisationKind.BANK, '乙银行'],
    ];
    for (const [{ organisationId }, kind, name] of kinds) await story.app.deliver('organisation.registered', { organisationId: organisationId!, kind, name });
    return story;
  }

  upload(body: string | Buffer, { as = this.department, key = newId(), title = '测试名单', type = 'text/csv' } = {}): Test {
    const path = `/v1/push-lists?title=${encodeURIComponent(title)}&period=2026-Q4`;
    return this.app.post(as, path, undefined, key).set('content-type', type).send(body as string);
  }

  /** Everything that a paged route gives. */
  async all<T = Record<string, unknown>>(as: Caller, path: string, limit = 200): Promise<T[]> {
    const items: T[] = [];
    let cursor = '';
    do {
      const query: string = `${path.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${cursor}`}`;
      const { body } = await this.app.get(as, path + query).expect(200);
      items.push(...(body.items as T[]));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    return items;
  }

  /** Recommends every row, whatever it states, and closes the review. */
  async approve(id: string): Promise<void> {
    const answer = await this.app.graphql(this.supervisor, `mutation ($id: ID!) { ${recommendAll} approvePushList(id: $id) { state } }`, { id });
    expect(answer.errors).toBeUndefined();
    expect(answer.data.approvePushList.state).toBe('APPROVED');
  }

  async dispatch(id: string, banks?: Caller[], channel = 'INCLUSIVE'): Promise<void> {
    const answer = await this.app.graphql(
      this.supervisor,
      'mutation ($id: ID!, $channel: Channel!, $bankIds: [ID!]) { dispatchPushList(id: $id, channel: $channel, bankIds: $bankIds) { state bankCount } }',
      { id, channel, bankIds: banks?.map((bank) => bank.organisationId) },
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data.dispatchPushList.state).toBe('DISPATCHED');
    await this.app.settle();
  }

  /** A list that stands with the banks. */
  async dispatched(text: string, banks?: Caller[], as = this.department): Promise<string> {
    const { body } = await this.upload(text, { as }).expect(201);
    await this.approve(body.id);
    await this.dispatch(body.id, banks);
    return body.id;
  }

  acknowledge(bank: Caller, referralIds: string[]): Test {
    return this.app.post(bank, '/v1/referral-acknowledgements', { referralIds });
  }

  answer(bank: Caller, answers: object[]): Test {
    return this.app.post(bank, '/v1/referral-answers', { answers });
  }

  /** Ids of the bank's referrals from this list. */
  async referralIds(bank: Caller, pushListId: string): Promise<string[]> {
    const rows = await this.all<{ id: string; pushListId: string }>(bank, '/v1/referrals');
    return rows.filter((row) => row.pushListId === pushListId).map((row) => row.id);
  }
}
