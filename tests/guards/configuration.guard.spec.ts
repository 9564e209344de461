import { code, isSpec, planted, type Source, withoutComments } from './sources.js';

/** The one reader of the environment, what starts processes, and tests. */
const allowed = /^(libs\/platform\/src\/config|libs\/testing|(apps|libs)\/[^/]+\/test|tools|bench|tests)\//;

/** `process.env` in every spelling, also where lint does not look: through globalThis, in brackets, imported, taken apart. */
const environment = [
  /\bprocess\s*(\?\.|\.)\s*env\b/,
  /\bprocess\s*(\?\.)?\[/,
  /\{[^{}]*\benv\b[^{}]*\}\s*=\s*(globalThis\.)?process\b(?!\.)/,
  /(from|import|import\()\s*['"](node:)?process['"]/,
  /\bimport\.meta\.env\b/,
];

const readers = (files: Source[]): string[] => files
  .filter(({ path, text }) => !allowed.test(path) && !isSpec(path) && environment.some((pattern) => pattern.test(withoutComments(text))))
  .map(({ path }) => path);

describe('configuration', () => {
  it('is read from the environment in one place', () => expect(readers(code())).toEqual([]));

  it.each([
    'const port = process.env.PORT;',
    "const port = process['env'].PORT;",
    'const { env } = process;',
    'const { pid, env: settings } = globalThis.process;',
    'const port = globalThis.process?.env.PORT;',
    "import { env } from 'node:process';",
    "const { env } = await import('process');",
  ])('bites: %s', (line) => {
    const path = 'apps/harbors/src/planted.ts';
    expect(readers(planted([], path, line))).toEqual([path]);
  });

  it('leaves the exit code, comments and boot code alone', () => {
    expect(readers([
      { path: 'libs/platform/src/boot/planted.ts', text: '// like process.env\nprocess.exitCode = 1;\n' },
      { path: 'libs/platform/src/config/config.ts', text: 'process.env.PORT' },
      { path: 'tools/start.mjs', text: 'process.env.PORT' },
    ])).toEqual([]);
  });
});
