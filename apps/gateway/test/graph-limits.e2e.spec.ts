import type { GraphqlAnswer } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getIntrospectionQuery } from 'graphql';
import request from 'supertest';
import { type Issuer, startGateway, startIssuer } from './fixture.js';
import { serveOrganisations } from './organisations-peer.js';
import { compose } from './supergraph.js';

const repeated = (count: number, part: (n: number) => string): string => Array.from({ length: count }, (_, n) => part(n)).join(' ');
const nested = (depth: number): string => `{ organisations ${'{ upper '.repeat(depth - 2)}{ id }${' }'.repeat(depth - 2)} }`;
/** So many times 1,200 records: 200 harbors, of each its outlet, its bank and three more. */
const heavy = (times: number): string =>
  `{ ${repeated(times, (n) => `a${n}: harbors(first: 200) { edges { node { outlet { id } hostBank { upper { upper { upper { id } } } } } } }`)} }`;
const page = (first: number | string): string => `harbors(first: ${first}) { edges { node { id } } }`;

describe('the limits of the graph', () => {
  let issuer: Issuer;
  let peer: Awaited<ReturnType<typeof serveOrganisations>>;
  let gateway: { app: NestFastifyApplication; url: string };
  let bearer: string;

  const ask = async (query: string, variables?: object, url = gateway.url): Promise<GraphqlAnswer> =>
    (await request(url).post('/graphql').set('authorization', bearer).send({ query, variables })).body;
  const codeOf = async (query: string, variables?: object): Promise<string | undefined> =>
    (await ask(query, variables)).errors?.[0].extensions?.code;
  const ruleOf = async (query: string, url?: string): Promise<string | undefined> =>
    ((await ask(query, {}, url)).errors?.[0].extensions as { errors?: { rule: string }[] } | undefined)?.errors?.[0].rule;
  const counted = async (rule: string): Promise<number> => {
    const { text } = await request(gateway.url).get('/metrics').expect(200);
    return Number(new RegExp(`^finharbor_graphql_refusals_total{rule="${rule}",service="gateway"} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  };
  const refusal = (rule: string, message: string): object =>
    ({ errors: [{ message, extensions: { code: 'VALIDATION_FAILED', errors: [{ field: 'query', rule, message }] } }] });

  beforeAll(async () => {
    issuer = await startIssuer(async (server) => { peer = await serveOrganisations(server); });
    bearer = await issuer.bearer(callerOf('supervisor'));
    gateway = await startGateway({ partners: issuer.url }, { supergraph: compose(), openapi: { paths: {} } });
  });
  afterAll(async () => {
    await gateway.app.close();
    await issuer.server.close();
  });
  beforeEach(() => { peer.asked.length = 0; });

  it.each<[rule: string, what: string, most: number, within: string, beyond: string, asked: number | string]>([
    ['queryLength', 'characters', 20_000, `{ me ${'#'.repeat(20_000 - 7)}\n}`, `{ me ${'#'.repeat(20_000 - 6)}\n}`, '20001'],
    ['queryTokens', 'tokens', 2_000, '{ me }', `{ ${'me '.repeat(2_000)} }`, 'more than 2000'],
    ['queryTokens', 'tokens', 2_000, '{ me }', '{a'.repeat(5_000), 'more than 2000'],
    ['queryDepth', 'levels', 12, nested(12), nested(13), 13],
    ['queryRootFields', 'root fields', 20, `{ ${repeated(20, (n) => `a${n}: me`)} }`, `{ ${repeated(21, (n) => `a${n}: me`)} }`, 21],
    ['queryRootFields', 'root fields', 20, '{ me }', `fragment F on Query { ${repeated(21, (n) => `a${n}: me`)} } { ...F }`, 21],
    ['queryAliases', 'aliases', 50, `{ organisations { ${repeated(50, (n) => `a${n}: id`)} } }`, `{ organisations { ${repeated(51, (n) => `a${n}: id`)} } }`, 51],
    ['queryDirectives', 'directives', 20, `{ organisations { ${repeated(20, () => 'id @include(if: true)')} } }`, `{ me ${'@a '.repeat(21)} }`, 21],
    ['queryDirectives', 'directives', 20, '{ me }', `fragment F on Query ${'@a '.repeat(20)} { me } { ...F @include(if: true) }`, 21],
    ['queryDirectives', 'directives', 20, '{ me }', `query ${'@a '.repeat(21)} { me }`, 21],
    ['queryFields', 'fields', 500, `{ organisations { ${'id '.repeat(499)} } }`, `{ organisations { ${'id '.repeat(500)} } }`, 501],
    ['pageSize', 'rows to a page', 200, '{ me }', `{ ${page(201)} }`, 201],
    ['pageSize', 'rows to a page', 200, '{ me }', `{ ${page(99_999_999)} }`, 99_999_999],
    ['queryCost', 'records that it might load', 20_000, heavy(16), heavy(17), 20_400],
  ])('%s: %s, %d at most', async (rule, what, most, within, beyond, asked) => {
    expect(await ruleOf(within)).toBeUndefined();
    peer.asked.length = 0;
    const before = await counted(rule);
    expect(await ask(beyond)).toEqual(refusal(rule, `The query comes to ${asked} ${what}; at most ${most} are allowed.`));
    // As often as it is sent: what was parsed before is remembered, and counted all the same.
    expect(await ask(beyond)).toHaveProperty('errors.0.extensions.errors.0.rule', rule);
    expect([await counted(rule) - before, peer.asked]).toEqual([2, []]);
  });

  it('pageSize and queryCost: whatever the variables and fragments hide', async () => {
    const rows = 'query ($rows: Int! = 500) { harbors(first: $rows) { pageInfo { hasNextPage } } }';
    expect(await ask(rows)).toEqual(refusal('pageSize', 'The query comes to 500 rows to a page; at most 200 are allowed.'));
    expect(await ask(rows, { rows: 201 })).toMatchObject(refusal('pageSize', 'The query comes to 201 rows to a page; at most 200 are allowed.'));
    const inFragments = `${heavy(17).replace('{ edges', '{ ...Rows edges')} fragment Rows on HarborConnection { edges { node { hostBank { id } } } }`;
    expect(await ask(inFragments)).toMatchObject(refusal('queryCost', 'The query comes to 20600 records that it might load; at most 20000 are allowed.'));
    expect(peer.asked).toEqual([]);
    // Not these rules but the service or the type refuses it: nothing becomes cheaper by it.
    for (const wrong of [-100_000, 0, 2 ** 31, 'x', null, 1.5]) expect(['VALIDATION_FAILED', 'SERVICE_UNAVAILABLE', 'INTERNAL']).toContain(await codeOf(rows, { rows: wrong }));
    const cheap = heavy(17).replace('{ a0:', 'query ($less: Int!) { less: harbors(first: $less) { edges { node { hostBank { upper { upper { id } } } } } } a0:');
    expect(await ask(cheap, { less: -100_000 })).toHaveProperty('errors.0.extensions.errors.0.rule', 'queryCost');
  });

  it('fragments: no circles, no bombs', async () => {
    expect(await codeOf('fragment A on Organisation { ...A } { organisations { ...A } }')).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await codeOf('fragment A on Organisation { upper { ...B } } fragment B on Organisation { upper { ...A } } { organisations { ...A } }')).toBe('GRAPHQL_VALIDATION_FAILED');
    const bomb = repeated(12, (n) => `fragment F${n} on Organisation { ...F${n + 1} ...F${n + 1} }`);
    expect(await ask(`${bomb} fragment F12 on Organisation { id } { organisations { ...F0 } }`))
      .toEqual(refusal('queryFields', 'The query comes to 4097 fields; at most 500 are allowed.'));
    const deep = 'fragment A on Organisation { upper { upper { upper { ...B } } } } fragment B on Organisation { upper { upper { upper { ...C } } } }'
      + 'fragment C on Organisation { upper { upper { upper { upper { upper { id } } } } } } { organisations { ...A } }';
    expect(await ask(deep)).toEqual(refusal('queryDepth', 'The query comes to 13 levels; at most 12 are allowed.'));
    expect(peer.asked).toEqual([]);
  });

  it('introspection: with a token, and no bomb', async () => {
    expect((await ask(getIntrospectionQuery())).data.__schema.queryType.name).toBe('Query');
    const bomb = `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} } '.repeat(8)} } } }`;
    expect(await codeOf(bomb)).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('batch: one operation to a request', async () => {
    const before = await counted('batch');
    for (const body of ['[]', ' [{"query":"{ me }"}]', `[${repeated(100, () => '{"query":"{ me }"}').replaceAll('} {', '},{')}]`]) {
      const answer = await request(gateway.url).post('/graphql').set({ authorization: bearer, 'content-type': 'application/json' }).send(body).expect(400);
      expect(answer.body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'query', rule: 'batch', message: 'The query comes to several operations; at most 1 are allowed.' }] });
    }
    expect([await counted('batch') - before, peer.asked]).toEqual([3, []]);
  });

  it('queries without a token are counted too', async () => {
    const before = await counted('unauthenticated');
    await request(gateway.url).post('/graphql').send({ query: '{ me }' });
    expect(await counted('unauthenticated') - before).toBe(1);
  });

  describe('as they are configured', () => {
    let strict: { app: NestFastifyApplication; url: string };
    beforeAll(async () => {
      strict = await startGateway({ partners: issuer.url }, { supergraph: compose(), openapi: { paths: {} } }, {
        GRAPHQL_MAX_DEPTH: '3', GRAPHQL_MAX_COST: '11', GRAPHQL_MAX_PAGE: '5', GRAPHQL_REQUEST_TIMEOUT_MS: '1500', GRAPHQL_TIMEOUT_MS: '60000',
      });
    });
    afterAll(() => strict.app.close());

    it('hold', async () => {
      const rule = (query: string): Promise<string | undefined> => ruleOf(query, strict.url);
      expect(await rule('{ organisations { id } }')).toBeUndefined();
      expect(await rule('{ organisations { upper { upper { id } } } }')).toBe('queryDepth');
      expect(await rule('{ a: organisations { id } b: organisations { id } }')).toBe('queryCost');
      expect(await rule('{ harbors(first: 6) { pageInfo { hasNextPage } } }')).toBe('pageSize');
    });

    it('queryTime: what is not there in time is null, and said to be late', async () => {
      peer.hold();
      const { data, errors } = await ask('{ me organisations { id } __typename }', {}, strict.url);
      peer.release();
      expect(data).toEqual({ me: null, organisations: null, __typename: 'Query' });
      const message = 'The query comes to more than 1500 milliseconds; at most 1500 are allowed.';
      const late = (path: string): object => ({ message, path: [path], extensions: { code: 'SERVICE_TIMEOUT', errors: [{ field: 'query', rule: 'queryTime', message }] } });
      expect(errors).toEqual([late('me'), late('organisations')]);
      expect((await ask('{ me }', {}, strict.url)).errors).toBeUndefined();
    });
  });
});
