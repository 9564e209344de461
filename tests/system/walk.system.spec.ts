import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { mayRead } from '@finharbor/security/authorisation/policy';
import { District } from './support/district.js';
import { along, found, GraphWalk } from './support/graph-walk.js';
import type { Holding, Tag } from './support/holding.js';
import { comparable, done, each, type Party } from './support/party.js';
import { RedisWatch } from './support/redis-watch.js';
import { calls, documentedRoutes, oauth, type Route, routes } from './support/rest-calls.js';
import { call, idsListed, isAllowed, missing, targetsOf } from './support/rest-walk.js';
import { fingerprints, tablesWith } from './support/tables.js';

const graph = new GraphWalk();
const may = ({ role }: Party) => (type: string, field: string): boolean => mayRead(role, type, field);
const parsed = (text: string): any => JSON.parse(text); // eslint-disable-line @typescript-eslint/no-explicit-any
const codesOf = (text: string): string[] => (parsed(text).errors ?? []).map((error: { extensions?: { code?: string } }) => error.extensions?.code);

/** Both sides hold a record of every type. Whoever may not know one is told nothing: not by an answer, a list, a count, an error or a name. */
describe('the walk', () => {
  let district: District;
  let redis: RedisWatch;
  let a: Holding;
  let b: Holding;
  let problems: string[];

  beforeAll(async () => {
    district = await District.open();
    redis = await RedisWatch.begin(`{${district.fleet.database.name}}`);
    [a, b] = district.sides;
    await district.fill();
  }, 120_000);
  afterAll(async () => {
    redis?.end();
    await district?.fleet.stop();
  });
  beforeEach(() => { problems = []; });

  const pairs = (of: Route[], parties = district.parties): [Route, Party][] => of.flatMap((route) => parties.map((party): [Route, Party] => [route, party]));
  /** Does what must change nothing, in any table of any service. */
  const unchanged = async (work: () => Promise<void>): Promise<void> => {
    await district.fleet.settle();
    const before = await fingerprints(district.fleet.database);
    await work();
    expect(problems).toEqual([]);
    await district.fleet.settle();
    expect(await fingerprints(district.fleet.database)).toEqual(before);
  };

  describe('over REST', () => {
    it('knows how to call every route', () => expect([...routes.map(({ name }) => name), ...oauth].sort()).toEqual([...documentedRoutes].sort()));

    it('is let in nowhere with an expired token, a forged one or another’s secret in place of one’s own', async () => {
      expect((await district.unexpired.ask('/v1/demands')).status).toBe(200);
      for (const party of [district.expired, district.garbage]) expect((await party.ask('/v1/demands')).status).toBe(401);
      const refusals = await Promise.all([district.fleet.credentials('bank').clientId, newId()].map(async (id) => {
        const authorization = `Basic ${Buffer.from(`${id}:${district.fleet.credentials('bank', 1).clientSecret}`).toString('base64')}`;
        const answer = await fetch(new URL('/oauth/token', district.fleet.url), {
          method: 'POST', headers: { authorization, 'x-request-id': 'walk' }, body: new URLSearchParams({ grant_type: 'client_credentials' }),
        });
        return comparable({ status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }, id);
      }));
      expect(refusals[0]).toMatch(/^401/);
      expect(refusals[0]).toBe(refusals[1]);
    });

    it('answers every party it may not serve the same for every record, there or not, byte for byte, and changes nothing', async () => {
      let asked = 0;
      await unchanged(() => each(pairs(routes), async ([route, party]) => {
        const { own, other, missing: none } = targetsOf(route, party, district);
        const refused = isAllowed(route, party) ? [...other, ...(route.isTargeted ? none : [])] : [...own, ...other, ...none];
        if (route.isList && isAllowed(route, party)) return;
        const answers = new Set<string>();
        for (const target of refused) answers.add(comparable(await call(route, party, target), target.id));
        asked += refused.length;
        const wanted = isAllowed(route, party) ? '404' : party.role === 'anonymous' || party.role === 'applicant' ? '401' : '403';
        if (answers.size > 1 || [...answers].some((text) => !text.startsWith(wanted))) problems.push(`${party.name} ${route.name}: ${[...answers].join('\n or ')}`);
      }));
      expect(asked).toBeGreaterThan(1_000);
    }, 60_000);

    it('lists to each its own and nothing of another', async () => {
      await each(pairs(routes.filter((route) => route.isList && route.about)), async ([route, party]) => {
        if (!isAllowed(route, party)) return;
        const { own, other } = targetsOf(route, party, district);
        const ids = new Set(await idsListed(party, route.path));
        const [absent, leaked] = [own.filter(({ id }) => !ids.has(id)), other.filter(({ id }) => ids.has(id))];
        if (absent.length + leaked.length > 0) problems.push(`${party.name} ${route.name}: ${absent.length} absent, ${leaked.length} leaked`);
      });
      expect(problems).toEqual([]);
    });

    it('refuses the cursor of another’s list, and filters and parameters tell nothing by another’s ids', async () => {
      const names = ['id', 'bankId', 'organisationId', 'orgId', 'departmentId', 'harborId', 'pushListId', 'demandId', 'state'];
      for (const route of routes.filter(({ method, isPaged }) => method === 'GET' && isPaged)) {
        for (const [mine, theirs] of [[a.bank, b.bank], [a.department, b.department]]) {
          if (!isAllowed(route, mine)) continue;
          const listOf = (party: Party): string => route.path.replace('{id}', targetsOf(route, party, district).own[0].id);
          const { nextCursor } = parsed((await mine.ask(`${listOf(mine)}?limit=1`)).text);
          const next = async (party: Party): Promise<unknown> => parsed((await party.ask(`${listOf(party)}?limit=1&cursor=${nextCursor}`)).text);
          expect([route.name, await next(mine), await next(theirs)]).toMatchObject([route.name, { items: [{}] }, { code: 'CURSOR_INVALID' }]);
          for (const filter of route.filters) {
            if ((await theirs.ask(`${listOf(theirs)}?${filter}`)).status !== 200) problems.push(`${route.name}?${filter}`);
          }
          for (const name of names) {
            const [by, none] = await Promise.all([a.organisation.id, newId()].map(async (about) =>
              comparable(await theirs.ask(`${route.path}?${name}=${about}`, { about }), about)));
            if (by !== none) problems.push(`${route.name}?${name}: ${by}\n or ${none}`);
          }
        }
      }
      expect(problems).toEqual([]);
    });

    it('repeats an answer to nobody but who asked first', async () => {
      const key = newId();
      const firsts = await Promise.all([a, b].map(({ bank }) => bank.post('/v1/products', { name: '同名产品', eligibility: {} }, { key })));
      expect(new Set(firsts.map((answer) => done(answer).id)).size).toBe(2);
      expect(firsts.map(({ headers }) => headers['idempotent-replayed'])).toEqual([undefined, undefined]);
      const again = await a.bank.post('/v1/products', { name: '同名产品', eligibility: {} }, { key });
      expect([again.headers['idempotent-replayed'], again.text]).toEqual(['true', firsts[0].text]);
    });

    it('gives everybody what is theirs: every call of the walk is one that can succeed', async () => {
      const succeeded = new Set<string>();
      for (const [route, party] of pairs(routes)) {
        if (!isAllowed(route, party) || route.isList) continue;
        for (const target of targetsOf(route, party, district).own) {
          const { status, text } = await call(route, party, target);
          if (status < 300) succeeded.add(route.name);
          else if (route.method === 'GET' || status !== 409) problems.push(`${party.name} ${route.name}: ${status} ${text}`);
        }
      }
      const never = routes.filter(({ name, isList }) => !isList && !succeeded.has(name)).map(({ name }) => name);
      expect([...problems, ...never]).toEqual([]);
    }, 60_000);
  });

  describe('over GraphQL', () => {
    const insiders = (): Party[] => district.parties.filter(({ role }) => role !== 'anonymous' && role !== 'applicant');
    /** A part of another service in the same query, which is served whatever becomes of the rest. */
    const companion = (type: string, path: readonly string[]): string =>
      (/^(Organisation|Outlet)/.test(type) || path[0]?.startsWith('organisation') ? 'rest: harbors' : 'rest: organisations') + '(first: 1) { edges { node { id } } }';

    it('says nothing to whoever is not signed in, whatever is asked', async () => {
      const asked = graph.types.map((type) => `{ ${along(graph.wayTo(type, () => true)!, graph.selection(type, () => true, 1))} }`);
      const queries = [...asked, `{ demand(id: "${a.demands.accepted.id}") { id } }`, '{ nothing }', '{ __schema { types { name } } }', 'not a query'];
      for (const party of [district.anonymous, district.expired, district.garbage, ...district.applicants]) {
        const answers = await Promise.all(queries.map(async (query) => comparable(await party.graph(query, {}, { secret: a.demands.accepted.secret }), '')));
        expect([party.name, new Set(answers).size]).toEqual([party.name, 1]);
        expect(answers[0]).toContain('UNAUTHENTICATED');
      }
    });

    it('gives every role the fields that the table gives it, and FORBIDDEN in place of each other one', async () => {
      const shown = new Set<string>();
      await each(insiders().flatMap((party) => graph.types.map((type) => [party, type] as const)), async ([party, type]) => {
        const path = graph.wayTo(type, may(party));
        const denied = graph.fieldsOf(type).filter((field) => !may(party)(type, field));
        if (path) {
          const { text } = await party.graph(`{ ${along(path, graph.selection(type, may(party), 1))} }`);
          if (parsed(text).errors) problems.push(`${party.name} may read ${type}: ${text}`);
          else if (found(parsed(text).data, path).length > 0) shown.add(type);
        }
        const way = path ?? graph.wayTo(type, () => true)!;
        const asked = path ? denied.map((field) => graph.one(type, field)) : [graph.selection(type, () => true, 1)];
        for (const selection of asked) {
          const { text } = await party.graph(`{ ${companion(type, way)} ${along(way, selection)} }`);
          const answer = parsed(text);
          const given = found(answer.data ?? {}, way).filter((one) => Object.values(one as object).some((value) => value !== null));
          if (!codesOf(text).includes('FORBIDDEN') || given.length > 0 || !answer.data?.rest) problems.push(`${party.name} may not read ${type} { ${selection} }: ${text}`);
        }
      });
      expect(problems).toEqual([]);
      expect([...shown].sort()).toEqual([...graph.types].sort());
    }, 60_000);
  });
});
