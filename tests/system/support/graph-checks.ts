import { type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { mayRead, mayReadType } from '@finharbor/security/authorisation/policy';
import { isOfBank, type Role, roles } from '@finharbor/security/tokens/caller';
import type { District } from './district.js';
import { forgeries } from './forgeries.js';
import { referable, subgraphs } from './graph-calls.js';
import { found, GraphWalk, type May } from './graph-walk.js';
import { comparable, done, each, Party, told } from './party.js';
import { routes } from './rest-calls.js';
import { type Subject } from './subjects.js';
import { call, targetsOf } from './rest-walk.js';

export const graph = new GraphWalk();

export const may = ({ role }: { role: Role }): May => (type, field) => mayRead(role, type, field);

export const parsed = (text: string): any => JSON.parse(text); // eslint-disable-line @typescript-eslint/no-explicit-any

export const codesOf = (text: string): string[] =>
  (parsed(text).errors ?? []).map((error: { extensions?: { code?: string } }) => error.extensions?.code);

/** Asks for each record that a party may not know, and for one that is not there: gives what was answered unless it is one and wanted. */
export async function severalAnswers(
  district: District, party: Party, subject: Subject, what: string, ask: (id: string) => Promise<string>, wanted: RegExp,
): Promise<string[]> {
  const { other, missing } = targetsOf(subject, party, district);
  const answers = new Set<string>();
  for (const { id } of [...other, ...missing]) answers.add(await ask(id));
  return answers.size === 1 && wanted.test([...answers][0]) ? [] : [`${party.name} ${what}: ${told(answers)}`];
}

/** A part of another service in the same query, which is served whatever becomes of the rest. */
const companion = (path: readonly string[]): string =>
  `rest: ${/^(organisations|consents|harborPeople)$/.test(path[0]) || path[1] === 'organisation' ? 'harbors' : 'organisations'}(first: 1) { edges { node { id } } }`;

/** What is wrong with what a party gets of a type: all that the table gives it, and FORBIDDEN in place of each other field. */
export async function fieldProblems(party: Party, type: string, shown: Set<string>): Promise<string[]> {
  const problems: string[] = [];
  const path = graph.wayTo(type, may(party));
  if (path) {
    const { text } = await party.graph(`{ ${graph.along(path, graph.selection(type, may(party), 1))} }`);
    if (parsed(text).errors) problems.push(`${party.name} may read ${type}: ${text}`);
    else if (found(parsed(text).data, path).length > 0) shown.add(type);
  }
  const way = path ?? graph.wayTo(type, () => true)!;
  const denied = graph.fieldsOf(type).filter((field) => !mayRead(party.role, type, field)).map((field) => graph.one(type, field));
  for (const selection of path ? denied : [graph.selection(type, () => true, 1)]) {
    const { text } = await party.graph(`{ ${companion(way)} ${graph.along(way, selection)} }`);
    const { data } = parsed(text);
    const given = found(data ?? {}, way).filter((one) => Object.values(one as object).some((value) => value !== null));
    if (!codesOf(text).includes('FORBIDDEN') || given.length > 0 || !data?.rest) problems.push(`${party.name} may not read ${type} { ${selection} }: ${text}`);
  }
  return problems;
}

/** With the cursor of a page of A's, the errors that A gets and those that B gets; and those that A gets with forged ones, each once. */
export async function cursorAnswers({ sides }: District, root: string, field?: string): Promise<string[][]> {
  const [mine, theirs] = sides.map((of) => ({ of, party: mayRead('bank', 'Query', root) ? of.bank : of.department }));
  const page = async ({ of, party }: typeof mine, after = ''): Promise<string> => {
    const inner = `${field ?? root}(first: 1${after}) { pageInfo { endCursor } }`;
    const id = root === 'harbor' ? sides[0].harbor.id : of.lists.dispatched.id;
    return (await party.graph(field ? `{ ${root}(id: "${id}") { ${inner} } }` : `{ ${inner} }`)).text;
  };
  const cursor = /"endCursor":"([^"]+)"/.exec(await page(mine))?.[1];
  const codes = async (of: typeof mine, after?: string): Promise<string[]> => codesOf(await page(of, `, after: "${after}"`));
  const forged = await Promise.all(forgeries(cursor!).map((one) => codes(mine, one)));
  return [await codes(mine, cursor), await codes(theirs, cursor), [...new Set(forged.map((all) => all.join()))]];
}

/** What is wrong with the reference resolvers: asked with the gateway's word about each caller, they find what it may know. */
export async function referenceProblems(district: District): Promise<string[]> {
  const problems: string[] = [];
  for (const [service, part] of subgraphs) {
    const parties = roles.flatMap((role) => (isOfBank(role) || role === 'department' ? [0, 1] as const : [undefined]).map((side) =>
      partyAt(district, service, role, side)));
    await each(part.referable.flatMap((type) => parties.map((party) => [type, party] as const)), async ([type, party]) => {
      const subject = referable[type];
      if (!subject) return void problems.push(`how to refer to a ${type} is not known`);
      const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type} { __typename ${part.selection(type, may(party), 1)} } } }`;
      const secret = party.role === 'applicant' ? district.sides[0].demands.accepted.secret : undefined;
      const ask = async (id: string): Promise<string> =>
        comparable(await party.graph(query, { r: [{ __typename: type, id }] }, { about: id, secret }), id);
      const isOwner = !part.directivesOf(type).includes('@extends');
      const wanted = !mayReadType(party.role, type) ? /FORBIDDEN/ : isOwner ? /"_entities":\[null\]/ : /"_entities":\[{/;
      problems.push(...await severalAnswers(district, party, subject, `${service} ${type}`, ask, wanted));
      if (wanted.source === 'FORBIDDEN' || party.role === 'applicant' || party.role === 'anonymous') return;
      for (const { id } of targetsOf(subject, party, district).own) {
        const answer = await ask(id);
        if (!/"_entities":\[{/.test(answer)) problems.push(`${party.name} ${service} ${type}: ${answer}`);
      }
    });
  }
  return problems;
}

const partyAt = (district: District, service: ServiceName, role: Role, side?: 0 | 1): Party =>
  new Party(`${role} ${side ?? ''}`, role, district.fleet.services[service].url, side, district.vouch(service, role === 'applicant' ? 'anonymous' : role, side));

/** Asked of the graph of a service by whoever does not come from the gateway: among them what federation itself answers. */
const intrusions = [
  '{ __typename }', '{ nothing }', 'not a query', '{ __schema { types { name } } }', '{ _service { sdl } }',
  '{ _entities(representations: [{ __typename: "Harbor", id: "1" }]) { __typename } }',
];

/** Paths that no document names, and one that is there for nobody. */
const undocumented = ['/', '/v1', '/v1/nothing', '/graphiql', '/docs', '/openapi.json', '/oauth/jwks/x', '/healthy', '/metrics/', '//metrics'];

/**
 * Where a service lets in somebody who does not come from the gateway: without its word, with an old one, with one of another
 * key, with one to another service. Health and metrics are for whoever is beside the service, and nothing else is.
 */
export async function openDoors(district: District): Promise<string[]> {
  const problems: string[] = [];
  for (const service of serviceNames) {
    const { url } = district.fleet.services[service];
    const words = [
      undefined, 'Bearer nonsense', district.vouch(service, 'supervisor', 0, { key: Buffer.alloc(32).toString('base64url') }),
      district.vouch(service, 'supervisor', 0, { at: Date.now() - 120_000 }), district.vouch(serviceNames.find((other) => other !== service)!, 'supervisor'),
    ];
    done(await partyAt(district, service, 'supervisor').graph('{ __typename }'));
    for (const word of words) {
      const intruder = new Party(`intruder at ${service}`, 'supervisor', url, undefined, word);
      const asGraph = [...await Promise.all(intrusions.map((query) => intruder.graph(query))), await intruder.ask('/graphql?query=%7B__typename%7D')];
      const asRest = await Promise.all(undocumented.map((path) => intruder.ask(path)));
      for (const answers of [asGraph, asRest].map((all) => new Set(all.map((answer) => comparable(answer, ''))))) {
        if (answers.size !== 1 || !/"code":"UNAUTHENTICATED"/.test([...answers][0]) || /"data":{/.test([...answers][0])) problems.push(`${intruder.name}: ${told(answers)}`);
      }
      for (const path of ['/health/live', '/health/ready', '/metrics']) {
        const { status } = await intruder.ask(path);
        if (status !== 200) problems.push(`${intruder.name} ${path}: ${status}`);
      }
      await each(routes.filter((route) => route.service === service), async (route) => {
        const { own, other, missing } = targetsOf(route, intruder, district);
        const { status } = await call(route, intruder, [...own, ...other, ...missing][0]);
        if (status !== 401) problems.push(`${intruder.name} ${route.name}: ${status}`);
      });
    }
  }
  return problems;
}
