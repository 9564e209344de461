import { newId } from '@finharbor/contracts/ids';
import { DataSource, type QueryRunner } from 'typeorm';
import { seedList } from './dispatch-support.js';
import { csv, header, newCreditCode, recommendable, Story } from './support.js';
import { Review } from './review.support.js';

type Role = 'app' | 'supervisor' | 'worker';
const every: readonly Role[] = ['app', 'supervisor', 'worker'];

/** What the database refuses whoever asks, should the service ever forget to. */
describe('the database of lists', () => {
  let story: Story;
  let review: Review;
  beforeAll(async () => {
    story = await Story.begin();
    review = new Review(story);
  });
  afterAll(() => story.app.close());

  /** Runs a statement as a role of an organisation, and takes it back. */
  async function tried(
    role: Role, sql: string, parameters: unknown[] = [], organisationId = story.department.organisationId,
  ): Promise<number | string> {
    const { database } = story.app;
    await database.query('begin');
    try {
      await database.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [`enterprise_lists_${role}`, organisationId ?? '']);
      return (await database.admin.query(sql, parameters)).rowCount ?? 0;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await database.query('rollback');
    }
  }

  it('lets a department withdraw its list and its rows, and take no other step', async () => {
    const list = await seedList(story, [{ state: 'PENDING' }]);
    const reviewed = await review.push(recommendable(1).text);
    const step = (table: string, id: string, state: string) => tried('app', `update enterprise_lists.${table} set state = $2 where id = $1`, [id, state]);
    for (const state of ['RECOMMENDED', 'NOT_RECOMMENDED']) expect(await step('list_entries', list.entryIds[0], state)).toMatch('a department may only withdraw');
    for (const state of ['APPROVED', 'RETURNED', 'DISPATCHED', 'UNDONE']) expect(await step('push_lists', reviewed, state)).toMatch('a department may only withdraw');
    expect([await step('list_entries', list.entryIds[0], 'WITHDRAWN'), await step('push_lists', reviewed, 'WITHDRAWN')]).toEqual([1, 1]);
  });

  it('takes no row that is recommended from its first day on', async () => {
    const { id, entryIds: [entry] } = await seedList(story, [{ state: 'PENDING' }]);
    const copy = (state: string) => tried('worker',
      `insert into enterprise_lists.list_entries select (e).* from (select jsonb_populate_record(x, jsonb_build_object('id', $2::text, 'row_number', 99, 'enterprise_id', $2::text, 'state', $3::text)) as e
       from enterprise_lists.list_entries x where x.id = $1) made`, [entry, newId(), state]);
    expect(await copy('PENDING')).toBe(1);
    for (const state of ['RECOMMENDED', 'DISPATCHED', 'WITHDRAWN']) expect([id, await copy(state)]).toEqual([id, expect.stringContaining(`an entry cannot become ${state}`)]);
  });

  it('recommends, at first and anew, no row that lacks a criterion, its evidence, or is outside the programme', async () => {
    const { entryIds: [entry] } = await seedList(story, [{ state: 'RECOMMENDED' }]);
    const { database } = story.app;
    await database.query(`update enterprise_lists.list_entries set state = 'DISPATCHED' where id = $1`, [entry]);
    const [{ enterprise_id: enterprise }] = await database.query<{ enterprise_id: string }>('select enterprise_id from enterprise_lists.list_entries where id = $1', [entry]);
    const anew = () => tried('worker', `update enterprise_lists.list_entries set state = 'RE_RECOMMENDED' where id = $1`, [entry]);
    const assertion = (met: boolean) => database.query(
      `insert into enterprise_lists.entry_assertions (org_id, entry_id, criterion, met, evidence, author, asserted_on, asserted_by_org) values ($1, $2, 'LAWFUL_PURPOSE', $3, '合同', '商务委', '2026-11-01', $1)
       on conflict (org_id, entry_id, criterion) do update set met = excluded.met`, [story.department.organisationId, entry, met]);
    const withColumns = (columns: string) => database.query(`update enterprise_lists.list_entries set ${columns} where id = $1`, [entry]);
    expect(await anew()).toBe(1);
    await assertion(false);
    expect(await anew()).toMatch('LAWFUL_PURPOSE:UNMET');
    // What was entered counts before the row's own column, whichever says yes.
    await withColumns('lawful_purpose = false');
    await assertion(true);
    expect(await anew()).toBe(1);
    await withColumns('fixed_premises = null');
    expect(await anew()).toMatch('FIXED_PREMISES:MISSING');
    await withColumns(`fixed_premises = true, evidence = '{"ALL": " x "}'`);
    expect(await anew()).toMatch('FIXED_PREMISES:EVIDENCE');
    await withColumns(`evidence = '{"ALL": "走访记录"}'`);
    await database.query(`update enterprise_lists.enterprises set outside_reason = 'LARGE' where id = $1`, [enterprise]);
    expect(await anew()).toMatch('OUTSIDE:LARGE');
  });

  it('knows no assertion without evidence and author', async () => {
    const { entryIds: [entry] } = await seedList(story, [{ state: 'PENDING' }]);
    const assert = (evidence: string, author: string) => tried('supervisor',
      `insert into enterprise_lists.entry_assertions (org_id, entry_id, criterion, met, evidence, author, asserted_on, asserted_by_org) values ($1, $2, 'FIXED_PREMISES', true, $3, $4, '2026-11-01', $1)`,
      [story.department.organisationId, entry, evidence, author]);
    expect(await assert('租赁合同', '商务委')).toBe(1);
    for (const [evidence, author] of [[' 租 ', '商务委'], ['租赁合同', '']]) expect(await assert(evidence, author)).toMatch('check constraint');
  });

  it('numbers revisions of one series in the order of their commits, also where two are written at once, and those of others on their own', async () => {
    const write = `insert into enterprise_lists.push_lists (id, org_id, title, period, state, encoding, file_sha256, row_count, accepted_count, rejected_count, warnings, submitted_at, revision)
      values ($1, $2, '同时名单', $3, 'UNDER_REVIEW', 'UTF-8', 'x', 0, 0, 0, '[]', now(), 7) returning revision`;
    const clients = await Promise.all([0, 1].map(async () => {
      const client = story.app.app.get(DataSource).createQueryRunner();
      await client.startTransaction();
      await client.query(`select set_config('role', 'enterprise_lists_worker', true)`);
      return client;
    }));
    const revisionOf = async (client: QueryRunner, period = '2020-Q1'): Promise<number> =>
      (await client.query(write, [newId(), story.department.organisationId, period]) as { revision: number }[])[0].revision;
    try {
      expect(await revisionOf(clients[0])).toBe(1);
      const second = revisionOf(clients[1]);
      await clients[0].commitTransaction();
      expect(await second).toBe(2);
      expect(await revisionOf(clients[1], '2020-Q2')).toBe(1);
      // Nobody gives a number that was given.
      const again = clients[1].query('update enterprise_lists.push_lists set revision = 1 where period = $1 and org_id = $2', ['2020-Q1', story.department.organisationId]);
      await expect(again).rejects.toThrow('push_lists_series');
    } finally {
      await Promise.all(clients.map((client) => (client.isTransactionActive ? client.rollbackTransaction() : undefined)));
      await Promise.all(clients.map((client) => client.release()));
    }
  });

  it('keeps one referral of a row to a bank in each cycle, and one receipt of a file', async () => {
    const id = await story.dispatched(csv(header, `万州一次公司,${newCreditCode()}`), [story.bank]);
    const again = await tried('worker', `insert into enterprise_lists.referrals select (r).* from (select jsonb_populate_record(x, jsonb_build_object('id', $2::text)) as r
      from enterprise_lists.referrals x where push_list_id = $1) made`, [id, newId()]);
    expect(again).toMatch('referrals_once');
    const receipt = `insert into enterprise_lists.exchange_receipts (id, file_id, body, signature) values ($1, $3, '{}', 'x'), ($2, $3, '{}', 'x')`;
    expect(await tried('worker', receipt, [newId(), newId(), newId()])).toMatch('exchange_receipts_file_id_key');
  });

  it.each<[table: string, what: string, roles: readonly Role[]]>([
    ['push_lists', 'DELETE', ['app', 'supervisor']], ['list_entries', 'DELETE', ['app', 'supervisor']],
    ['list_rejections', 'INSERT UPDATE DELETE', ['app', 'supervisor']],
    ['dispatches', 'INSERT UPDATE DELETE', ['app']],
    ['dispatch_orders', 'SELECT UPDATE DELETE', ['app', 'supervisor']],
    ['referrals', 'INSERT DELETE', ['app', 'supervisor']], ['referrals', 'UPDATE', ['supervisor']],
    ['enterprise_access', 'UPDATE DELETE', ['app', 'supervisor']], ['enterprise_access', 'INSERT', ['supervisor']],
    ['push_duties', 'INSERT UPDATE DELETE', ['app']], ['duty_periods', 'INSERT UPDATE DELETE', ['app', 'supervisor']],
    ['list_recalls', 'INSERT UPDATE DELETE', ['app', 'supervisor']],
    ['referral_recalls', 'INSERT DELETE', ['app', 'supervisor']], ['referral_recalls', 'UPDATE', ['supervisor']],
    ['clocks', 'INSERT UPDATE DELETE', ['app', 'supervisor']],
    ['demand_progress', 'SELECT INSERT UPDATE DELETE', ['app', 'supervisor']], ['demand_progress', 'DELETE', ['worker']],
    ['exchange_files', 'SELECT INSERT UPDATE DELETE', ['app', 'supervisor']],
    ['exchange_receipts', 'SELECT INSERT UPDATE DELETE', ['app', 'supervisor']], ['exchange_receipts', 'UPDATE DELETE', ['worker']],
    ['exchange_refusals', 'UPDATE DELETE', every],
  ])('lets nobody who must not %s: %s', async (table, what, roles) => {
    const may = await story.app.database.query<{ role: string; privilege: string }>(
      `select role, privilege from unnest($1::text[]) role, unnest($2::text[]) privilege
       where has_table_privilege('enterprise_lists_' || role, 'enterprise_lists.' || $3::text, privilege)`, [roles, what.split(' '), table]);
    expect(may).toEqual([]);
  });

  it.each<[table: string, role: Role, columns: string[]]>([
    ['push_lists', 'app', ['recommended_count', 'state', 'version', 'withdrawal_reason']],
    ['list_entries', 'app', ['state', 'state_at', 'state_reason']],
    ['list_entries', 'supervisor', ['cycle', 'round', 'state', 'state_at', 'state_reason', 'unanswered_at']],
  ])('of %s lets the role %s change what it must, and nothing that a department wrote', async (table, role, columns) => {
    const may = await story.app.database.query<{ name: string }>(
      `select attname::text as name from pg_attribute where attrelid = ('enterprise_lists.' || $1)::regclass and attnum > 0 and not attisdropped
         and has_column_privilege($2::text, attrelid, attname, 'UPDATE') order by attname`, [table, `enterprise_lists_${role}`]);
    expect(may.map(({ name }) => name)).toEqual(columns);
  });
});
