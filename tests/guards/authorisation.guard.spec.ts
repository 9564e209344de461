import { fields } from '@finharbor/security/authorisation/fields';
import { routes } from '@finharbor/security/authorisation/routes';
import { mayRead } from '@finharbor/security/authorisation/policy';
import { roles } from '@finharbor/security/tokens/caller';
import { Kind, type ObjectTypeDefinitionNode, type ObjectTypeExtensionNode, parse } from 'graphql';
import { read, services } from './sources.js';

type Table = Record<string, string>;
interface Openapi {
  paths: Record<string, Record<string, unknown>>;
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> };
}
/** A field that may be asked for. Foreign: the service adds it to a type that another owns. */
interface FieldOf { type: string; field: string; foreign: boolean }

const marked = (node: { directives?: readonly { name: { value: string } }[] }, name: string): boolean =>
  node.directives?.some((directive) => directive.name.value === name) ?? false;

const graphFields = (sdl: string): FieldOf[] => parse(sdl).definitions
  .filter((node): node is ObjectTypeDefinitionNode | ObjectTypeExtensionNode =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION)
  .flatMap((node) => (node.fields ?? []).filter((field) => !marked(field, 'external')).map((field) => ({
    type: node.name.value,
    field: field.name.value,
    foreign: !['Query', 'Mutation'].includes(node.name.value) && (marked(node, 'extends') || node.kind === Kind.OBJECT_TYPE_EXTENSION),
  })));

/** The table also rules REST, by class: the documented schemas of its types are walked too. */
const restFields = (openapi: Openapi, table: Table): FieldOf[] => {
  const types = new Set(Object.keys(table).map((entry) => entry.split('.')[0]));
  return Object.entries(openapi.components.schemas).filter(([type]) => types.has(type))
    .flatMap(([type, { properties }]) => Object.keys(properties ?? {}).map((field) => ({ type, field, foreign: false })));
};

/** The entry that decides: as policy.ts finds it, which a test below makes sure of. */
const entryOf = (type: string, field: string, table: Table): string | undefined =>
  [`${type}.${field}`, `${type.replace(/(Connection|Edge)$/, '')}.*`].find((entry) => entry in table);

/** Personal data never rides on `Type.*`: the roles that read it are written beside it. */
const personal = /^(contact|registrant)(Name|Phone)$/;

function fieldProblems(all: FieldOf[], table: Table): string[] {
  const used = new Set<string>();
  const problems = all.flatMap(({ type, field, foreign }) => {
    const entry = entryOf(type, field, table);
    used.add(entry ?? '');
    if (!entry) return [`${type}.${field} has no entry`];
    if (!entry.endsWith('.*') || !(foreign || personal.test(field))) return [];
    return [`${type}.${field} needs an entry of its own: ${foreign ? `${entry} is its owner's word on its owner's fields` : 'it is personal data'}`];
  });
  return [...problems, ...Object.keys(table).filter((entry) => !used.has(entry)).map((entry) => `the entry ${entry} decides nothing`)];
}

function routeProblems(openapi: Openapi, table: Table): string[] {
  const documented = Object.entries(openapi.paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`));
  return [
    ...documented.filter((route) => !(route in table)).map((route) => `${route} has no entry`),
    ...Object.keys(table).filter((route) => !documented.includes(route)).map((route) => `the entry ${route} has no route`),
  ];
}

const roleProblems = (table: Table): string[] => Object.entries(table).filter(([, names]) => {
  const list = names.split(' ');
  return new Set(list).size !== list.length || !list.every((name) => (roles as readonly string[]).includes(name));
}).map(([entry]) => `${entry} names no role, an unknown one, or one twice`);

const without = (table: Table, entry: string): Table => Object.fromEntries(Object.entries(table).filter(([key]) => key !== entry));

describe('the authorisation table', () => {
  let openapi: Openapi;
  let all: FieldOf[];
  beforeAll(() => {
    openapi = JSON.parse(read('apps/gateway/generated/openapi.json')) as Openapi;
    all = [...services.flatMap((service) => graphFields(read(`apps/${service}/generated/schema.graphql`))), ...restFields(openapi, fields)];
  });

  it('has an entry for every route, and a route for every entry', () => expect(routeProblems(openapi, routes)).toEqual([]));
  it('has an entry for every field, and a field for every entry', () => expect(fieldProblems(all, fields)).toEqual([]));
  it('names known roles', () => expect([...roleProblems(routes), ...roleProblems(fields)]).toEqual([]));

  it('is read here as policy.ts reads it', () => {
    const theirs = all.map(({ type, field }) => `${type}.${field}: ${roles.filter((role) => mayRead(role, type, field)).join(' ')}`);
    const ours = all.map(({ type, field }) => `${type}.${field}: ${roles.filter((role) => (fields[entryOf(type, field, fields) ?? ''] ?? '').split(' ').includes(role)).join(' ')}`);
    expect(theirs).toEqual(ours);
  });

  it('bites: every entry is missed when it is taken away', () => {
    for (const route of Object.keys(routes)) expect(routeProblems(openapi, without(routes, route))).not.toEqual([]);
    for (const entry of Object.keys(fields)) {
      const [type, field] = entry.split('.');
      // With Type.* behind it, a taken entry of the owner's widens silently, unless it is personal data: the service's own tests pin it.
      const widens = field !== '*' && `${type}.*` in fields && !personal.test(field) && !all.some((one) => one.foreign && entry === `${one.type}.${one.field}`);
      if (!widens) expect([entry, fieldProblems(all, without(fields, entry))]).not.toEqual([entry, []]);
    }
  });
});

describe('the walk over the authorisation table', () => {
  const sdl = `type Query { demands: DemandConnection demand: Demand }
    type Demand @key(fields: "id") { id: ID! contactName: String }
    type DemandConnection { edges: [DemandEdge!]! } type DemandEdge { node: Demand! }
    type Harbor @extends @key(fields: "id") { id: ID! @external demands: Int }`;
  const table = { 'Query.demands': 'bank', 'Query.demand': 'bank', 'Demand.*': 'bank', 'Demand.contactName': 'bank', 'Harbor.demands': 'bank' };

  it('bites: fields', () => {
    expect(fieldProblems(graphFields(sdl), table)).toEqual([]);
    expect(fieldProblems(graphFields(sdl), without(table, 'Query.demand'))).toEqual(['Query.demand has no entry']);
    expect(fieldProblems(graphFields(sdl), without(table, 'Demand.*'))).toEqual(['Demand.id has no entry', 'DemandConnection.edges has no entry', 'DemandEdge.node has no entry']);
    expect(fieldProblems(graphFields(sdl), { ...without(table, 'Harbor.demands'), 'Harbor.*': 'bank' })[0]).toContain('Harbor.demands needs an entry of its own');
    expect(fieldProblems(graphFields(sdl), without(table, 'Demand.contactName'))[0]).toContain('Demand.contactName needs an entry of its own: it is personal');
    expect(fieldProblems(graphFields(sdl), { ...table, 'Demand.gone': 'bank' })).toEqual(['the entry Demand.gone decides nothing']);
    expect(fieldProblems(graphFields(sdl), { ...table, 'Nothing.*': 'bank' })).toEqual(['the entry Nothing.* decides nothing']);
  });

  it('bites: routes and roles', () => {
    const openapi = { paths: { '/v1/x': { get: {}, post: {} } }, components: { schemas: {} } };
    expect(routeProblems(openapi, { 'GET /v1/x': 'bank', 'POST /v1/x': 'bank' })).toEqual([]);
    expect(routeProblems(openapi, { 'GET /v1/x': 'bank', 'GET /v1/y': 'bank' })).toEqual(['POST /v1/x has no entry', 'the entry GET /v1/y has no route']);
    expect(roleProblems({ a: 'bank', b: '', c: 'bnak', d: 'bank bank' }).length).toBe(3);
  });
});
