import { type EventName, type EventOf } from '@finharbor/contracts/events/catalogue';
import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import type { WireEvent } from '@finharbor/platform/delivery/envelope';
import type { Caller } from '@finharbor/security/tokens/caller';
import { callerOf } from '@finharbor/testing/callers';
import { newCreditCode, type Story } from './support.js';

/** What a row states that a dispatch looks at. All eight criteria are met, with their evidence. */
export interface SeededRow {
  regionCode?: string;
  streetCode?: string;
  industryCode?: string;
  sizeClass?: string;
  establishedOn?: string;
  tags?: string[];
  amount?: number;
  termMonths?: number;
  guaranteeType?: string;
  consentRef?: string;
  state?: 'PENDING' | 'RECOMMENDED' | 'NOT_RECOMMENDED';
}

export interface SeededList {
  id: string;
  entryIds: string[];
  codes: string[];
}

const criteria = ['good_prospects', 'strong_demand', 'sound_credit', 'lawful_operation', 'fixed_premises', 'real_demand', 'good_credit_standing', 'lawful_purpose'];

/** An approved list with these rows, as import and review would have left it. */
export async function seedList(story: Story, rows: SeededRow[], department = story.department): Promise<SeededList> {
  const { database } = story.app;
  const id = newId();
  await database.query(
    `insert into enterprise_lists.push_lists (id, org_id, title, period, state, encoding, file_sha256, row_count, accepted_count, rejected_count, warnings, submitted_at)
     values ($1, $2, $1::uuid::text, '2026-Q4', 'APPROVED', 'UTF-8', 'x', $3, $3, 0, '[]', now())`, [id, department.organisationId, rows.length]);
  const codes = rows.map(() => newCreditCode());
  const entryIds = rows.map(() => newId());
  for (const [at, row] of rows.entries()) {
    const enterpriseId = enterpriseIdOf(codes[at]);
    await database.query(
      `insert into enterprise_lists.enterprises (id, credit_code, name, kind, size_class, region_code, street_code, industry_code, established_on, stated_tags, version)
       values ($1, $2, $3, 'ENTERPRISE', $4, $5, $6, $7, $8, $9, 1)`,
      [enterpriseId, codes[at], `万州推送企业${codes[at].slice(-6)}有限公司`, row.sizeClass ?? 'UNKNOWN', row.regionCode ?? null, row.streetCode ?? null,
        row.industryCode ?? null, row.establishedOn ?? null, row.tags ?? null]);
    await database.query(
      `insert into enterprise_lists.list_entries (id, org_id, push_list_id, row_number, enterprise_id, credit_code, name, demand_amount, demand_term_months,
         guarantee_type, demand_purpose, consent_ref, ${criteria.join(', ')}, evidence)
       values ($1, $2, $3, $4, $5, $6, $6::text, $7, $8, $9, '购买设备', $10, ${criteria.map(() => 'true').join(', ')}, '{"ALL": "走访记录"}')`,
      [
        entryIds[at], department.organisationId, id, at + 2, enterpriseId, codes[at], row.amount ?? null, row.termMonths ?? null,
        row.guaranteeType ?? null, row.consentRef ?? null,
      ]);
    const { state = 'RECOMMENDED' } = row;
    if (state !== 'PENDING') await database.query('update enterprise_lists.list_entries set state = $2 where id = $1', [entryIds[at], state]);
  }
  return { id, entryIds, codes };
}

/** Further banks of the programme. */
export async function moreBanks(story: Story, count: number): Promise<Caller[]> {
  const banks = Array.from({ length: count }, () => callerOf('bank'));
  for (const { organisationId } of banks) {
    await story.app.deliver('organisation.registered', { organisationId: organisationId!, kind: OrganisationKind.BANK, name: '丙银行' });
  }
  return banks;
}

const argumentTypes: Record<string, string> = {
  id: 'ID!', channel: 'Channel', channels: '[Channel!]', target: 'DispatchTarget', bankIds: '[ID!]', entryIds: '[ID!]',
};

interface Asked { data?: never; code?: string; errors?: unknown }

async function ask(story: Story, kind: string, call: string, variables: Record<string, unknown>, wanted: string): Promise<Asked> {
  const names = Object.keys(variables);
  const answer = await story.app.graphql(story.supervisor, `${kind} (${names.map((name) => `$${name}: ${argumentTypes[name]}`).join(', ')}) {
    ${call}(${names.map((name) => `${name}: $${name}`).join(', ')}) ${wanted} }`, variables);
  const { code, errors } = (answer.errors?.[0].extensions ?? {}) as Asked;
  return { data: answer.data?.[call] as never, code, errors };
}

export interface Preview { bankId: string; channel: string; newCount: number; furtherCount: number }

/** What a dispatch would give. */
export async function preview(story: Story, variables: Record<string, unknown>): Promise<Preview[]> {
  const { data, code } = await ask(story, 'query', 'dispatchPreview', variables, '{ counts { bankId channel newCount furtherCount } }');
  expect(code).toBeUndefined();
  return (data as unknown as { counts: Preview[] }).counts;
}

/** Dispatches, and waits until the banks have it. Gives the code of a refusal. */
export async function dispatch(story: Story, variables: Record<string, unknown>): Promise<{ code?: string; errors?: unknown }> {
  const { code, errors } = await ask(story, 'mutation', 'dispatchPushList', variables, '{ id }');
  await story.app.settle();
  return { code, errors };
}

export interface ReferralRow {
  id: string;
  bankId: string;
  entryId: string;
  state: string;
  channel: string;
  secondChannel: string | null;
  round: number;
  cycle: number;
}

/** Referrals of a list, as they are stored. */
export const stored = (story: Story, listId: string): Promise<ReferralRow[]> =>
  story.app.database.query<ReferralRow & Record<string, unknown>>(
  `select id, org_id as "bankId", entry_id as "entryId", state, channel, second_channel as "secondChannel", round, cycle
   from enterprise_lists.referrals where push_list_id = $1 order by entry_id, id`, [listId]);

type Told<Name extends EventName> = Pick<EventOf<Name>, 'id' | 'organisationId' | 'aggregateId' | 'payload'>;

/** Everything that was published under a name, oldest first, however many services are told. */
export async function told<Name extends EventName>(story: Story, name: Name): Promise<Told<Name>[]> {
  const waiting = await story.app.database.query<{ id: string; organisationId: string; aggregateId: string; payload: never }>(
    `select event_id as id, org_id as "organisationId", aggregate_id as "aggregateId", payload from enterprise_lists.outbox where name = $1`, [name]);
  const sent = await story.app.database.query<{ body: string }>('select body from enterprise_lists.delivery');
  const wires = sent.flatMap(({ body }) => JSON.parse(body) as WireEvent[]).filter(({ n }) => n === name);
  const all = [...wires.map(({ i, o, a, p }) => ({ id: i, organisationId: o, aggregateId: a, payload: p as never })), ...waiting];
  return [...new Map(all.map((event) => [event.id, event])).values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Handles what is due now, until nothing is, and what follows from it. */
export async function tick(story: Story): Promise<void> {
  await story.app.handleDue();
  await story.app.settle();
}
