import { sandboxOutcomes } from '@finharbor/contracts/sandbox';
import { checkCreditCode } from '@finharbor/standards/credit-code';
import { parse } from 'graphql';
import { markGraph, markOpenapi } from '../../tools/generate/deprecations.mjs';
import { composeSupergraph } from '../../tools/generate/supergraph.mjs';
import { read } from './sources.js';

const entry = { deprecatedAt: '2026-12-01', sunsetAt: '2027-07-01', link: 'https://api.example.cn/changes', replacement: 'Use parts.' };
const reason = 'Use parts. Until 2027-07-01: https://api.example.cn/changes';

describe('marks of what is deprecated', () => {
  it('stand in the OpenAPI document: routes, parameters, fields', () => {
    const openapi = () => ({
      paths: { '/v1/things': { get: { description: 'All.', parameters: [{ in: 'query', name: 'kind' }, { in: 'query', name: 'size' }] } as Record<string, unknown>, post: {} } },
      components: { schemas: { Thing: { properties: { note: { $ref: '#/components/schemas/Note' }, kind: { description: 'Which.' } } } } },
    });
    const [route, parameter, field, nowhere] = [openapi(), openapi(), openapi(), openapi()];
    markOpenapi(route, { 'GET /v1/things': entry });
    expect(route.paths['/v1/things'].get).toMatchObject({ deprecated: true, description: `Deprecated. ${reason}\n\nAll.` });
    expect(route.paths['/v1/things'].post).toEqual({});
    markOpenapi(parameter, { 'GET /v1/things?kind': entry });
    expect(parameter.paths['/v1/things'].get).toEqual({ description: 'All.', parameters: [{ in: 'query', name: 'kind', deprecated: true, description: `Deprecated. ${reason}` }, { in: 'query', name: 'size' }] });
    markOpenapi(field, { 'Thing.note': entry, 'Thing.kind': entry });
    expect(field.components.schemas.Thing.properties).toEqual({
      note: { $ref: '#/components/schemas/Note', deprecated: true, description: `Deprecated. ${reason}` }, kind: { deprecated: true, description: `Deprecated. ${reason}\n\nWhich.` },
    });
    markOpenapi(nowhere, { 'GET /v1/parts': entry, 'Thing.gone': entry, 'things.made': entry, 'Query.things': entry });
    expect(nowhere).toEqual(openapi());
  });

  it('stand in the graph, and are still there when it was composed', () => {
    const sdl = 'type Query { things: [Thing!]! parts: Int } type Thing @key(fields: "id") { id: ID! kind: Kind } enum Kind { LARGE SMALL } input Make { a: Int }';
    const marked = markGraph(sdl, { 'Query.things': entry, 'Thing.kind': entry, 'Kind.SMALL': entry, 'Make.a': entry });
    expect([...marked.matchAll(/(\w+)[^\n]*@deprecated\(reason: "([^"]*)"\)/g)].map(([, name, why]) => [name, why])).toEqual(
      [['things', reason], ['kind', reason], ['SMALL', reason], ['a', reason]]);
    expect(composeSupergraph(new Map([['things', marked]])).match(/@deprecated\(reason: "Use parts/g)).toHaveLength(4);
    expect(markGraph(sdl, {})).toBe(sdl);
    expect(() => parse(marked)).not.toThrow();
  });
});

describe('the credit codes of the sandbox', () => {
  it('are valid, each its own, and written down', () => {
    const codes = sandboxOutcomes.map(({ creditCode }) => creditCode);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect([code, checkCreditCode(code)]).toEqual([code, expect.objectContaining({ kind: 'CREDIT_CODE', regionCode: '500101' })]);
    const documented = [...read('docs/sandbox.md').matchAll(/^\| `(\w{18})` \| (\w+) \| (.*) \|$/gm)].map(([, ...cells]) => cells);
    expect(documented).toEqual(sandboxOutcomes.map(({ creditCode, outcome, description }) => [creditCode, outcome, description]));
  });

  it('are never those that stand for something else now', () => {
    expect(sandboxOutcomes.slice(0, 5).map(({ creditCode }) => creditCode)).toEqual(
      ['91500101MA5T00010Y', '91500101MA5T00029U', '91500101MA5T00037N', '91500101MA5T00045H', '91500101MA5T00117A']);
  });
});
