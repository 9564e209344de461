// @ts-check
/** The generated document of who may do what: the authorisation table read together with the contract, and what the walk asks of each. */
import { buildSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';

/** Who calls, as the columns of the document. `row`: which rows of tenant tables the caller's transactions see. */
export const columns = [
  { role: 'anonymous', title: 'nobody', who: 'anybody without a token', rows: 'none' },
  { role: 'applicant', title: 'applicant', who: 'a business with the access secret of one demand or issue', rows: 'the record that the secret opens' },
  { role: 'bank', title: 'bank', who: 'a bank’s own system, by its token', rows: 'its own' },
  { role: 'harbor-staff', title: 'harbor staff', who: 'people who work at a harbor, in the name of its bank', rows: 'their bank’s own' },
  { role: 'department', title: 'department', who: 'a district department, the court, the police, the market regulator, by its token', rows: 'its own' },
  { role: 'area', title: 'area', who: 'who answers for a street, town, park or business district', rows: 'its own' },
  { role: 'insurer', title: 'insurer', who: 'an insurer', rows: 'its own' },
  { role: 'guarantor', title: 'guarantor', who: 'a guarantee institution', rows: 'its own' },
  { role: 'institution', title: 'institution', who: 'a fund or an incubator', rows: 'its own' },
  { role: 'supervisor', title: 'supervisor', who: 'central-bank branch, finance office, financial regulator', rows: 'all' },
  { role: 'dashboard', title: 'dashboard', who: 'internal dashboards; their transactions can only read', rows: 'all' },
  { role: 'system-administrator', title: 'system', who: 'the operator’s system administrator', rows: 'all, of what it may ask for' },
  { role: 'security-administrator', title: 'security', who: 'the operator’s security administrator', rows: 'all, of what it may ask for' },
  { role: 'audit-administrator', title: 'audit', who: 'the operator’s audit administrator', rows: 'all, of what it may ask for' },
];

/** Routes whose records are public to whoever may call them: registries, what is on offer, what a poster or the link in a mail leads to. */
export const publicRoutes = new Set([
  'GET /v1/organisations', 'GET /v1/organisations/{id}', 'GET /v1/harbors', 'GET /v1/harbors/{id}',
  'GET /v1/published-products', 'GET /v1/published-products/{id}', 'GET /v1/published-products/{id}/versions',
  'GET /v1/published-products/{id}/differences', 'GET /v1/product-changes', 'GET /v1/product-comparisons', 'POST /v1/published-products/{id}/reports',
  'GET /cds-au/v1/banking/products', 'GET /cds-au/v1/banking/products/{productId}', 'GET /cds-au/v1/discovery/status', 'GET /cds-au/v1/discovery/outages',
  'GET /v1/scans/{code}', 'GET /v1/scans/{code}/qr.svg', 'GET /v1/scans/{code}/qr.png', 'POST /v1/scans/{code}/sessions', 'POST /v1/scans/{code}/demands',
  'GET /unsubscribe/{token}', 'POST /unsubscribe/{token}', 'POST /unsubscribe/{token}/withdrawal',
]);

/** Routes where whoever asks finds its own alone, in any role, and who finds those of all. @type {Record<string, string[]>} */
const ofItself = {
  'GET /v1/api-clients/{id}/keys': ['system-administrator', 'security-administrator'],
  'POST /v1/api-clients/{id}/keys': ['system-administrator'],
  'POST /v1/api-clients/{id}/key-removals': ['system-administrator'],
  'GET /v1/requests/{id}': ['system-administrator'],
  'GET /v1/deprecations': ['system-administrator'],
};

/** What a partner is told, and where, is its own alone, also before supervisors. */
const isToldTo = (/** @type {string} */ path) => /^\/v1\/(events|webhook-endpoints|webhook-deliveries|message-recipients|messages|message-kinds)(\/|$)/.test(path);

const isOauth = (/** @type {string} */ path) => path.startsWith('/oauth/') || path.startsWith('/.well-known/');

/**
 * What a caller of a role gets from a route: `401` or `403`, the same whatever is asked for; `own`, and `404` for any other record as
 * for one that is not there; `all`; or `yes`, where there is no record of anybody’s to tell apart.
 * @param {string} route @param {readonly string[]} allowed @param {string} role
 */
export function reach(route, allowed, role) {
  if (!allowed.includes(role)) return role === 'anonymous' || role === 'applicant' ? '401' : '403';
  const [, path] = route.split(' ');
  if (publicRoutes.has(route) || isOauth(path)) return 'yes';
  if (ofItself[route]) return ofItself[route].includes(role) ? 'all' : 'own';
  if (isToldTo(path)) return 'own';
  const sees = columns.find((column) => column.role === role)?.rows;
  // Whoever is nobody has no records: it makes one.
  return role === 'anonymous' ? 'yes' : sees?.startsWith('all') ? 'all' : 'own';
}

/**
 * @param {{ openapi: any, graphs: Map<string, string>, fields: Record<string, string>, aggregates: Record<string, string> }} known
 *   the merged OpenAPI document, each service's part of the graph, the table of fields, and what figures cover
 */
export function authorisationDocument({ openapi, graphs, fields, aggregates }) {
  const paths = /** @type {[string, Record<string, any>][]} */ (Object.entries(openapi.paths));
  const routes = paths.flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) =>
    ({ name: `${method.toUpperCase()} ${path}`, path, operation, service: operation['x-service'] ?? 'every service' })));
  const services = ['every service', ...graphs.keys()];
  const types = [...graphs].map(([service, sdl]) => ({ service, types: typesOf(sdl) }));
  const lines = [
    '# Who may do what', '', 'Made by `npm run generate` from the authorisation table (`libs/security/src/authorisation/{routes,fields}.ts`), the routes and the graph; edit there.', '',
    'What is not in the table is denied to everybody, and a route or field without an entry fails the build. The table says who may call a route and read a '
    + 'field; which records a caller finds by it, row level security in PostgreSQL decides. What is not a caller’s own does not exist for it: `404` (in the '
    + 'graph: `null`, or nothing in a list), byte for byte as for an id that nobody has.', '',
    ...table(['caller', 'who', 'rows of tenant tables'], columns.map(({ title, who, rows }) => [title, who, rows])), '',
    'A token that is expired or made up is refused with `401` on every route, public ones included.', '',
    '## Routes', '', '`own`: the records of the caller’s organisation (of an applicant: of its secret), `404` for every other. `all`: the records of every '
    + 'organisation. `yes`: nobody’s records in particular. `401` and `403` are answered before a record is looked for, the same for each.',
  ];
  for (const service of services) {
    const own = routes.filter((route) => route.service === service);
    if (own.length === 0) continue;
    lines.push('', `### ${service}`, '', ...table(['route', 'what', ...columns.map(({ title }) => title)], own.map(({ name, operation }) =>
      [`\`${name}\``, operation.summary ?? '', ...columns.map(({ role }) => reach(name, operation['x-roles'], role))])));
  }
  lines.push('', '## Graph', '', 'Fields by type; REST leaves the same fields out. A field that is denied makes `FORBIDDEN` of the whole part of the query that '
    + 'its service answers. Nobody without a token gets anything but `UNAUTHENTICATED`; a business reads these types over REST.');
  for (const { service, types: own } of types) {
    lines.push('', `### ${service}`, '', ...table(['type', 'fields', ...columns.map(({ title }) => title)], own.flatMap(({ type, names }) =>
      grouped(names, (name) => rolesOf(fields, type, name)).map(([allowed, some]) =>
        [type, some.map((name) => `\`${name}\``).join(' '), ...columns.map(({ role }) => (allowed.split(' ').includes(role) ? 'yes' : ''))]))));
  }
  const known = new Set(types.flatMap(({ types: own }) => own.map(({ type }) => type)));
  const restOnly = Object.entries(fields).map(([entry, allowed]) => ({ type: entry.split('.')[0], name: entry.split('.')[1], allowed }))
    .filter(({ type }) => !known.has(type) && type !== 'PageInfo');
  lines.push('', '### over REST alone', '', ...table(['type', 'fields', ...columns.map(({ title }) => title)], restOnly.map(({ type, name, allowed }) =>
    [type, name === '*' ? 'all' : `\`${name}\``, ...columns.map(({ role }) => (allowed.split(' ').includes(role) ? 'yes' : ''))])));
  lines.push('', '## Figures', '', 'Numbers that are counted over records, and whose: `own` rows of the reader’s organisation alone; `oversight`: of all, for those '
    + 'who see each of them anyway; `withheld`: of other organisations, told to a department from 3 on (0 is told, and 1 and 2 withhold the figures that they '
    + 'could be found from); `coarse`: of all, told to anybody, rounded and withheld where there are few; `operator`: events, clocks and audit rows.', '',
  ...table(['figure', 'covers'], Object.entries(aggregates).map(([name, coverage]) => [`\`${name}\``, coverage])), '', ...walk(routes, types));
  return `${lines.join('\n')}\n`;
}

/**
 * What the walk asks, with how many of each there are.
 * @param {{ name: string, path: string, operation: any }[]} routes
 * @param {{ types: { type: string, names: string[], refers: boolean }[] }[]} types
 */
function walk(routes, types) {
  /** @type {(route: { operation: any }) => string[]} */
  const parameters = ({ operation }) => (operation.parameters ?? []).map((/** @type {any} */ { name }) => name);
  const count = (/** @type {(route: typeof routes[number]) => boolean} */ of) => routes.filter(of).length;
  const every = types.flatMap(({ types: own }) => own);
  const fieldsOf = (/** @type {string} */ root) => every.filter(({ type }) => type === root).flatMap(({ names }) => names).length;
  return [
    '## The walk', '', '`tests/system/walk*.system.spec.ts` asks the whole fleet all of this, as nobody, with an expired and with a made-up token, as banks A and B '
    + 'and their harbor staff, departments X and Y, every other kind of organisation that a district has, a dashboard, each of the three administrators, and as '
    + 'applicants of both sides; about records of one’s '
    + 'own, of the other’s and about none that is there. A route, field or reference that it does not know how to ask for fails it.', '',
    ...table(['what', 'of how many', 'must hold'], [
      ['routes', `${routes.length}`, 'another’s record and a missing one are answered byte for byte the same, headers included, and nothing changes in any table'],
      ['lists', `${count(({ name, path }) => name.startsWith('GET ') && !path.replace(/{(service|kind)}/, '').includes('{'))}`, 'hold one’s own records and none of another’s, by every page'],
      ['filters', `${count((route) => parameters(route).some((name) => name === 'state' || name === 'kind'))} routes`, 'tell nothing by another’s ids; a value that only another’s records have finds nothing'],
      ['cursors', `${count((route) => parameters(route).includes('cursor'))} routes`, 'another’s, another list’s, another filter’s and forged ones are the same `CURSOR_INVALID`'],
      ['repeated requests', `${count(({ name, path }) => name.startsWith('POST /v1/') && path !== '')} routes`, 'another’s Idempotency-Key with the same body gets what a new key gets'],
      ['conditions, other methods', `${count(({ name }) => name.startsWith('GET '))} routes`, 'no ETag is sent; If-None-Match, Range and HEAD tell nothing, other methods are `405`'],
      ['root fields', `${fieldsOf('Query')}`, 'find nobody what is not theirs'],
      ['mutations', `${fieldsOf('Mutation')}`, 'change nothing for whoever may not'],
      ['fields', `${every.reduce((sum, { names }) => sum + names.length, 0)} of ${every.length} types`, 'are given to the roles above and to no other'],
      ['reference resolvers', `${every.filter(({ refers }) => refers).length}`, 'asked at the service itself, with the gateway’s word about each caller, find what that caller may know'],
      ['figures', '', 'do not move when another’s records are added; small ones are withheld'],
      ['words, amounts, ids', '', 'that only one side’s records hold were heard by nobody else in any answer of the walk; personal data by nobody, in no queue, table or log'],
      ['sorts, exports, subscriptions', '0', 'there are none: a test fails when there are'],
    ]), '',
    'Beneath it, `tests/system/tenancy*.system.spec.ts` asks PostgreSQL itself: every table, every policy taken away in turn, and each statement that the services '
    + 'send, repeated as another organisation, as nobody and as every other role.',
  ];
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
const table = (head, rows) => [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows.map((row) => `| ${row.join(' | ')} |`)];

/** What a service says of types that hold facts; of another's type what it adds to it. @param {string} sdl */
function typesOf(sdl) {
  const schema = buildSchema(sdl, { assumeValid: true, assumeValidSDL: true });
  return Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !/^__|^PageInfo$|(Connection|Edge)$/.test(type.name)).map((type) => {
    if (!isObjectType(type) || isInterfaceType(getNamedType(type))) throw new Error(`${type.name} is of a kind that is not described yet`);
    const marks = (type.astNode?.directives ?? []).map(({ name }) => name.value);
    const names = Object.values(type.getFields()).filter(({ astNode }) => !astNode?.directives?.some(({ name }) => name.value === 'external')).map(({ name }) => name);
    return { type: type.name, names, refers: marks.includes('key') };
  }).filter(({ names }) => names.length > 0);
}

/** @param {Record<string, string>} fields @param {string} type @param {string} name */
const rolesOf = (fields, type, name) => fields[`${type}.${name}`] ?? fields[`${type}.*`] ?? '';

/** @param {readonly string[]} names @param {(name: string) => string} by @returns {[string, string[]][]} */
function grouped(names, by) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const name of names) groups.set(by(name), [...groups.get(by(name)) ?? [], name]);
  return [...groups];
}
