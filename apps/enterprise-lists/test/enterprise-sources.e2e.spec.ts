import { newId } from '@finharbor/contracts/ids';
import fc from 'fast-check';
import { Master, type Stated } from './enterprises.support.js';
import { newCreditCode } from './support.js';

describe('an enterprise of many sources', () => {
  let master: Master;
  beforeAll(async () => { master = await Master.begin(); });
  afterAll(() => master.app.close());

  const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));
  const contradictions = async (enterpriseId: unknown): Promise<Record<string, unknown>[]> =>
    (await master.app.get(master.supervisor, `/v1/contradictions?enterpriseId=${enterpriseId as string}`).expect(200)).body.items;

  it('is what all of them say together: the newest word on each field, and tags added up', async () => {
    const [code, [first, second]] = [newCreditCode(), master.departments];
    await master.push(first, [{ creditCode: code, employees: 5, industryCode: 'F5101', tags: ['HIGH_TECH'] as never }]);
    await master.push(second, [{ creditCode: code, revenue: '30000000', employees: 6, tags: ['FOREIGN_TRADE'] as never }]);
    expect(await master.row(code)).toMatchObject({ employees: 6, size_class: 'SMALL', tags: ['FOREIGN_TRADE', 'HIGH_TECH'], version: 2 });
    await master.push(second, [{ creditCode: code, tags: ['GREEN_DIGITAL'] as never }]);
    expect(await master.row(code)).toMatchObject({ employees: 6, tags: ['GREEN_DIGITAL', 'HIGH_TECH'], default_channel: 'GREEN' });
    const file = async (by = first): Promise<Record<string, { field: string; source: string }[]>> =>
      (await master.app.get(by, `/v1/enterprises/${(await master.row(code)).id as string}`).expect(200)).body;
    expect((await file(master.supervisor)).origins).toEqual(expect.arrayContaining([
      expect.objectContaining({ field: 'industryCode', source: first.organisationId }), expect.objectContaining({ field: 'employees', value: '6', source: second.organisationId })]));
    expect((await file(master.supervisor)).statements).toHaveLength(3);
    // A department finds its own statements, and no word of who said the others.
    expect([(await file()).statements.length, (await file()).origins.map(({ field }) => field).sort()]).toEqual([1, ['industryCode', 'name']]);
  });

  it('is contradicted until a supervisor chooses, and again when the sources state other values', async () => {
    const [code, [first, second, third]] = [newCreditCode(), master.departments];
    await master.push(first, [{ creditCode: code, employees: 5 }]);
    await master.push(second, [{ creditCode: code, employees: 6 }]);
    const { id } = await master.row(code);
    const [found] = await contradictions(id);
    expect(found).toMatchObject({ field: 'employees', state: 'OPEN', stated: expect.arrayContaining([expect.objectContaining({ source: first.organisationId, value: '5' })]) });
    const resolve = (source: string, by = master.supervisor) => master.app.post(by, `/v1/contradictions/${found.id as string}/resolution`, { source, reason: '以年报为准' });
    await resolve(first.organisationId!, first).expect(403);
    await resolve(third.organisationId!).expect(400);
    expect((await resolve(first.organisationId!).expect(200)).body).toMatchObject({ state: 'RESOLVED', chosenSource: first.organisationId });
    expect(await master.row(code)).toMatchObject({ employees: 5, version: 3 });
    expect((await master.told(code))[0]).toMatchObject({ version: 3 });
    await master.push(second, [{ creditCode: code, employees: 6 }], { title: '又一名单' });
    expect([(await master.row(code)).employees, await contradictions(id)]).toEqual([5, [expect.objectContaining({ state: 'RESOLVED' })]]);
    await master.push(second, [{ creditCode: code, employees: 7 }]);
    expect([(await master.row(code)).employees, await contradictions(id)]).toEqual([7, [expect.objectContaining({ state: 'OPEN', chosenSource: null })]]);
    await master.push(first, [{ creditCode: code, employees: 7 }]);
    expect(await contradictions(id)).toEqual([]);
    await master.app.get(first, '/v1/contradictions').expect(403);
    await master.app.get(master.supervisor, `/v1/contradictions/${newId()}`).expect(404);
  });

  it('is what the higher rank says, where the administrator says so', async () => {
    const [code, [first, second]] = [newCreditCode(), master.departments];
    await master.push(first, [{ creditCode: code, employees: 5, revenue: '1' }]);
    await master.push(second, [{ creditCode: code, employees: 6, revenue: '2' }]);
    const set = (field: string, rank: number, by = master.administrator) =>
      master.app.post(by, '/v1/precedence-rules', { sourceId: first.organisationId, field, rank });
    await set('employees', 5, master.supervisor).expect(403);
    await set('colour', 5).expect(400);
    expect((await set('employees', 5).expect(200)).body).toEqual({ rules: [{ sourceId: first.organisationId, field: 'employees', rank: 5 }] });
    expect(await master.row(code)).toMatchObject({ employees: 5, revenue: '2' });
    await master.push(second, [{ creditCode: code, employees: 8, revenue: '3' }]);
    expect(await master.row(code)).toMatchObject({ employees: 5, revenue: '3' });
    expect((await contradictions((await master.row(code)).id)).map(({ field }) => field)).toEqual(['revenue']);
    await set('employees', 0).expect(200);
    expect(await master.row(code)).toMatchObject({ employees: 8 });
  });

  it('is one among thousands: pages of them are merged at a time, and told of', async () => {
    const [codes, [first, second]] = [Array.from({ length: 2_100 }, newCreditCode), master.departments];
    await master.push(first, codes.map((creditCode) => ({ creditCode, employees: 5 })));
    const others = codes.map((creditCode, index) => ({ creditCode, employees: index % 2 ? 5 : 6 }));
    expect(await master.push(second, others)).toMatchObject({ changed: 1_050, unchanged: 1_050 });
    const [counts] = await master.app.database.query(
      `select count(*) filter (where k.employees = 6 and k.version = 2)::int as changed, count(c.id)::int as open, min(cardinality(k.sources)) as sources
       from enterprise_lists.enterprises k left join enterprise_lists.contradictions c on c.enterprise_id = k.id where k.credit_code = any($1)`, [codes]);
    expect(counts).toEqual({ changed: 1_050, open: 1_050, sources: 2 });
    expect([(await master.told(codes[0])).length, (await master.told(codes[1])).length]).toEqual([2, 1]);
  });

  it('is the same in whatever order the statements come', async () => {
    const value = <T>(...values: T[]): fc.Arbitrary<T | null> => fc.constantFrom(null, ...values);
    const facts = fc.record({
      name: fc.constantFrom('万州甲', '万州乙'), employees: value(5, 400), revenue: value('1.0', '1', '90000000'), industryCode: value('F5101', 'H6110'), district: value('万州', '江津'),
      entityType: value('国有独资', '个体'), isPrivate: value(true, false), tags: value(['HIGH_TECH'], ['FOREIGN_TRADE', 'HIGH_TECH'], []), greenCategory: value('甲类', '乙类'),
      greenEdition: fc.constantFrom('EDITION_2021', 'EDITION_2025'), tagsUntil: value('2027-01-01', '2028-01-01'),
      registrationStatus: value('ACTIVE', 'REVOKED'),
    });
    const story = fc.array(fc.record({ by: fc.nat(2), facts }), { minLength: 2, maxLength: 4 });
    await fc.assert(fc.asyncProperty(story, fc.infiniteStream(fc.nat()), async (statements, random) => {
      const told = async (order: number[]): Promise<unknown> => {
        const creditCode = newCreditCode();
        for (const index of order) {
          const { by, facts: stated } = statements[index];
          const row = { ...stated, creditCode, regionCode: stated.district === '江津' ? '500116' : '500101', greenEdition: stated.greenCategory && stated.greenEdition } as unknown as Stated;
          await master.push(master.departments[by], [row], { at: at(index + 1), title: newId() });
        }
        const { id, credit_code: _, xmin: __, sources, ...row } = await master.facts(creditCode);
        const wordsOf = (stated: unknown): string[][] => (stated as Record<string, string>[]).map((one) => [one.source, one.value]);
        const open = (await contradictions(id)).map(({ field, stated }) => [field, wordsOf(stated)]);
        return { row, sources: (sources as string[]).sort(), open: open.sort() };
      };
      const order = statements.map((_, index) => index);
      const other = [...order];
      for (let index = other.length - 1; index > 0; index -= 1) {
        const to = random.next().value % (index + 1);
        [other[index], other[to]] = [other[to], other[index]];
      }
      expect(await told(other)).toEqual(await told(order));
    }), { numRuns: 12 });
  });

  it('is the same in the graph: contradictions with their enterprise, decided there too, precedence and accepted codes', async () => {
    const [code, [first, second]] = [newCreditCode(), master.departments];
    await master.push(first, [{ creditCode: code, employees: 5 }]);
    await master.push(second, [{ creditCode: code, employees: 6 }]);
    const { id: enterpriseId } = await master.row(code);
    const list = async (state: string): Promise<Record<string, unknown>[]> => (await master.app.graphql(master.supervisor,
      `query ($of: ID!, $state: ContradictionState) { contradictions(enterpriseId: $of, field: EMPLOYEES, state: $state) { edges { node { id field stated { source value } chosenSource enterprise { creditCode } } } } }`,
      { of: enterpriseId, state })).data!.contradictions.edges.map(({ node }: { node: Record<string, unknown> }) => node);
    const [found] = await list('OPEN');
    expect(found).toMatchObject({ field: 'employees', chosenSource: null, enterprise: { creditCode: code }, stated: expect.arrayContaining([{ source: second.organisationId, value: '6' }]) });
    const choose = (source: string, by = master.supervisor) => master.app.graphql(by,
      'mutation ($id: ID!, $source: ID!) { resolveContradiction(id: $id, source: $source, reason: "以年报为准") { state chosenSource } }', { id: found.id, source });
    expect((await choose(newId())).errors?.[0].extensions).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'source' }] });
    expect((await choose(first.organisationId!, first)).errors?.[0].extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect((await choose(first.organisationId!)).data).toEqual({ resolveContradiction: { state: 'RESOLVED', chosenSource: first.organisationId } });
    expect([await list('OPEN'), (await master.row(code)).employees]).toEqual([[], 5]);
    await master.app.post(master.administrator, '/v1/precedence-rules', { sourceId: first.organisationId, field: 'revenue', rank: 3 }).expect(200);
    await master.app.post(master.supervisor, '/v1/code-exceptions', { creditCode: '91350203M0001QAY9B', reason: '登记机关确认' }).expect(201);
    const { data } = await master.app.graphql(first, '{ precedenceRules { sourceId field rank } codeExceptions { creditCode reason revokedAt } }', {});
    expect(data).toEqual({
      precedenceRules: [{ sourceId: first.organisationId, field: 'revenue', rank: 3 }],
      codeExceptions: [{ creditCode: '91350203M0001QAY9B', reason: '登记机关确认', revokedAt: null }],
    });
  });

  it('has a code whose check character is wrong, once a supervisor accepted it', async () => {
    const [first] = master.departments;
    const accept = (creditCode: string, by = master.supervisor) => master.app.post(by, '/v1/code-exceptions', { creditCode, reason: '登记机关确认' });
    await accept('91350203M0001QAY9B', first).expect(403);
    await accept('91500101MA5U00011L').expect(400);
    await accept('91350203M0001QAYO9').expect(400);
    await accept(' 91350203m0001qay9b ').expect(201);
    const codes = async (): Promise<unknown> => (await master.app.get(first, '/v1/code-exceptions').expect(200)).body.exceptions;
    expect(await codes()).toMatchObject([{ creditCode: '91350203M0001QAY9B', revokedAt: null }]);
    await master.app.post(master.supervisor, '/v1/code-exceptions/91350203M0001QAY9B/revocation').expect(200);
    await master.app.post(master.supervisor, '/v1/code-exceptions/91350203M0001QAY9B/revocation').expect(404);
    const audited = await master.app.database.query<{ action: string }>(`select action from enterprise_lists.audit where action ~ '^(credit-code|precedence|contradiction)\\.' order by id`);
    expect(new Set(audited.map(({ action }) => action))).toEqual(new Set(['contradiction.resolve', 'precedence.set', 'credit-code.accept', 'credit-code.revoke']));
  });
});
