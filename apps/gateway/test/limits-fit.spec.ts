import { readFileSync } from 'node:fs';
import { buildSchema, type DocumentNode, getIntrospectionQuery, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { z } from 'zod';
import { committedDocuments } from '../src/documents.js';
import { costOf } from '../src/graph/cost.js';
import { limitSettings, type Limits } from '../src/graph/limits.js';
import { brokenLimit } from '../src/graph/measure.js';

const files = ['README.md', 'tools/demo/story.mjs', 'tools/demonstration.mjs', 'apps/gateway/src/pages/browser/graphiql.js', 'bench/graphql.bench.mjs'];

const document = (text: string): DocumentNode | undefined => {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
};

/** Whatever in a file between quotes is a query. */
const queriesIn = (path: string): DocumentNode[] => {
  const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8').replaceAll('${rows}', '50');
  const patterns = [/"query":"([^"]*)"/g, /'((?:{|query|mutation)[^'`]*)'/g, /`((?:#.*)?\s*(?:{|query|mutation)[^'`]*)`/g];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, query]) => document(query))).filter((one) => one !== undefined);
};

describe('the limits of the graph by default', () => {
  const defaults = z.object(limitSettings).parse({}) as Limits;
  const schema = buildSchema(committedDocuments().supergraph, { assumeValid: true });
  const half = Object.fromEntries(Object.entries(defaults).map(([name, most]) => [name, most / 2])) as unknown as Limits;

  it.each(files)('leave the queries of %s room to be twice as large, and to load ten times as much', (path) => {
    const queries = queriesIn(path);
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) {
      expect([path, validate(schema, query), brokenLimit(query, half)]).toEqual([path, [], undefined]);
      const operation = query.definitions.find((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION)!;
      const { records, pageSize } = costOf(schema, operation, [], {});
      expect(records).toBeLessThanOrEqual(defaults.GRAPHQL_MAX_COST / 10);
      expect(pageSize).toBeLessThanOrEqual(defaults.GRAPHQL_MAX_PAGE);
    }
  });

  it('let tools ask for the whole schema', () => {
    const described = { inputValueDeprecation: true, schemaDescription: true, specifiedByUrl: true, directiveIsRepeatable: true };
    for (const options of [{}, { ...described, oneOf: true }]) {
      expect(brokenLimit(parse(getIntrospectionQuery(options)), half)).toBeUndefined();
    }
  });
});
