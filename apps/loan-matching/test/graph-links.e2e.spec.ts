import { enterpriseIdOf } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { DataSource, type Logger } from 'typeorm';
import { callerOf, District, newId } from './district.js';
import { type Bank, banksOf, Routed } from './routing.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
describe('the graph leads', () => {
  let district: District;
  let a: Bank, b: Bank;
  beforeAll(async () => {
    district = await District.open();
    [a, b] = await banksOf(district, 2);
  });
  afterAll(() => district.app.close());

  const nodes = (connection: { edges: { node: any }[] }): any[] => connection.edges.map(({ node }) => node);
  const ask = async (caller: Caller, query: string, variables: object = {}): Promise<any> => {
    const { data, errors } = await district.app.graphql(caller, query, variables);
    expect(errors).toBeUndefined();
    return data;
  };
  const code = async (caller: Caller, query: string, variables: object = {}): Promise<unknown> =>
    (await district.app.graphql(caller, query, variables)).errors?.[0].extensions?.code;
  /** How often the work read a table. */
  const reads = async (table: string, work: () => Promise<unknown>): Promise<number> => {
    const source = district.app.app.get(DataSource);
    const asks = new RegExp(`(from|join) "?loan_matching"?\\."?${table}\\b`, 'i');
    let seen = 0;
    const { logger } = source;
    const nothing = (): void => undefined;
    source.logger = {
      logQuery: (query: string) => { if (asks.test(query)) seen += 1; },
      logQueryError: nothing, logQuerySlow: nothing, logSchemaBuild: nothing, logMigration: nothing, log: nothing,
    } satisfies Logger;
    try {
      await work();
      return seen;
    } finally {
      source.logger = logger;
    }
  };

  it('from demands to their questions, in one statement for all; a bank reads its own', async () => {
    for (const _ of [1, 2]) {
      const routed = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId, b.productId] });
      for (const bank of [a, b]) await routed.accept(bank);
      const { id } = await routed.act(a, 'questions', { question: '请补充流水', documents: ['银行流水'] });
      await district.app.post(routed.submitted.applicant, `/v1/applications/${routed.id}/questions/${id}/answer`, { answer: '流水已发' }).expect(201);
    }
    await district.app.settle();
    const query = '{ demands(first: 100) { edges { node { id questions { question answer documents answeredAt bankId bank { id } } } } } }';
    let found: any[] = [];
    const asked = await reads('demand_questions', async () => { found = nodes((await ask(a, query)).demands); });
    const question = { question: '请补充流水', answer: '流水已发', documents: ['银行流水'], answeredAt: expect.any(String), bankId: a.organisationId, bank: { id: a.organisationId } };
    expect([asked, found.map(({ questions }) => questions)]).toEqual([1, [[question], [question]]]);
    expect(nodes((await ask(b, query)).demands).map(({ questions }) => questions)).toEqual([[], []]);
    expect(nodes((await ask(district.supervisor, query)).demands).flatMap(({ questions }) => questions)).toEqual([question, question]);
    const withdrawn = found[0].id;
    await district.app.database.query('update loan_matching.demands set consent_withdrawn_at = now() where id = $1', [withdrawn]);
    expect(nodes((await ask(a, query)).demands)[0]).toMatchObject({ id: withdrawn, questions: [{ question: '请补充流水', answer: null }] });
  });

  it('to the pool, page by page, and between an application and its entry for those above banks', async () => {
    const pooled = [await Routed.of(district, { mode: 'OPEN_POOL' }), await Routed.of(district, { mode: 'OPEN_POOL' })];
    const had = await Routed.of(district, { mode: 'MATCH_FIRST', productIds: [a.productId], onward: true });
    await had.overdue(a);
    expect(await had.state()).toEqual(['POOLED', 2]);
    const query = 'query ($after: String) { poolEntries(first: 1, after: $after) { edges { node { id amount regionCode } } pageInfo { hasNextPage endCursor } } }';
    const walk = async (bank: Caller): Promise<string[]> => {
      const seen: string[] = [];
      for (let after: string | null = null, more = true; more;) {
        const { poolEntries } = await ask(bank, query, { after });
        seen.push(nodes(poolEntries)[0].id);
        ({ hasNextPage: more, endCursor: after } = poolEntries.pageInfo);
      }
      return seen;
    };
    const ids = async (of: Routed[]): Promise<string[]> => {
      const found: string[] = [];
      for (const one of of) found.push((await one.entry(b)).id);
      return found;
    };
    expect((await walk(a)).sort()).toEqual((await ids(pooled)).sort());
    expect((await walk(b)).sort()).toEqual((await ids([...pooled, had])).sort());
    const { endCursor } = (await ask(a, query)).poolEntries.pageInfo;
    expect(await code(b, query, { after: endCursor })).toBe('CURSOR_INVALID');
    for (const asked of ['{ poolEntries { edges { node { application { id } } } } }', '{ applications { edges { node { poolEntry { id } } } } }']) {
      expect(await code(a, asked)).toBe('FORBIDDEN');
    }
    let applications: any[] = [];
    expect(await reads('pool_entries', async () => {
      applications = nodes((await ask(district.supervisor, '{ applications { edges { node { id state poolEntry { id } } } } }')).applications);
    })).toBe(1);
    for (const { state, poolEntry } of applications) expect([state, poolEntry !== null]).toEqual([state, state === 'POOLED']);
    const entries = nodes((await ask(district.dashboard, '{ poolEntries { edges { node { application { id } } } } }')).poolEntries);
    expect(entries.map(({ application }) => application.id).sort()).toEqual([...pooled, had].map(({ id }) => id).sort());
  });

  it('from loan codes to where they hang, and back, page by page below each; a bank sees its own', async () => {
    const { app, bankA, bankB, supervisor, harborB } = district;
    const codes = [(await district.code()).id, (await district.code(bankB, harborB)).id, (await district.code()).id];
    for (const id of codes.slice(0, 2)) {
      for (const place of ['一楼大堂', '二楼', '门口']) {
        await app.post(supervisor, `/v1/loan-codes/${id}/placements`, { place, placedOn: '2026-01-02' }).expect(201);
      }
    }
    const query = 'query ($after: String) { loanCodes { edges { node { id placements(first: 2, after: $after) { edges { node { place loanCode { id } bank { id } } cursor } pageInfo { hasNextPage endCursor } } } } } }';
    let found: any;
    expect(await reads('loan_code_placements', async () => { found = await ask(supervisor, query); })).toBe(1);
    const below = (data: any, id: string): any => nodes(data.loanCodes).find((one) => one.id === id)?.placements;
    expect(codes.map((id) => nodes(below(found, id)).map(({ place }) => place))).toEqual([['门口', '二楼'], ['门口', '二楼'], []]);
    expect(codes.map((id) => below(found, id).pageInfo.hasNextPage)).toEqual([true, true, false]);
    expect(nodes(below(found, codes[1]))[0]).toMatchObject({ loanCode: { id: codes[1] }, bank: { id: bankB.organisationId } });
    const after = below(found, codes[1]).pageInfo.endCursor;
    expect(nodes(below(await ask(supervisor, query, { after }), codes[1])).map(({ place }) => place)).toEqual(['一楼大堂']);
    expect(await code(bankB, query, { after })).toBe('CURSOR_INVALID');
    const register = '{ loanCodePlacements { edges { node { place loanCodeId loanCode { id label } } } } }';
    let rows: any[] = [];
    expect(await reads('loan_codes', async () => { rows = nodes((await ask(bankA, register)).loanCodePlacements); })).toBe(1);
    expect(rows).toEqual(['门口', '二楼', '一楼大堂'].map((place) => ({ place, loanCodeId: codes[0], loanCode: { id: codes[0], label: '大堂海报' } })));
    for (const [caller, count] of [[bankB, 3], [supervisor, 6], [callerOf('bank'), 0]] as const) {
      expect((await ask(caller, register)).loanCodePlacements.edges).toHaveLength(count);
    }
    expect(await code(callerOf('department'), register)).toBe('FORBIDDEN');
  });

  it('from demands to the alerts about their enterprises, for those above banks alone', async () => {
    const creditCode = '93500101MA5UH0014B';
    for (const bank of [a, b]) {
      const routed = new Routed(district, await district.submit({ creditCode }));
      await routed.route({ mode: 'MATCH_FIRST', productIds: [bank.productId] });
      await routed.accept(bank);
      await routed.act(bank, 'decision', { outcome: 'REJECTED', reasonCode: 'MISUSE_SUSPECTED', reasonText: '疑似套取经营贷' });
      await routed.state();
      await district.app.handleDue();
    }
    const query = '{ demands(first: 200) { edges { node { enterpriseId creditAlerts { id kind state enterpriseName enterprise { id } } } } } }';
    let found: any[] = [];
    expect(await reads('credit_alerts', async () => { found = nodes((await ask(district.supervisor, query)).demands); })).toBe(1);
    const enterpriseId = enterpriseIdOf(creditCode);
    const [flag] = found.find((one) => one.enterpriseId === enterpriseId).creditAlerts;
    expect(flag).toMatchObject({ kind: 'MISUSE_SUSPECTED', state: 'OPEN', enterpriseName: '万州示例食品有限公司', enterprise: { id: enterpriseId } });
    for (const one of found) expect(one.creditAlerts).toEqual(one.enterpriseId === enterpriseId ? [flag] : []);
    const alert = (id: string): string => `{ creditAlert(id: "${id}") { id kind enterpriseName } creditRules { kind threshold } }`;
    expect(await ask(district.dashboard, alert(flag.id))).toEqual({
      creditAlert: { id: flag.id, kind: 'MISUSE_SUSPECTED', enterpriseName: '万州示例食品有限公司' }, creditRules: expect.arrayContaining([{ kind: 'MISUSE_SUSPECTED', threshold: '1.00' }]),
    });
    for (const none of [newId(), 'x']) expect((await ask(district.supervisor, alert(none))).creditAlert).toBeNull();
    for (const asked of [query, alert(flag.id), '{ creditAlerts { edges { node { id } } } }']) expect(await code(a, asked)).toBe('FORBIDDEN');
  });
});
