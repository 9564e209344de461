import { type Deprecation, deprecations } from '@finharbor/contracts/deprecations';
import { localDate } from '@finharbor/standards/working-days';
import { z } from 'zod';
import { breakingDifferences, clientSchema, eventDifferences, graphDifferences, openapiDifferences } from '../../tools/compatibility/differences.mjs';
import { jsonSchema, presentInterfaces, releasedInterfaces } from '../../tools/compatibility/interfaces.mjs';
import { root } from './sources.js';

type Openapi = { paths: Record<string, Record<string, object>>; components: { schemas: Record<string, object> } };
type Found = { element: string; what: string };
const told = (found: Found[]): string[] => found.map(({ element, what }) => `${element}: ${what}`);

const thing = { type: 'object', required: ['id', 'kind'], properties: {
  id: { type: 'string', format: 'uuid' }, kind: { type: 'string', enum: ['LARGE', 'SMALL'] }, note: { type: 'string', nullable: true }, parent: { $ref: '#/components/schemas/Thing' },
} };
const makeThing = { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 100 }, kind: { type: 'string', enum: ['LARGE', 'SMALL'] }, size: { type: 'number' } } };
const json = (schema: object) => ({ 'application/json': { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A small document; what is planted is laid over it. */
const document = ({ get = {}, post = {}, Thing = thing, MakeThing = makeThing, paths = {} }: Record<string, object> = {}): Openapi => ({
  paths: {
    '/v1/things': {
      get: { 'x-roles': ['bank'], parameters: [{ in: 'query', name: 'kind', schema: { type: 'string' } }], responses: { 200: { content: json(ref('Thing')) } }, ...get },
      post: { 'x-roles': ['bank'], requestBody: { required: true, content: json(ref('MakeThing')) }, responses: { 201: { content: json(ref('Thing')) } }, ...post },
    },
    '/v1/parts': { get: { 'x-roles': ['bank'], responses: { 200: {} } } },
    ...paths,
  },
  components: { schemas: { Thing, MakeThing } },
});
const withProperty = (schema: typeof thing | typeof makeThing, name: string, value?: object) =>
  ({
    ...schema,
    properties: Object.fromEntries([...Object.entries(schema.properties).filter(([key]) => key !== name), ...value ? [[name, value]] : []]),
  });

describe('what was released', () => {
  it('is broken by nothing that has not been told in time', async () => {
    const found = await breakingDifferences(releasedInterfaces(root), await presentInterfaces(root), deprecations, localDate(new Date()));
    expect(told(found)).toEqual([]);
  });
});

describe('a difference of REST', () => {
  const parameter = (more: object, name = 'kind') => ({ get: { parameters: [{ in: 'query', name, schema: { type: 'string' }, ...more }] } });
  it.each([
    ['a path removed', document({ paths: { '/v1/parts': {} } }), ['GET /v1/parts: was removed']],
    ['a route closed to a role', document({ get: { 'x-roles': ['supervisor'] } }), ['GET /v1/things: is closed to bank']],
    ['a parameter removed', document({ get: { parameters: [] } }), ['GET /v1/things?kind: was removed']],
    ['a parameter that must be given', document(parameter({ required: true })), ['GET /v1/things?kind: must be given now']],
    ['a parameter narrowed', document(parameter({ schema: { type: 'string', enum: ['A'] } })), ['GET /v1/things?kind: takes only A now']],
    ['a status that is not answered', document({ post: { responses: { 202: {} } } }), ['POST /v1/things 201: is answered no more']],
    ['an answer in another form', document({ post: { responses: { 201: { content: {} } } } }), ['POST /v1/things 201: is application/json no more']],
    ['a field of an answer removed', document({ Thing: withProperty(thing, 'note') }), ['Thing.note: was removed']],
    ['a field of an answer that may be missing', document({ Thing: { ...thing, required: ['id'] } }), ['Thing.kind: may be missing now']],
    ['a field of an answer that may be null', document({ Thing: withProperty(thing, 'id', { type: 'string', format: 'uuid', nullable: true }) }), ['Thing.id: may now be null']],
    ['a field of an answer of another type', document({ Thing: withProperty(thing, 'note', { type: 'integer' }) }), ['Thing.note: may now be integer']],
    ['a field of an answer in another format', document({ Thing: withProperty(thing, 'id', { type: 'string' }) }), ['Thing.id: is no uuid any more']],
    ['an enumeration narrowed', document({ Thing: withProperty(thing, 'kind', { type: 'string', enum: ['LARGE'] }) }), ['Thing.kind.SMALL: was removed']],
    ['a field of a request removed', document({ MakeThing: withProperty(makeThing, 'size') }), ['MakeThing.size: was removed']],
    ['a field of a request that must be given', document({ MakeThing: { ...makeThing, required: ['name', 'size'] } }), ['MakeThing.size: must be given now']],
    ['a new field that must be given', document({ MakeThing: { ...withProperty(makeThing, 'why', { type: 'string' }), required: ['name', 'why'] } }), ['MakeThing.why: is new and must be given']],
    ['a field of a request narrowed', document({ MakeThing: withProperty(makeThing, 'name', { type: 'string', maxLength: 50 }) }), ['MakeThing.name: has maxLength 50 now']],
    ['a field of a request of another type', document({ MakeThing: withProperty(makeThing, 'size', { type: 'integer' }) }), ['MakeThing.size: no longer takes number']],
  ])('is found: %s', (_what, after, wanted) => expect(told(openapiDifferences(document(), after))).toEqual(wanted));

  it.each([
    ['a path, a method, a status', document({ paths: { '/v1/more': { get: {} } }, get: { responses: { 200: { content: json(ref('Thing')) }, 304: {} } } })],
    ['a parameter and a role', document({ get: { 'x-roles': ['bank', 'supervisor'], parameters: [...(document().paths['/v1/things'].get as { parameters: object[] }).parameters, { in: 'query', name: 'more', schema: {} }] } })],
    ['a field of an answer, a value of an enumeration', document({ Thing: withProperty(withProperty(thing, 'more', { type: 'string' }), 'kind', { type: 'string', enum: ['LARGE', 'SMALL', 'TINY'] }) })],
    ['a field of a request that may be given, a wider bound', document({ MakeThing: withProperty(withProperty(makeThing, 'more', { type: 'string' }), 'name', { type: 'string', maxLength: 200 }) })],
    ['a component under another name', { ...document({ get: { responses: { 200: { content: json(ref('Other')) } } } }), components: { schemas: { Thing: thing, MakeThing: makeThing, Other: thing } } }],
  ])('breaks nothing that adds: %s', (_what, after) => expect(told(openapiDifferences(document(), after))).toEqual([]));
});

describe('a difference of the graph', () => {
  const graph = (types: string): string => `schema @link(url: "x") { query: Query } directive @link(url: String) on SCHEMA directive @join__type on OBJECT scalar join__FieldSet
    enum join__Graph { A } ${types}`;
  const before = graph('type Query { things(first: Int): [Thing!]! } type Thing @join__type { id: ID! kind: Kind } enum Kind { LARGE SMALL }');
  it.each([
    ['a field removed', 'type Query { things(first: Int): [Thing!]! } type Thing { id: ID! } enum Kind { LARGE SMALL }', 'Thing.kind'],
    ['an argument that must be given', 'type Query { things(first: Int!): [Thing!]! } type Thing { id: ID! kind: Kind } enum Kind { LARGE SMALL }', 'Query.things.first'],
    ['a field that may be null', 'type Query { things(first: Int): [Thing!] } type Thing { id: ID! kind: Kind } enum Kind { LARGE SMALL }', 'Query.things'],
    ['a value removed', 'type Query { things(first: Int): [Thing!]! } type Thing { id: ID! kind: Kind } enum Kind { LARGE }', 'Kind.SMALL'],
    ['a field of another type', 'type Query { things(first: Int): [Thing!]! } type Thing { id: ID! kind: String } enum Kind { LARGE SMALL }', 'Thing.kind'],
  ])('is found: %s', async (_what, after, element) => {
    expect((await graphDifferences(before, graph(after))).map((one) => one.element)).toContain(element);
  });

  it('breaks nothing that adds, and nothing of the composition', async () => {
    const after = 'schema { query: Query } type Query { things(first: Int, more: Int): [Thing!]! more: Int } type Thing { id: ID! kind: Kind @deprecated(reason: "x") more: Int } enum Kind { LARGE SMALL TINY }';
    expect(await graphDifferences(before, after)).toEqual([]);
    expect(Object.keys(clientSchema(before).getTypeMap()).filter((name) => /__/.test(name) && !name.startsWith('__'))).toEqual([]);
  });
});

describe('a difference of an event', () => {
  const made = { thingId: z.uuid(), kind: z.enum(['LARGE', 'SMALL']), count: z.int(), items: z.array(z.object({ id: z.uuid() })) };
  const { count: _, ...without } = made;
  const differences = (after: z.ZodRawShape): string[] => told(eventDifferences({ 'things.made': jsonSchema(z.object(made)) }, { 'things.made': jsonSchema(z.object(after)) }));
  it.each([
    ['a field removed', without, ['things.made.count: was removed']],
    ['a field renamed', { ...without, total: z.int().optional() }, ['things.made.count: was removed']],
    ['a new field that must be there', { ...made, why: z.string() }, ['things.made.why: is new and must be given']],
    ['a field that may be missing', { ...made, count: z.int().optional() }, ['things.made.count: may be missing now']],
    ['a field that may be null', { ...made, count: z.int().nullable() }, ['things.made.count: may now be null']],
    ['an enumeration narrowed', { ...made, kind: z.enum(['LARGE']) }, ['things.made.kind.SMALL: was removed']],
    ['a type changed', { ...made, count: z.string() }, ['things.made.count: no longer takes integer', 'things.made.count: may now be string']],
    ['a field within a list removed', { ...made, items: z.array(z.object({})) }, ['things.made.items.id: was removed']],
  ])('is found: %s', (_what, after, wanted) => expect([...new Set(differences(after))]).toEqual(wanted));

  it('is found: an event that is told no more', () => expect(told(eventDifferences({ 'things.made': {} }, {}))).toEqual(['things.made: was removed']));

  it('breaks nothing that adds', () => expect(differences({ ...made, more: z.string().optional(), kind: z.enum(['LARGE', 'SMALL', 'TINY']) })).toEqual([]));
});

/** What of the table cannot be kept. Names of elements are those of the released and the present interfaces. */
function tableProblems(table: Record<string, Deprecation>, known: (element: string) => boolean): string[] {
  return Object.entries(table).flatMap(([element, { deprecatedAt, sunsetAt, link, replacement }]) => {
    const days = (Date.parse(sunsetAt) - Date.parse(deprecatedAt)) / 86_400_000;
    return [
      ...[deprecatedAt, sunsetAt].some((day) => !z.iso.date().safeParse(day).success) ? [`${element}: a day is none`] : [],
      ...days >= 180 ? [] : [`${element}: less than 180 days between deprecation and sunset`],
      ...z.url({ protocol: /^https$/ }).safeParse(link).success ? [] : [`${element}: no link`],
      ...replacement.trim() ? [] : [`${element}: no replacement`],
      ...known(element) ? [] : [`${element}: is nowhere`],
    ];
  });
}

describe('the table of deprecations', () => {
  const entry: Deprecation = { deprecatedAt: '2026-12-01', sunsetAt: '2027-07-01', link: 'https://api.example.cn/changes', replacement: 'Use parts.' };
  const plant = (more: Partial<Deprecation>): string[] => tableProblems({ 'Thing.note': { ...entry, ...more } }, () => true);

  it('can be kept, and is of what there is or was', async () => {
    const [released, present] = [releasedInterfaces(root), await presentInterfaces(root)];
    const everywhere = [released, present].map((one) => JSON.stringify([one.openapi, one.events]) + one.supergraph).join('');
    expect(tableProblems(deprecations, (element) => element.split(/[ ?.]/).filter((word) => !/^[A-Z]+$/.test(word)).every((word) => everywhere.includes(word)))).toEqual([]);
  });

  it('bites', () => {
    expect(plant({})).toEqual([]);
    expect(plant({ sunsetAt: '2027-05-29' })).toEqual(['Thing.note: less than 180 days between deprecation and sunset']);
    expect(plant({ sunsetAt: '2027-05-30' })).toEqual([]);
    expect(plant({ sunsetAt: '2026-11-01' })).toHaveLength(1);
    expect(plant({ deprecatedAt: 'soon' })).toHaveLength(2);
    expect(plant({ link: 'http://x' })).toEqual(['Thing.note: no link']);
    expect(plant({ replacement: ' ' })).toEqual(['Thing.note: no replacement']);
    expect(tableProblems({ x: entry }, () => false)).toEqual(['x: is nowhere']);
  });

  it('lets go what it told, from its sunset on', async () => {
    const interfaces = (openapi: object) => ({ openapi, supergraph: 'type Query { a: Int }', events: {} });
    const differences = (after: object, table: Record<string, Deprecation>, today: string) =>
      breakingDifferences(interfaces(document()), interfaces(after), table, today).then(told);
    const [withoutNote, withoutParts, withoutKind] = [document({ Thing: withProperty(thing, 'note') }), document({ paths: { '/v1/parts': {} } }), document({ get: { parameters: [] } })];
    expect(await differences(withoutNote, { 'Thing.note': entry }, '2027-06-30')).toEqual(['Thing.note: was removed']);
    expect(await differences(withoutNote, { 'Thing.note': entry }, '2027-07-01')).toEqual([]);
    expect(await differences(withoutNote, { 'Thing.not': entry, 'Thing.kind': entry }, '2027-07-01')).toHaveLength(1);
    expect(await differences(withoutParts, { 'GET /v1/parts': entry }, '2027-07-01')).toEqual([]);
    expect(await differences(withoutKind, { 'GET /v1/things?kind': entry }, '2027-07-01')).toEqual([]);
    expect(await differences(withoutKind, { 'GET /v1/thing': entry }, '2027-07-01')).toHaveLength(1);
  });
});
