import { posix } from 'node:path';
import { code, planted, type Source } from './sources.js';

/**
 * What the demonstration and the partners' tools may load, through whatever file: Node and the partners' client, which lint holds
 * to Node alone.
 */
const outside = /^(node:|@finharbor\/client\/)/;
const imports = /\b(?:from|import)\s*\(?\s*(['"`])([^'"`]+)\1|\bimport\(([^'"`)]+)\)/g;

/** Everything that these files and the files they load import from elsewhere, other than what is allowed. */
function strayImports(files: Source[], entry: RegExp): string[] {
  const texts = new Map(files.map((file) => [file.path, file.text]));
  const waiting = [...texts.keys()].filter((path) => entry.test(path));
  const seen = new Set(waiting);
  const stray: string[] = [];
  for (const path of waiting) {
    const text = texts.get(path)!.replaceAll(/\/\*[\s\S]*?\*\//g, '');
    for (const [, , module, computed] of text.matchAll(imports)) {
      if (computed) stray.push(`${path}: import(${computed})`);
      else if (module.startsWith('.')) {
        const target = posix.join(posix.dirname(path), module);
        if (!texts.has(target)) stray.push(`${path}: ${module}`);
        else if (!seen.has(target)) waiting.push(target);
        seen.add(target);
      } else if (!outside.test(module)) stray.push(`${path}: ${module}`);
    }
  }
  return stray;
}

describe('the demonstration and the tools of partners', () => {
  const tools = code().filter(({ path }) => path.startsWith('tools/') && path.endsWith('.mjs'));
  const entry = /^tools\/(demo|example-bank|listen|conformance)(\.mjs|\/)/;

  it('exist', () => expect(tools.filter(({ path }) => entry.test(path)).length).toBeGreaterThan(15));

  it('import no app, no database driver and no lib but the client, nor does anything that they load', () => {
    expect(strayImports(tools, entry)).toEqual([]);
  });

  it.each([
    ["import pg from 'pg';", 'pg'],
    ["import { newId } from '@finharbor/contracts/ids';", '@finharbor/contracts/ids'],
    ["const { x } = await import('../../apps/harbors/dist/main.js');", '../../apps/harbors/dist/main.js'],
    ['await import(name);', 'import(name)'],
    ["import { startPostgres } from '../lib/postgres.mjs';", 'pg'],
  ])('bites: %s', (line, found) => {
    const problems = strayImports(planted(tools, 'tools/demo/planted.mjs', `${line}\n`), entry);
    expect(problems.some((problem) => problem.endsWith(`: ${found}`))).toBe(true);
  });
});
