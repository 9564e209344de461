import { District, newId, type Submitted } from './district.js';

type Role = 'app' | 'supervisor' | 'worker';
const every: readonly Role[] = ['app', 'supervisor', 'worker'];
const all = 'SELECT INSERT UPDATE DELETE';

/** What the database refuses whoever asks, should the service ever forget to. */
describe('the database of demands', () => {
  let district: District;
  let accepted: Submitted;
  beforeAll(async () => {
    district = await District.open();
    accepted = await district.accepted(district.bankA);
    await district.app.settle();
  });
  afterAll(() => district.app.close());

  /** Runs statements as the worker and takes them back: what refused one of them, else how many rows the last one had. */
  async function tried(...statements: [sql: string, ...parameters: unknown[]][]): Promise<number | string> {
    const { database } = district.app;
    await database.query('begin');
    try {
      await database.query(`select set_config('role', 'loan_matching_worker', true)`);
      let rows = 0;
      for (const [sql, ...parameters] of statements) rows = (await database.admin.query(sql, parameters)).rowCount ?? 0;
      return rows;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await database.query('rollback');
    }
  }
  /** Another row like one that is there, but for what is said. */
  const copied = async (table: string, id: string, changes: object): Promise<[string, ...unknown[]]> => {
    const [{ columns }] = await district.app.database.query<{ columns: string }>(
      `select string_agg(attname, ', ') as columns from pg_attribute where attrelid = ('loan_matching.' || $1)::regclass and attnum > 0 and not attisdropped and attgenerated = ''`, [table]);
    return [`insert into loan_matching.${table} (${columns}) select ${columns} from (select (made).* from (select jsonb_populate_record(x, $2::jsonb) as made
      from loan_matching.${table} x where x.id = $1) y) z`, id, JSON.stringify({ id: newId(), ...changes })];
  };

  it('keeps where a demand comes from, its code and its harbor each by itself', async () => {
    const change = (column: string, value: string | null) => tried([`update loan_matching.demands set ${column} = $2 where id = $1`, accepted.id, value]);
    for (const column of ['loan_code_id', 'harbor_id']) for (const value of [newId(), null]) expect([column, await change(column, value)]).toEqual([column, expect.stringContaining('never changed')]);
    expect(await tried(['update loan_matching.demands set loan_code_id = loan_code_id, harbor_id = harbor_id where id = $1', accepted.id])).toBe(1);
  });

  it('ends no demand for the customer or the clock without a reason, and lets none wait without where it goes on', async () => {
    const become = (state: string, more = '') => tried([`update loan_matching.demands set state = $2 ${more} where id = $1`, accepted.id, state]);
    for (const state of ['CUSTOMER_DECLINED', 'EXPIRED']) {
      expect(await become(state)).toMatch('demands_end_reason');
      expect(await become(state, `, end_reason_code = 'OTHER'`)).toMatch('demands_end_reason');
      expect(await become(state, `, end_reason_code = 'OTHER', end_reason_text = '其他'`)).toBe(1);
    }
    for (const state of ['ACTION_REQUIRED', 'COUNTER_OFFERED', 'APPROVED_ACTION_REQUIRED']) {
      expect(await become(state)).toMatch('demands_resume');
      expect(await become(state, `, resume_state = 'ACCEPTED'`)).toBe(1);
    }
    expect(await become('LENT')).toMatch('demands_state_check');
  });

  it('keeps one demand of an application with each bank, and one open question, offer, pool entry and alert of a kind', async () => {
    const { id } = accepted;
    const bank = district.bankA.organisationId!;
    expect(await tried(await copied('demands', id, { further_of: id, consent_id: newId() }))).toMatch('demands_once_each');
    const question = () => [`insert into loan_matching.demand_questions (id, org_id, demand_id, application_id, question_encrypted, asked_at) values ($1, $2, $3, $3, 'x', now())`, newId(), bank, id] as [string, ...unknown[]];
    const offer = () => [`insert into loan_matching.counter_offers (id, org_id, demand_id, amount, term_months, text, offered_at) values ($1, $2, $3, 1, 1, 'x', now())`, newId(), bank, id] as [string, ...unknown[]];
    const entry = () => [`insert into loan_matching.pool_entries (id, org_id, application_id, kind, amount, term_months, purpose, guarantee_types, size_class, had_by, listed_at)
      values ($1, $2, $3, 'OTHER', 1, 1, 'x', '{}', 'UNKNOWN', '{}', now())`, newId(), bank, id] as [string, ...unknown[]];
    const alert = () => [`insert into loan_matching.credit_alerts (id, org_id, enterprise_id, kind, measured, threshold, raised_at) values ($1, $2, $3, 'CREDIT_TOTAL', 1, 1, now())`, newId(), bank, id] as [string, ...unknown[]];
    for (const [index, one] of [['demand_questions_open', question], ['counter_offers_open', offer], ['pool_entries_once', entry], ['credit_alerts_open', alert]] as const) {
      expect([index, await tried(one()), await tried(one(), one())]).toEqual([index, 1, expect.stringContaining(index)]);
    }
    expect(await tried(alert(), [`update loan_matching.credit_alerts set state = 'HANDLED', handled_at = now() where enterprise_id = $1`, id])).toMatch('check constraint');
    expect(await tried(entry(), ['update loan_matching.pool_entries set taken_by = org_id where application_id = $1', id])).toMatch('check constraint');
    expect(await tried(question(), ['update loan_matching.demand_questions set answered_at = now(), retracted_at = now() where demand_id = $1', id])).toMatch('check constraint');
  });

  it('keeps a signed code with its signature, and one of before without', async () => {
    await district.code();
    const [{ id }] = await district.app.database.query<{ id: string }>('select id from loan_matching.loan_codes limit 1');
    for (const change of ['token = null, version = 1', `token = 'x', version = 0`]) {
      expect(await tried([`update loan_matching.loan_codes set ${change} where id = $1`, id])).toMatch('check constraint');
    }
  });

  it('takes what a responder sent once', async () => {
    const responder = newId();
    const sent = (by: string | null) => copied('applications', accepted.id, { responder_org_id: by, client_ref: 'batch-1' });
    expect(await tried(await sent(responder), await sent(newId()))).toBe(1);
    expect(await tried(await sent(responder), await sent(responder))).toMatch('applications_client');
    expect(await tried(await sent(null))).toMatch('check constraint');
  });

  it('keeps every move of a demand and every stage, whatever moves it, and an attempt once of each', async () => {
    const moves = (): Promise<{ at: string }[]> =>
      district.app.database.query(`select coalesce(state, stage) as at from loan_matching.demand_moves where demand_id = $1 order by id`, [accepted.id]);
    expect((await moves()).map(({ at }) => at)).toEqual(['SUBMITTED', 'ROUTED', 'ACCEPTED']);
    const kept = ['select 1 from loan_matching.demand_moves m join loan_matching.due d on d.kind = $2 and d.aggregate_id = m.id where m.demand_id = $1 and coalesce(m.state, m.stage) = $3', accepted.id, 'demand-move'] as const;
    expect(await tried([`update loan_matching.demands set state = 'CONTACTED' where id = $1`, accepted.id], [...kept, 'CONTACTED'])).toBe(1);
    const docked = [`insert into loan_matching.demand_progress (id, org_id, demand_id, stage, at) values ($1, $2, $3, 'DOCKED', now())`, newId(), district.bankA.organisationId, accepted.id] as [string, ...unknown[]];
    expect(await tried(docked, [...kept, 'DOCKED'])).toBe(1);
    // What stays where it is makes no move.
    expect(await tried(['update loan_matching.demands set state = state, version = version + 1 where id = $1', accepted.id],
      ['select 1 from loan_matching.demand_moves where demand_id = $1', accepted.id])).toBe(3);
    const move = newId();
    const attempt = () => [`insert into loan_matching.docking_entries (id, org_id, demand_id, way, outcome, contacted_at, recorded_at, move_id) values ($1, $2, $3, 'PHONE', 'REACHED', now(), now(), $4)`,
      newId(), district.bankA.organisationId, accepted.id, move] as [string, ...unknown[]];
    expect([await tried(attempt()), await tried(attempt(), attempt())]).toEqual([1, expect.stringContaining('docking_entries_move')]);
  });

  it.each<[table: string, what: string, roles: readonly Role[]]>([
    ['demands', 'INSERT DELETE', ['app', 'supervisor']], ['demands', 'UPDATE', ['supervisor']],
    ['applications', 'INSERT UPDATE DELETE', ['app']], ['applications', 'INSERT DELETE', ['supervisor']],
    ['matches', 'INSERT UPDATE DELETE', ['app', 'supervisor']],
    ['decisions', 'UPDATE DELETE', every], ['trail_steps', 'UPDATE DELETE', every], ['demand_progress', 'UPDATE DELETE', every],
    ['demand_moves', 'UPDATE DELETE', every], ['docking_entries', 'UPDATE DELETE', every], ['docking_entries', 'INSERT', ['supervisor']],
    ['counter_offers', 'DELETE', every], ['counter_offers', 'INSERT', ['supervisor']],
    ['demand_questions', 'INSERT UPDATE DELETE', ['supervisor']],
    ['pool_entries', 'INSERT UPDATE DELETE', ['app', 'supervisor']],
    ['credit_alerts', 'INSERT UPDATE DELETE', ['app']], ['credit_alerts', 'INSERT DELETE', ['supervisor']],
    ['credit_rules', all, ['app']], ['credit_rules', 'INSERT DELETE', every],
    ['clocks', 'INSERT UPDATE DELETE', ['app', 'supervisor']],
    ['catalogue_changes', 'UPDATE DELETE', every], ['catalogue_changes', all, ['app']],
    ['loan_code_keys', all, ['app', 'supervisor']], ['loan_code_keys', 'UPDATE DELETE', ['worker']],
    ['scan_sessions', all, ['app', 'supervisor']],
    ['loan_code_days', 'INSERT UPDATE DELETE', ['app', 'supervisor']],
    ['special_group_counts', all, ['app']], ['recalled_referrals', all, ['app', 'supervisor']],
  ])('lets nobody who must not %s: %s', async (table, what, roles) => {
    const may = await district.app.database.query<{ role: string; privilege: string }>(
      `select role, privilege from unnest($1::text[]) role, unnest($2::text[]) privilege
       where has_table_privilege('loan_matching_' || role, 'loan_matching.' || $3::text, privilege)`, [roles, what.split(' '), table]);
    expect(may).toEqual([]);
  });

  it.each<[table: string, columns: string[]]>([
    ['applications', [
      'id', 'org_id', 'source', 'applicant_kind', 'access_secret_hash', 'enterprise_id', 'first_responder', 'responder_org_id', 'harbor_id', 'loan_code_id',
      'grid_place', 'client_ref', 'green_channel', 'relief', 'jobs', 'matures_on', 'submitted_at',
    ]],
    ['counter_offers', ['id', 'org_id', 'demand_id', 'amount', 'term_months', 'annual_rate', 'text', 'offered_at']],
    ['loan_code_keys', ['kid', 'key_id', 'public_key', 'created_at']],
  ])('lets no role change of %s what stays for ever', async (table, columns) => {
    const may = await district.app.database.query(
      `select role, name from unnest($1::text[]) role, unnest($2::text[]) name where has_column_privilege('loan_matching_' || role, 'loan_matching.' || $3::text, name, 'UPDATE')`,
      [every, columns, table]);
    expect(may).toEqual([]);
  });
});
