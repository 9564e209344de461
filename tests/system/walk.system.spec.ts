import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { mayRead } from '@finharbor/security/authorisation/policy';
import { columns } from '../../tools/generate/authorisation.mjs';
import { District } from './support/district.js';
import { callOwn, insiders, pairs } from './support/exercise.js';
import { figuresTold, isSmall } from './support/figures.js';
import { mutations, roots } from './support/graph-calls.js';
import {
  codesOf, cursorAnswers, fieldProblems, graph, may, openDoors, parsed, referenceProblems, severalAnswers,
} from './support/graph-checks.js';
import { along } from './support/graph-walk.js';
import type { Holding } from './support/holding.js';
import { type Answer, comparable, done, each, Party, told } from './support/party.js';
import { RedisWatch } from './support/redis-watch.js';
import { contentTypes, documentedRoutes, oauth, routes } from './support/rest-calls.js';
import { cursorProblems, mannerProblems } from './support/rest-checks.js';
import { call, idsListed, isAllowed, targetsOf } from './support/rest-walk.js';
import { fingerprints, tablesWith } from './support/tables.js';

/** Both sides hold a record of every type. Whoever may not know one is told nothing: by no answer, list, count, error or name. */
/** Of these nobody holds a record here: no import of the walk fails or comes in parts, nothing is recalled, nothing is in the pool. */
const unseen = new Set([
  'CodeException', 'ContradictingWord', 'Contradiction', 'PrecedenceRule', 'ImportFailure', 'ImportPart', 'ImportProblem', 'ListRecall', 'PoolEntry', 'ReferralRecall',
]);

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
  beforeEach(() => district.renew());
  afterAll(async () => {
    redis?.end();
    await district?.fleet.stop();
  });
  beforeEach(() => { problems = []; });

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

    it('takes no token that is expired or made up, and no client’s secret for another’s', async () => {
      expect((await district.unexpired.ask('/v1/demands')).status).toBe(200);
      for (const party of [district.expired, district.garbage]) expect((await party.ask('/v1/demands')).status).toBe(401);
      const refusals = await Promise.all([district.fleet.credentials('bank').clientId, newId()].map(async (id) => {
        const authorization = `Basic ${Buffer.from(`${id}:${district.fleet.credentials('bank', 1).clientSecret}`).toString('base64')}`;
        const client = new Party('client', 'anonymous', district.fleet.url, undefined, authorization);
        return comparable(await client.post('/oauth/token', 'grant_type=client_credentials', { type: 'application/x-www-form-urlencoded' }), id);
      }));
      expect(refusals[0]).toMatch(/^401[\s\S]*invalid_client/);
      expect(refusals[0]).toBe(refusals[1]);
    });

    it('answers every party it may not serve the same for every record, there or not, byte for byte, and changes nothing', async () => {
      let asked = 0;
      await unchanged(() => each(pairs(routes, district.parties), async ([route, party]) => {
        const { own, other, missing } = targetsOf(route, party, district);
        const served = route.isTargeted ? [...other, ...missing] : [];
        const refused = isAllowed(route, party) ? served : [...own.slice(0, 1), ...other.slice(0, 1), ...missing];
        const answers = new Set<string>();
        for (const target of refused) answers.add(comparable(await call(route, party, target), target.id));
        asked += refused.length;
        const wanted = isAllowed(route, party) ? '404' : party.role === 'anonymous' || party.role === 'applicant' ? '401' : '403';
        if (answers.size > 1 || ![...answers].every((text) => text.startsWith(wanted))) problems.push(`${party.name} ${route.name}: ${told(answers)}`);
      }));
      expect(asked).toBeGreaterThan(1_000);
    }, 120_000);

    it('lists to each its own and nothing of another', async () => {
      await each(pairs(routes.filter((route) => route.isList && route.about), district.parties), async ([route, party]) => {
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
          const own = (party: Party): string | undefined => targetsOf(route, party, district).own[0]?.id;
          if (!isAllowed(route, mine) || own(mine) === undefined) continue;
          const listOf = (party: Party): string => route.path.replace('{id}', own(party)!);
          const { nextCursor } = parsed((await mine.ask(`${listOf(mine)}?limit=1`)).text);
          if (!nextCursor) continue; // one row, and so no page behind it
          const next = async (party: Party): Promise<unknown> => parsed((await party.ask(`${listOf(party)}?limit=1&cursor=${nextCursor}`)).text);
          expect([route.name, await next(mine), await next(theirs)]).toMatchObject([route.name, { items: [{}] }, { code: 'CURSOR_INVALID' }]);
          await each(route.filters, async (filter) => {
            if ((await theirs.ask(`${listOf(theirs)}?${filter}`)).status !== 200) problems.push(`${route.name}?${filter}`);
          });
          // Whose product is on offer is told to everybody, and may be asked for.
          const asked = route.name === 'GET /v1/published-products' ? names.filter((name) => name !== 'bankId') : names;
          await each(asked, async (name) => {
            const [by, none] = await Promise.all([a.organisation.id, newId()].map(async (about) =>
              comparable(await theirs.ask(`${route.path}?${name}=${about}`, { about }), about)));
            if (by !== none) problems.push(`${route.name}?${name}: ${told([by, none])}`);
          });
        }
      }
      expect(problems).toEqual([]);
    });

    it('refuses cursors of another list, another filter or another record, and forged ones, all alike', async () => {
      const { problems: found, asked } = await cursorProblems(district);
      expect([found, asked > 50]).toEqual([[], true]);
    }, 120_000);

    it('tells nothing by conditions, parts, heads or other methods, and sends no version to ask by', async () => expect(await mannerProblems(district)).toEqual([]), 120_000);

    it('repeats an answer to nobody but who asked first', async () => {
      const key = newId();
      const firsts = await Promise.all([a, b].map(({ bank }) => bank.post('/v1/products', { name: '同名产品', eligibility: {} }, { key })));
      expect(new Set(firsts.map((answer) => done(answer).id)).size).toBe(2);
      expect(firsts.map(({ headers }) => headers['idempotent-replayed'])).toEqual([undefined, undefined]);
      const again = await a.bank.post('/v1/products', { name: '同名产品', eligibility: {} }, { key });
      expect([again.headers['idempotent-replayed'], again.text]).toEqual(['true', firsts[0].text]);
    });
  });

  describe('over GraphQL', () => {
    it('has nothing that the walk does not ask for: no sorts, no exports, no subscriptions', async () => {
      expect(graph.isDefined('Subscription')).toBe(false);
      // What is on offer to everybody may be put in order by everybody.
      const inOrder = routes.filter(({ name }) => name !== 'GET /v1/published-products');
      expect([...graph.argumentNames(), ...inOrder.flatMap((route) => route.parameters)].filter((name) => /sort|order|group|export|format/i.test(name))).toEqual(['format', 'format', 'format']); // of results and templates
      const notJson = Object.entries(contentTypes).filter(([, types]) => types.some((type) => type !== 'application/json'));
      expect(notJson.map(([name]) => name).sort()).toEqual([
        'GET /unsubscribe/{token}', 'GET /v1/import-templates/push-list', 'GET /v1/imports/{id}/results/{set}', 'GET /v1/loan-codes/{id}/poster.pdf',
        'GET /v1/product-imports/{id}/workbook', 'GET /v1/product-templates/{line}', 'GET /v1/scans/{code}/qr.png', 'GET /v1/scans/{code}/qr.svg',
        'GET /v1/workflows/{service}/{name}/diagram', 'POST /unsubscribe/{token}', 'POST /unsubscribe/{token}/withdrawal',
      ]);
      for (const accept of ['text/event-stream', 'multipart/mixed', 'application/graphql-response+json']) {
        const say = (query: string, about?: string): Promise<Answer> => b.bank.graph(query, {}, { about, headers: { accept } });
        const ask = async (id: string): Promise<string> => comparable(await say(`{ demand(id: "${id}") { id } }`, id), id);
        expect([accept, await ask(a.demands.accepted.id)]).toEqual([accept, await ask(newId())]);
        expect((await say('subscription { demands { edges { node { id } } } }')).text).not.toContain('"data":{');
      }
    });

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
      await each(pairs(graph.types, insiders(district)), async ([type, party]) => {
        problems.push(...await fieldProblems(party, type, shown));
      }, 4);
      expect(problems).toEqual([]);
      expect(graph.types.filter((type) => !shown.has(type) && !unseen.has(type))).toEqual([]);
    }, 120_000);

    it('knows every root field, and finds nobody what is not theirs', async () => {
      expect(Object.keys(roots).sort()).toEqual(graph.fieldsOf('Query').sort());
      await each(pairs(Object.entries(roots), insiders(district)), async ([[root, subject], party]) => {
        const isList = !graph.needsArguments('Query', root);
        const selected = graph.selection(graph.typeOf('Query', root), may(party), 1) || '__typename';
        const ask = async (id: string): Promise<string> =>
          comparable(await party.graph(`{ ${root}${isList ? graph.isPaged(root) ? '(first: 100)' : '' : `(id: "${id}")`} { ${selected} } }`, {}, { about: id }), id);
        const { own, other } = targetsOf(subject, party, district);
        if (!mayRead(party.role, 'Query', root)) {
          if (subject.about) problems.push(...await severalAnswers(district, party, subject, root, ask, /FORBIDDEN/));
          else if (!(await ask('')).includes('FORBIDDEN')) problems.push(`${party.name} ${root}: ${await ask('')}`);
        }
        else if (isList) {
          const text = await ask('');
          const absent = own.filter(({ id }) => party.side !== undefined && !text.includes(id));
          if (absent.length > 0 || other.some(({ id }) => text.includes(id)) || codesOf(text.split('\n').at(-1)!).length > 0) problems.push(`${party.name} ${root}: ${told([text])}`);
        } else {
          problems.push(...await severalAnswers(district, party, subject, root, ask, new RegExp(`{"data":{"${root}":null}}$`)));
          for (const { id } of own) if (!(await ask(id)).includes(`{"data":{"${root}":{`)) problems.push(`${party.name} ${root}: ${told([await ask(id)])}`);
        }
      });
      expect(problems).toEqual([]);
    }, 120_000);

    it('refuses the cursor of another’s connection, and forged ones alike', async () => {
      for (const root of Object.keys(roots).filter((name) => graph.isPaged(name) && roots[name].about && (['bank', 'department'] as const).some((role) => mayRead(role, 'Query', name)))) {
        expect([root, ...await cursorAnswers(district, root)]).toEqual([root, [], ['CURSOR_INVALID'], ['CURSOR_INVALID']]);
      }
      for (const [root, field] of [['harbor', 'demands'], ['harbor', 'issues'], ['pushList', 'entries'], ['pushList', 'rejections']]) {
        expect([field, ...await cursorAnswers(district, root, field)]).toEqual([field, [], ['CURSOR_INVALID'], ['CURSOR_INVALID']]);
      }
    });

    it('changes nothing for whoever may not', async () => {
      expect(Object.keys(mutations).sort()).toEqual(graph.fieldsOf('Mutation').sort());
      await unchanged(() => each(pairs(Object.entries(mutations), insiders(district)), async ([[name, subject], party]) => {
        const ask = async (id: string): Promise<string> =>
          comparable(await party.graph(`mutation { ${name}(id: "${id}"${subject.told ?? ''}) { __typename } }`, {}, { about: id }), id);
        const allowed = mayRead(party.role, 'Mutation', name);
        problems.push(...await severalAnswers(district, party, subject, name, ask, allowed ? /NOT_FOUND/ : /FORBIDDEN/));
        if (!allowed && !(await ask(subject.about!(a)[0].id)).includes('FORBIDDEN')) problems.push(`${party.name} ${name}`);
      }));
    });

    it('reaches no reference resolver through the gateway, and with the gateway’s own word no record of another', async () => {
      const r = [{ __typename: 'Demand', id: a.demands.accepted.id }];
      for (const party of insiders(district)) {
        const answer = await party.graph('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', { r });
        expect([party.name, ...codesOf(answer.text)]).toContain('GRAPHQL_VALIDATION_FAILED');
        expect(codesOf((await party.graph('{ _service { sdl } }')).text)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
      }
      expect(await referenceProblems(district)).toEqual([]);
    }, 120_000);

    it('comes to no service but by the gateway', async () => expect(await openDoors(district)).toEqual([]), 120_000);
  });

  describe('when all is said', () => {
    it('one side’s records count for nobody on the other', async () => {
      const seenBy = async ({ bank, department }: Holding): Promise<string[]> => [
        ...await Promise.all(pairs(routes, [bank, department]).filter(([route, party]) => route.isList && isAllowed(route, party))
          .map(async ([route, party]) => (await party.ask(`${route.path}?limit=200`)).text)),
        // One at a time, as the limit of cost has it.
        ...await Promise.all(district.sides.map(async ({ harbor }) =>
          JSON.stringify(done(await bank.graph(`{ harbor(id: "${harbor.id}") { ${graph.selection('Harbor', may(bank), 2)} } }`))))),
      ];
      const [ofB, ofA] = [await seenBy(b), await seenBy(a)];
      expect(ofB.join()).toMatch(/"demandCounts":{"total":[1-9]/);
      await a.makeMore(b.loanCodes.kept.code);
      expect(await seenBy(b)).toEqual(ofB);
      expect((await seenBy(a)).filter((text, index) => text !== ofA[index]).length).toBeGreaterThan(5);
    }, 120_000);

    it('figures that could tell what a single bank did are told to those who see all, and to no department', async () => {
      const ofAll = await figuresTold(district.supervisor, district);
      expect([...ofAll].filter(([, values]) => values.some(isSmall)).length).toBeGreaterThan(3);
      for (const { department } of district.sides) {
        for (const [name, values] of await figuresTold(department, district)) {
          // What the walk pushed since stands in the place of the list whose rows a bank turned down: of reasons there may be none left.
          const isThere = values.length > 1 || name === 'ReasonCount.count';
          expect([name, isThere, values.filter((value) => value === undefined || isSmall(value))]).toEqual([name, true, []]);
          if (name === 'PushList.bankCount') expect(values).toContain(null);
        }
      }
    });

    it('docs/authorisation.md says of each route what the walk has found', () => {
      const rows = readFileSync(new URL('../../docs/authorisation.md', import.meta.url), 'utf8').split('\n');
      for (const route of routes.filter(({ about }) => about)) {
        const cells = rows.find((row) => row.startsWith(`| \`${route.name}\` |`))?.split(' | ').slice(2).map((cell) => cell.replace(' |', ''));
        const found = columns.map(({ role }) => {
          const party = district.parties.find((one) => one.role === role)!;
          if (!isAllowed(route, party)) return role === 'anonymous' || role === 'applicant' ? '401' : '403';
          return route.isPublic || role === 'anonymous' ? 'yes' : targetsOf(route, party, district).other.length > 0 ? 'own' : 'all';
        });
        expect([route.name, cells]).toEqual([route.name, found]);
      }
    });

    /** Words, amounts and ids that somebody heard who may not, and words that nobody heard who may. */
    const overheard = (disclosed: string[] = []): string[] => {
      const everybody = [...district.parties, a.business, b.business];
      return district.sides.flatMap((of) => {
        const mayHear = (party: Party, known: string[]): boolean => /^(supervisor|dashboard|.*-administrator)$/.test(party.role)
          || (party.side === of.side && known.includes(party.name.split(' ')[0]));
        const strangers = everybody.filter((party) => (party.side === undefined ? party.role === 'anonymous' : party.side !== of.side));
        return [
          ...of.words.filter(({ word }) => !disclosed.includes(word)).flatMap(({ word, known }) => [
            ...everybody.filter((party) => !mayHear(party, known) && party.hasHeard(word)).map(({ name }) => `${name} has heard ${word}`),
            ...known.filter((name) => !everybody.some((party) => mayHear(party, [name]) && party.side === of.side && party.hasHeard(word))).map((name) => `no ${name} has heard ${word}`),
          ]),
          ...strangers.flatMap((party) => of.ids.filter((id) => party.hasHeard(id)).map((id) => `${party.name} has heard of ${id}`)),
        ];
      });
    };

    it('everybody has read what is theirs, and nobody has heard a word, an amount or an id that only another’s records hold', async () => {
      const { succeeded, problems: failed } = await callOwn(district, 'GET');
      expect([failed, succeeded.size]).toEqual([[], routes.filter(({ method, isList, needs }) => method === 'GET' && !isList && !needs).length]);
      expect(overheard()).toEqual([]);
    }, 120_000);

    it('everybody can do what is theirs to do, each call of the walk among it, and hears of nobody else’s by that or by another’s key', async () => {
      const { succeeded, problems: failed } = await callOwn(district, 'POST');
      expect(failed).toEqual([]);
      expect(routes.filter(({ name, method, needs }) => method === 'POST' && !needs && !succeeded.has(name)).map(({ name }) => name)).toEqual([]);
      // The banks have accepted by now, and so know who asks.
      expect(overheard(district.sides.map(({ tags }) => tags.hidden))).toEqual([]);
    }, 120_000);

    it('no person is named in any answer, queue, table or log', async () => {
      await district.fleet.settle();
      const files = readdirSync(district.fleet.logDir).map((name) => readFileSync(join(district.fleet.logDir, name), 'utf8'));
      const kept = await redis.contents();
      expect(kept.length).toBeGreaterThan(0);
      const sent = await redis.commands();
      expect(sent.some((text) => text.includes(a.demands.accepted.id))).toBe(true);
      expect([files.length, files.some((text) => text.includes('"walk"'))]).toEqual([7, true]);
      expect(await tablesWith(district.fleet.database, a.tags.bank)).toContain('loan_matching.demands');
      for (const word of district.sides.flatMap(({ personal, demands }) => [...personal, demands.accepted.secret!])) {
        const told = [...district.parties, a.business, b.business].filter((party) => party.hasHeard(word) && !word.startsWith('demand_'));
        const found = [...sent, ...kept, ...files].filter((text) => text.includes(word));
        expect([word, told.map(({ name }) => name), found, await tablesWith(district.fleet.database, word)]).toEqual([word, [], [], []]);
      }
    });
  });
});
