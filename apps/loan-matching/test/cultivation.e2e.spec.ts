import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { mayGive } from '@finharbor/contracts/reasons';
import { OrganisationKind, ReasonCode, SizeClass } from '@finharbor/contracts/vocabulary';
import type { Caller } from '@finharbor/security/tokens/caller';
import { addDays } from '@finharbor/standards/dates';
import { localDate } from '@finharbor/standards/working-days';
import { callerOf, District, newId } from './district.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Entry = any;

describe('the cultivation ledger', () => {
  let district: District;
  const [reform, trade] = [callerOf('department'), callerOf('department')];
  beforeAll(async () => {
    district = await District.open();
    for (const [{ organisationId }, name] of [[reform, '发展改革委'], [trade, '商务委']] as const) {
      await district.app.deliver('organisation.registered', { organisationId: organisationId!, kind: OrganisationKind.DEPARTMENT, name });
    }
  });
  afterAll(() => district.app.close());

  const rejected = async (reasonCode = ReasonCode.CREDIT_RECORD, more: object = {}): Promise<Record<'enterpriseId' | 'entryId' | 'referralId', string>> => {
    const bankId = district.bankA.organisationId!;
    const facts = { referralId: newId(), entryId: newId(), enterpriseId: enterpriseIdOf(newId()), bankId, reasonCode, round: 1, ...more };
    await district.app.deliver('referral.rejected', facts);
    return facts;
  };
  const entriesOf = async (enterpriseId: string, as: Caller = district.supervisor, more = ''): Promise<Entry[]> =>
    (await district.app.get(as, `/v1/cultivation-entries?enterpriseId=${enterpriseId}${more}`).expect(200)).body.items;
  const opened = async (reasonCode?: ReasonCode): Promise<Entry> => (await entriesOf((await rejected(reasonCode)).enterpriseId))[0];
  const record = (as: Caller, id: string, body: object, etag = '"1"') => district.app.patch(as, `/v1/cultivation-entries/${id}`, body).set('if-match', etag);
  const recommend = (as: Caller, id: string) => district.app.post(as, `/v1/cultivation-entries/${id}/re-recommendation`);

  it('gets an entry from each rejection of a row, once, for the department whose affair it is', async () => {
    const { app, bankA, supervisor, dashboard } = district;
    const rejection = await rejected();
    await rejected(ReasonCode.CREDIT_RECORD, rejection);
    await app.deliver('enterprises.recorded', { enterprises: [{
      enterpriseId: rejection.enterpriseId, version: 1, name: '万州待培育企业', regionCode: null, industryCode: null, sizeClass: SizeClass.MICRO, establishedOn: null,
    }] });
    const [entry, ...more] = await entriesOf(rejection.enterpriseId);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      departmentId: reform.organisationId, enterpriseName: '万州待培育企业', entryId: rejection.entryId, source: 'REFERRAL', reasonCode: 'CREDIT_RECORD', category: 'CREDIT_RECORD',
      problem: expect.stringContaining('信用记录'), state: 'OPEN', measure: expect.stringContaining('信用修复'), result: null,
      steps: [{ state: 'OPEN', by: 'service', departmentId: reform.organisationId }],
      causes: [{ bankId: bankA.organisationId, rejectedId: rejection.referralId, reasonCode: 'CREDIT_RECORD', reasonText: null }],
    });
    expect((await entriesOf(rejection.enterpriseId, dashboard))[0].causes).toHaveLength(1);
    const own = (await entriesOf(rejection.enterpriseId, reform))[0];
    expect(own).toMatchObject({ id: entry.id, enterpriseName: '万州待培育企业' });
    expect(own).not.toHaveProperty('causes');
    expect(JSON.stringify(own)).not.toContain(bankA.organisationId);
    expect(await entriesOf(rejection.enterpriseId, trade)).toEqual([]);
    const [foreign, none] = await Promise.all([entry.id, newId()].map(async (id) => (await app.get(trade, `/v1/cultivation-entries/${id}`).expect(404)).text));
    expect(foreign).toBe(none);
    for (const bank of [bankA, district.bankB]) {
      await app.get(bank, '/v1/cultivation-entries').expect(403);
      expect((await app.graphql(bank, '{ cultivationEntries { edges { node { id } } } }')).errors![0].extensions!.code).toBe('FORBIDDEN');
    }
    expect((await app.graphql(reform, '{ cultivationEntries { edges { node { causes { id } } } } }')).errors![0].extensions!.code).toBe('FORBIDDEN');
    expect(await app.database.query(`select role from loan_matching.audit where action = 'cultivation.open' and resource_id = $1`, [entry.id])).toEqual([{ role: 'service' }]);
    await app.get(supervisor, `/v1/cultivation-entries/${entry.id}`).expect(200).expect('etag', '"1"');
  });

  it('keeps what several banks refuse for one reason as one entry, until it is mended', async () => {
    const { supervisor, bankB } = district;
    const rejection = await rejected(ReasonCode.INSUFFICIENT_GUARANTEE);
    const again = { ...rejection, bankId: bankB.organisationId!, reasonCode: ReasonCode.INSUFFICIENT_GUARANTEE };
    await rejected(undefined, { ...again, referralId: newId() });
    await rejected(undefined, { ...again, referralId: newId(), reasonCode: ReasonCode.NO_QUOTA });
    const entries = await entriesOf(rejection.enterpriseId);
    expect(entries.map(({ reasonCode, category, causes }) => [reasonCode, category, causes.length])).toEqual([['NO_QUOTA', 'PRODUCT_FIT', 1], ['INSUFFICIENT_GUARANTEE', 'GUARANTEE', 2]]);
    await record(supervisor, entries[1].id, { state: 'REPAIRED', result: '已由政府性担保增信' }).expect(200);
    await rejected(undefined, { ...again, referralId: newId() });
    expect((await entriesOf(rejection.enterpriseId)).map(({ state }) => state)).toEqual(['OPEN', 'OPEN', 'REPAIRED']);
  });

  it('gets an entry from each demand that ended, with the bank’s words for those who oversee it', async () => {
    const { app, bankA } = district;
    const { id } = await district.accepted(bankA, { creditCode: '91500101MA60AB1255' });
    await app.post(bankA, `/v1/demands/${id}/decision`, { outcome: 'REJECTED', reasonCode: 'MATERIALS_INCOMPLETE', reasonText: '缺少近半年流水' }).expect(201);
    await app.settle();
    const [entry] = await entriesOf(enterpriseIdOf('91500101MA60AB1255'));
    expect(entry).toMatchObject({ source: 'DEMAND', entryId: null, category: 'MATERIALS', departmentId: null, causes: [{ rejectedId: id, reasonText: '缺少近半年流水' }] });
    const approved = await district.accepted(bankA, { creditCode: '92500101MA5UW0016R' });
    await app.post(bankA, `/v1/demands/${approved.id}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '1' }).expect(201);
    await app.settle();
    expect(await entriesOf(enterpriseIdOf('92500101MA5UW0016R'))).toEqual([]);
    await record(district.supervisor, entry.id, { state: 'REPAIRED', result: '材料已补齐' }).expect(200);
    expect((await recommend(district.supervisor, entry.id).expect(409)).body.code).toBe('ILLEGAL_STATE');
  });

  it('is worked on by its department, as it was read, and goes back to the list', async () => {
    const { app, supervisor } = district;
    const entry = await opened();
    await record(reform, entry.id, { measure: '约谈企业，签订还款计划' }).unset('if-match').expect(428);
    const begun = await record(reform, entry.id, { measure: '约谈企业，签订还款计划' }).expect(200).expect('etag', '"2"');
    expect(begun.body).toMatchObject({ state: 'IN_PROGRESS', measure: '约谈企业，签订还款计划' });
    await record(reform, entry.id, { measure: '过时的记录' }).expect(412);
    await record(trade, entry.id, { measure: '与我无关' }, '"2"').expect(404);
    for (const body of [{ category: 'TAX' }, { departmentId: trade.organisationId }]) await record(reform, entry.id, body, '"2"').expect(403);
    expect((await record(reform, entry.id, { state: 'REPAIRED' }, '"2"').expect(400)).body.errors).toMatchObject([{ field: 'result', rule: 'required' }]);
    await recommend(reform, entry.id).expect(409);
    await record(reform, entry.id, { state: 'RE_RECOMMENDED', result: '已结清' }, '"2"').expect(409);
    await record(reform, entry.id, { state: 'REPAIRED', result: '欠款已结清' }, '"2"').expect(200);
    await recommend(trade, entry.id).expect(404);
    expect((await recommend(reform, entry.id).expect(201)).body).toMatchObject({ state: 'RE_RECOMMENDED', result: '欠款已结清' });
    await recommend(reform, entry.id).expect(409);
    await record(supervisor, entry.id, { measure: '已经结束' }, '"4"').expect(409);
    const { body } = await app.get(supervisor, `/v1/cultivation-entries/${entry.id}`).expect(200);
    expect(body.steps.map(({ state, by }: Entry) => `${state} ${by}`)).toEqual(['OPEN service', 'IN_PROGRESS department', 'REPAIRED department', 'RE_RECOMMENDED department']);
    const rows = await app.database.query<{ p: object }>(
      `select event -> 'p' as p from loan_matching.delivery, jsonb_array_elements(body::jsonb) event where event ->> 'n' = 'cultivation.re-recommended' and event ->> 'a' = $1
       union select payload from loan_matching.outbox where name = 'cultivation.re-recommended' and aggregate_id = $1::uuid`, [entry.id]);
    expect(rows.map(({ p }) => p)).toEqual([{ cultivationId: entry.id, enterpriseId: entry.enterpriseId, entryId: entry.entryId, measure: '约谈企业，签订还款计划' }]);
  });

  it('is handed on by a supervisor after a second diagnosis, and every day reads as it was', async () => {
    const { app, supervisor, bankA } = district;
    const entry = await opened();
    const refuse = async (body: object): Promise<unknown> =>
      (await record(supervisor, entry.id, body).expect(400)).body.errors.map(({ rule }: Entry) => rule);
    expect(await refuse({ category: 'NO_SUCH' })).toEqual(['category']);
    expect(await refuse({ departmentId: bankA.organisationId })).toEqual(['department']);
    const handed = await record(supervisor, entry.id, { category: 'PURPOSE' }).expect(200);
    expect(handed.body).toMatchObject({ category: 'PURPOSE', departmentId: trade.organisationId, measure: expect.stringContaining('合规用途'), state: 'IN_PROGRESS' });
    expect([await entriesOf(entry.enterpriseId, reform), (await entriesOf(entry.enterpriseId, trade)).length]).toEqual([[], 1]);
    const [today, past] = [localDate(new Date()), addDays(localDate(new Date()), -3)];
    await app.database.query(`update loan_matching.cultivation_steps set at = at - interval '3 days' where cultivation_id = $1 and state = 'OPEN'`, [entry.id]);
    const [then] = await entriesOf(entry.enterpriseId, supervisor, `&asOf=${past}`);
    expect(then).toMatchObject({ state: 'OPEN', category: 'CREDIT_RECORD', departmentId: reform.organisationId });
    expect(then.steps).toHaveLength(1);
    expect((await entriesOf(entry.enterpriseId, supervisor, `&asOf=${today}`))[0]).toMatchObject({ state: 'IN_PROGRESS', category: 'PURPOSE' });
    expect(await entriesOf(entry.enterpriseId, supervisor, `&asOf=${addDays(past, -1)}`)).toEqual([]);
    await app.get(supervisor, '/v1/cultivation-entries?asOf=2026-02-30').expect(400);
  });

  it('is read by page, filter and field, over REST and in the graph, and recorded in both', async () => {
    const { app, supervisor } = district;
    const entry = await opened(ReasonCode.CUSTOMER_NO_NEED);
    const all: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await app.get(supervisor, `/v1/cultivation-entries?limit=2&state=OPEN${cursor}`).expect(200);
      all.push(...body.items.map(({ id }: Entry) => id));
      if (!body.nextCursor) break;
      cursor = `&cursor=${body.nextCursor}`;
      await app.get(supervisor, `/v1/cultivation-entries?limit=2${cursor}`).expect(400);
    }
    expect(all).toEqual([...new Set(all)].sort().reverse());
    expect(all).toContain(entry.id);
    const query = `query ($d: ID) { cultivationEntries(category: "CONTACT", departmentId: $d) { edges { node { id state department { id } enterpriseId steps { state } causes { bankId } } } } }`;
    const found = await app.graphql(supervisor, query);
    expect(found.data.cultivationEntries.edges).toEqual([{ node: {
      id: entry.id, state: 'OPEN', department: null, enterpriseId: entry.enterpriseId, steps: [{ state: 'OPEN' }], causes: [{ bankId: district.bankA.organisationId }],
    } }]);
    expect((await app.graphql(supervisor, query, { d: reform.organisationId })).data.cultivationEntries.edges).toEqual([]);
    const mutation = 'mutation ($id: ID!, $d: ID) { recordCultivation(id: $id, departmentId: $d, measure: "重新走访") { state department { id } } }';
    expect((await app.graphql(supervisor, mutation, { id: entry.id, d: reform.organisationId })).data.recordCultivation).toEqual({ state: 'IN_PROGRESS', department: { id: reform.organisationId } });
    expect((await app.graphql(trade, mutation, { id: entry.id })).errors![0].extensions!.code).toBe('NOT_FOUND');
    expect((await app.graphql(reform, 'mutation ($id: ID!) { reRecommendCultivation(id: $id) { id } }', { id: 'x' })).errors![0].extensions!.code).toBe('NOT_FOUND');
    expect((await app.graphql(trade, '{ cultivationEntry(id: "x") { id } }')).data).toEqual({ cultivationEntry: null });
  });

  it('is configured by supervisors: fifteen kinds of problem, each reason for one of them', async () => {
    const { app, supervisor, bankA } = district;
    const { body } = await app.get(reform, '/v1/cultivation-categories').expect(200);
    expect(body).toHaveLength(15);
    const reasons = body.flatMap(({ reasonCodes }: Entry) => reasonCodes);
    expect([...reasons].sort()).toEqual(Object.values(ReasonCode).filter((code) => mayGive('bank', code) && !['MEETS_CRITERIA', 'OTHER'].includes(code)).sort());
    expect(body.find(({ code }: Entry) => code === 'TAX')).toMatchObject({ departmentName: '税务局', departmentId: null, source: expect.stringContaining('宿州') });
    await app.get(bankA, '/v1/cultivation-categories').expect(403);
    const configure = (as: Caller, more: object, etag = '"1"') => app.patch(as, '/v1/cultivation-categories/CONTACT', more).set('if-match', etag);
    await configure(reform, { measure: '电话回访' }).expect(403);
    await configure(supervisor, { departmentId: bankA.organisationId }).expect(400);
    const set = await configure(supervisor, { measure: '电话回访', departmentId: trade.organisationId }).expect(200).expect('etag', '"2"');
    expect(set.body).toMatchObject({ measure: '电话回访', departmentId: trade.organisationId, version: 2 });
    await configure(supervisor, { measure: '过时' }).expect(412);
    expect(await opened(ReasonCode.CUSTOMER_UNREACHABLE)).toMatchObject({ measure: '电话回访', departmentId: trade.organisationId });
    await app.patch(supervisor, '/v1/cultivation-categories/NO_SUCH', { measure: '不存在' }).set('if-match', '"1"').expect(404);
  });
});
