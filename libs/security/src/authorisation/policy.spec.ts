import { buildSchema, parse } from 'graphql';
import { roles } from '../tokens/caller.js';
import { fields } from './fields.js';
import { routes } from './routes.js';
import { firstDeniedField, mayCall, mayRead, mayReadType } from './policy.js';

// Types and roles of the real table: a dashboard does not read what an issue says, a department reads no issue at all.
const schema = buildSchema(`
  scalar _Any
  union _Entity = Issue | Harbor
  type Query { issues: IssueConnection issue(id: ID): Issue harbors: HarborConnection harbor(id: ID): Harbor secret: String _entities(representations: [_Any!]!): [_Entity]! }
  type Mutation { acknowledgeIssue(id: ID): Issue }
  type IssueConnection { edges: [IssueEdge] pageInfo: PageInfo }
  type IssueEdge { node: Issue cursor: String }
  type HarborConnection { edges: [HarborEdge] pageInfo: PageInfo }
  type HarborEdge { node: Harbor cursor: String }
  type PageInfo { hasNextPage: Boolean }
  type Issue { id: ID text: String registrantName: String harbor: Harbor }
  type Harbor { id: ID name: String demandTotal: Int issues: IssueConnection }
`);
const denied = (document: string, role: (typeof roles)[number]): string | undefined => firstDeniedField(schema, parse(document), role);

describe('routes', () => {
  it('are called by whom the table names, and by nobody else', () => {
    for (const [route, allowed] of Object.entries(routes)) {
      for (const role of roles) expect([route, role, mayCall(role, route)]).toEqual([route, role, allowed.split(' ').includes(role)]);
    }
  });

  it.each(['GET /v1/unheard-of', 'DELETE /v1/harbors', 'get /v1/harbors', 'GET /v1/harbors/', 'GET /v1/harbors/{name}', '', 'constructor', '__proto__', 'toString'])('without an entry are closed to all: %s', (route) => {
    for (const role of roles) expect(mayCall(role, route)).toBe(false);
  });
});

describe('the table', () => {
  it('names known roles alone, each once', () => {
    for (const [what, allowed] of [...Object.entries(routes), ...Object.entries(fields)]) {
      const listed = allowed.split(' ');
      expect([what, listed.filter((role) => !roles.includes(role as never))]).toEqual([what, []]);
      expect([what, new Set(listed).size]).toEqual([what, listed.length]);
    }
  });

  it('writes routes as METHOD /path and fields as Type.field or Type.*', () => {
    for (const route of Object.keys(routes)) expect(route).toMatch(/^(GET|POST|PUT|PATCH|DELETE) (\/[\w.-]+|\/\{\w+\})+$/);
    for (const field of Object.keys(fields)) expect(field).toMatch(/^[A-Z]\w*\.(\w+|\*)$/);
  });

  it('lets nobody without a token into the queries and mutations of the graph', () => {
    for (const [field, allowed] of Object.entries(fields)) {
      if (/^(Query|Mutation)\./.test(field)) expect([field, /anonymous|applicant/.test(allowed)]).toEqual([field, false]);
    }
  });
});

describe('fields', () => {
  it('are read by whom the table names; a named field wins over the rest of its type', () => {
    expect([mayRead('bank', 'Issue', 'text'), mayRead('dashboard', 'Issue', 'text'), mayRead('dashboard', 'Issue', 'state')]).toEqual([true, false, true]);
    expect([mayRead('bank', 'Harbor', 'demandTotal'), mayRead('supervisor', 'Harbor', 'demandTotal')]).toEqual([false, true]);
  });

  it.each([['Unheard', 'id'], ['Query', 'unheard'], ['constructor', 'name'], ['Object', '__proto__'], ['', '']])('without an entry are closed to all: %s.%s', (type, field) => {
    for (const role of roles) expect(mayRead(role, type, field)).toBe(false);
  });

  it('of a connection and its edges are as readable as what they connect', () => {
    for (const type of ['IssueConnection', 'IssueEdge']) expect([mayRead('bank', type, 'edges'), mayRead('department', type, 'node')]).toEqual([true, false]);
  });

  it('make a type readable when one of them is', () => {
    expect([mayReadType('bank', 'Issue'), mayReadType('department', 'Issue'), mayReadType('system-administrator', 'Issue'), mayReadType('bank', 'Unheard')]).toEqual([true, false, false, false]);
  });
});

describe('the first denied field of a document', () => {
  it.each([
    ['a plain field', '{ issue { text } }', 'Issue.text'],
    ['behind an alias', '{ a: issue { id: text } }', 'Issue.text'],
    ['in an inline fragment', '{ issue { ... on Issue { text } } }', 'Issue.text'],
    ['in a fragment without a type', '{ issue { ... { text } } }', 'Issue.text'],
    ['in a named fragment', 'query { issue { ...F } } fragment F on Issue { text }', 'Issue.text'],
    ['in a fragment within a fragment', '{ issue { ...F } } fragment F on Issue { ...G } fragment G on Issue { text }', 'Issue.text'],
    ['in a fragment that comes first', 'fragment F on Issue { text } { issue { ...F } }', 'Issue.text'],
    ['deep below', '{ harbor { issues { edges { node { text } } } } }', 'Issue.text'],
    ['that a directive leaves out', '{ issue { text @skip(if: true) } }', 'Issue.text'],
    ['in another operation of the document', 'query A { issue { id } } query B { issue { text } }', 'Issue.text'],
    ['of a reference', 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Issue { text } } }', 'Issue.text'],
    ['of the root', '{ secret }', 'Query.secret'],
    ['of a mutation', 'mutation { acknowledgeIssue { id } }', 'Mutation.acknowledgeIssue'],
    ['of two, the first', '{ issue { id registrantName text } }', 'Issue.registrantName'],
  ])('is found %s', (_what, document, field) => {
    expect(denied(document, 'dashboard')).toBe(field);
    if (field.startsWith('Issue')) expect(denied(document, 'bank')).toBeUndefined();
  });

  it('is none when all are allowed, __typename included; the schema itself is nobody’s', () => {
    expect(denied('{ __typename issue { __typename id } issues { edges { cursor node { id } } pageInfo { hasNextPage } } }', 'dashboard')).toBeUndefined();
    expect(denied('{ __schema { types { name } } }', 'supervisor')).toBe('__Schema.types');
  });

  it('is the type itself where only __typename of a reference is asked for', () => {
    const document = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Issue { __typename } } }';
    expect([denied(document, 'department'), denied(document, 'bank')]).toEqual(['Issue', undefined]);
  });

  it('is _entities where a reference is written into the document, out of sight of who checks the variables', () => {
    expect(denied('{ _entities(representations: [{ __typename: "Issue", id: "1" }]) { __typename } }', 'supervisor')).toBe('Query._entities');
  });

  it('is remembered for a document by role, and not mistaken for another’s', () => {
    const document = parse('{ issue { text } }');
    expect([firstDeniedField(schema, document, 'dashboard'), firstDeniedField(schema, document, 'bank'), firstDeniedField(schema, document, 'dashboard')])
      .toEqual(['Issue.text', undefined, 'Issue.text']);
    // Decided before: what is no document any more is still answered.
    Object.assign(document, { definitions: [] });
    expect(firstDeniedField(schema, document, 'dashboard')).toBe('Issue.text');
    expect(firstDeniedField(schema, document, 'department')).toBeUndefined();
  });
});
