import { buildSchema, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { type Cost, costOf } from './cost.js';

const schema = buildSchema(`
  type Query { harbors(first: Int! = 50): HarborConnection! harbor(id: ID): Harbor }
  type Mutation { rename(id: ID): Harbor }
  type HarborConnection { edges: [HarborEdge!]! pageInfo: PageInfo! }
  type HarborEdge { node: Harbor! cursor: String! }
  type DemandConnection { edges: [DemandEdge!]! pageInfo: PageInfo! }
  type DemandEdge { node: Demand! cursor: String! }
  type PageInfo { hasNextPage: Boolean! }
  type Harbor { id: ID! areas: [String!]! bank: Bank demands(first: Int! = 50): DemandConnection! }
  type Demand { id: ID! bank: Bank trail: [Step!] }
  type Bank { name: String }
  type Step { at: String by: Bank }
`);
const of = (query: string, variables = {}): Cost => {
  const { definitions } = parse(query);
  const operation = definitions.find((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION)!;
  const fragments = definitions.filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION);
  return costOf(schema, operation, fragments, variables);
};

describe('the cost of a query', () => {
  it.each<[string, string, number, number]>([
    ['nothing for plain fields and introspection', '{ __typename __schema { types { name } } }', 0, 0],
    ['one for a record', '{ harbor { id areas } }', 1, 0],
    ['one for each record that hangs on it', '{ harbor { id bank { name } } }', 2, 0],
    ['one for a mutation', 'mutation { rename { id } }', 1, 0],
    ['a page by its rows', '{ harbors(first: 20) { edges { cursor node { id } } pageInfo { hasNextPage } } }', 20, 20],
    ['a page of the default size', '{ harbors { edges { node { id } } } }', 50, 50],
    ['a page whatever is asked of it', '{ harbors(first: 20) { pageInfo { hasNextPage } } }', 20, 20],
    ['rows times what hangs on them', '{ harbors(first: 20) { edges { node { bank { name } } } } }', 40, 20],
    ['pages within pages multiplied', '{ harbors(first: 20) { edges { node { demands(first: 10) { edges { node { bank { name } } } } } } } }', 20 * (1 + 10 * 2), 20],
    ['a list without pages as ten', '{ harbors(first: 2) { edges { node { demands(first: 3) { edges { node { trail { by { name } } } } } } } } }', 2 * (1 + 3 * (1 + 10 * 2)), 3],
    ['fragments wherever they are spread', 'fragment B on Harbor { bank { name } } { harbor { ...B ...B ... on Harbor { bank { name } } } }', 4, 0],
    ['what is skipped as if it were not', '{ harbor @skip(if: true) { bank @include(if: false) { name } } }', 2, 0],
    ['the same under several names each time', '{ a: harbors(first: 5) { edges { node { id } } } b: harbors(first: 5) { edges { node { id } } } }', 10, 5],
  ])('is %s', (_what, query, records, pageSize) => expect(of(query)).toEqual({ records, pageSize }));

  it('reads the size of a page from variables and their defaults', () => {
    const query = 'query ($n: Int! = 7) { harbors(first: $n) { edges { node { id } } } }';
    expect([of(query).records, of(query, { n: 9 }).records, of(query, { n: '9' }).records]).toEqual([7, 9, 9]);
    expect(of('query ($n: Int) { harbors(first: $n) { edges { node { id } } } }').records).toBe(50);
  });

  it('is never less for a size that is none', () => {
    for (const n of [0, -1, -1e9, 'x', {}, [], NaN, -Infinity]) expect(of('query ($n: Int!) { harbor { id } harbors(first: $n) { edges { node { id } } } }', { n }).records).toBe(2);
    expect(of('{ harbor { id } harbors(first: -100) { edges { node { id } } } }').records).toBe(2);
  });
});
