import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { listOf, newCreditCode, Story } from './support.js';

/** Asks the database itself, in the roles that the service takes: the last line when a query forgets its filter. */
describe('row level security of enterprise-lists', () => {
  let story: Story;
  beforeAll(async () => {
    story = await Story.begin();
    for (const [department, bank] of [[story.department, story.bank], [story.otherDepartment, story.otherBank]]) {
      const { text } = listOf(2);
      const id = await story.dispatched(`${text}缺一格\n`, [bank], department);
      const ids = await story.referralIds(bank, id);
      await story.acknowledge(bank, ids).expect(201);
      await story.answer(bank, [{ referralId: ids[0], outcome: 'CLAIMED' }]).expect(201);
    }
    await story.app.settle();
  });
  afterAll(() => story.app.close());

  async function as<Row>(role: 'app' | 'supervisor' | 'worker', organisationId: string | null, sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const { database } = story.app;
    await database.query('begin');
    try {
      await database.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [`enterprise_lists_${role}`, organisationId ?? '']);
      return await database.query<Row>(sql, parameters);
    } finally {
      await database.query('rollback');
    }
  }

  it.each([
    ['push_lists', 'department'], ['list_entries', 'department'], ['list_rejections', 'department'],
    ['dispatches', 'bank'], ['referrals', 'bank'], ['enterprise_access', 'bank'],
  ] as const)('%s: a %s sees its own rows and no others, supervisors and the worker see all', async (table, role) => {
    const own = story[role].organisationId!;
    const organisations = (rows: { org_id: string }[]): Set<string> => new Set(rows.map((row) => row.org_id));
    const sql = `select org_id from enterprise_lists.${table}`;
    expect(organisations(await as('app', own, sql))).toEqual(new Set([own]));
    expect(await as('app', newId(), sql)).toEqual([]);
    expect(await as('app', null, sql)).toEqual([]);
    for (const everything of ['supervisor', 'worker'] as const) expect(organisations(await as(everything, null, sql)).size).toBeGreaterThanOrEqual(2);
  });

  it('shows an organisation the enterprises that it stated or claimed, and no other', async () => {
    const sql = 'select id from enterprise_lists.enterprises';
    expect(await as('supervisor', null, sql)).toHaveLength(4);
    expect(await as('worker', null, sql)).toHaveLength(4);
    for (const [caller, count] of [[story.department, 2], [story.otherDepartment, 2], [story.bank, 1], [story.otherBank, 1]] as const) {
      const seen = await as<{ id: string }>('app', caller.organisationId, sql);
      const access = await story.app.database.query(
        `select enterprise_id as id from enterprise_lists.enterprise_access where org_id = $1
         union select id from enterprise_lists.enterprises where $1 = any(sources)`, [caller.organisationId]);
      expect(seen).toHaveLength(count);
      expect(new Set(seen.map(({ id }) => id))).toEqual(new Set(access.map(({ id }) => id)));
    }
    expect(await as('app', newId(), sql)).toEqual([]);
  });

  it('keeps no access that a replica of the version before writes for what a department stated, which nobody would take back', async () => {
    const grant = (reason: string): Promise<unknown[]> => as('worker', null,
      'insert into enterprise_lists.enterprise_access (org_id, enterprise_id, reason) values ($1, $2, $3) returning reason', [newId(), newId(), reason]);
    expect([await grant('PUSHED'), await grant('DEMAND_ACCEPTED')]).toEqual([[], [{ reason: 'DEMAND_ACCEPTED' }]]);
  });

  it('lets a bank open what it claimed and nothing else, and nobody but the import write lists', async () => {
    const grant = `insert into enterprise_lists.enterprise_access (org_id, enterprise_id, reason) values ($1, $2, $3)`;
    const bank = story.bank.organisationId!;
    const [unclaimed] = await story.app.database.query<{ enterprise_id: string }>(
      'select enterprise_id from enterprise_lists.referrals where org_id = $1 and claimed_at is null', [bank]);
    const denied = /row-level security/;
    await expect(as('app', bank, grant, [bank, unclaimed.enterprise_id, 'CLAIMED'])).rejects.toThrow(denied);
    await expect(as('app', bank, grant, [bank, enterpriseIdOf(newCreditCode()), 'CLAIMED'])).rejects.toThrow(denied);
    await expect(as('app', bank, grant, [story.otherBank.organisationId, unclaimed.enterprise_id, 'CLAIMED'])).rejects.toThrow(denied);
    for (const statement of [
      `update enterprise_lists.push_lists set title = 'x'`, 'update enterprise_lists.list_entries set claimed_count = 9',
      'delete from enterprise_lists.list_rejections', `insert into enterprise_lists.referrals (id) values ('${newId()}')`,
      `update enterprise_lists.enterprises set name = 'x'`, 'delete from enterprise_lists.enterprise_access',
    ]) await expect(as('app', bank, statement)).rejects.toThrow(/permission denied/);
  });

  it('finds access by the index, for one enterprise as for many', async () => {
    const { text, codes } = listOf(3_000);
    await story.upload(text).expect(201);
    await story.app.database.query(
      `insert into enterprise_lists.enterprise_access (org_id, enterprise_id, reason) select $1, id, 'DEMAND_ACCEPTED' from enterprise_lists.enterprises on conflict do nothing`,
      [story.bank.organisationId]);
    await story.app.database.query('analyze enterprise_lists.enterprises, enterprise_lists.enterprise_access');
    for (const { organisationId } of [story.department, story.bank]) {
      const plan = await as<Record<string, string>>('app', organisationId!,
        'explain select * from enterprise_lists.enterprises where id = any($1::uuid[])', [codes.slice(0, 50).map(enterpriseIdOf)]);
      const lines = plan.map((line) => line['QUERY PLAN']).join('\n');
      expect(lines).toMatch(/Index (Only )?Scan using enterprise_access_pkey/);
      expect(lines).not.toContain('Seq Scan');
    }
  });
});
