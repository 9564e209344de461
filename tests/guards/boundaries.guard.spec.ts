import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './sources.js';

/** Existing files, so that the type-aware rules know them; what they hold is replaced by what is planted. */
const app = 'apps/harbors/src/harbors.service.ts';
const appSpec = 'apps/harbors/test/harbors.e2e.spec.ts';
const platform = 'libs/platform/src/http/page.ts';
const platformSpec = 'libs/platform/test/delivery.e2e.spec.ts';
const database = 'libs/platform/src/database/migrate.ts';
const testing = 'libs/testing/src/app.ts';
const standards = 'libs/standards/src/text.ts';
const contracts = 'libs/contracts/src/ids.ts';
const security = 'libs/security/src/audit/audit.ts';
const client = 'libs/client/src/client.ts';
const demo = 'tools/demo/story.mjs';
const partnerTool = 'tools/example-bank/work.mjs';

const boundary = '@nx/enforce-module-boundaries';
const uses = (module: string): string => `import { x } from '${module}';\nx();\n`;

const forbidden: [path: string, text: string, rule: string][] = [
  [app, uses('@finharbor/partners/app.module'), boundary],
  [app, uses('../../partners/src/app.module.js'), boundary],
  [app, uses('apps/partners/src/app.module.js'), boundary],
  [app, "export { x } from '@finharbor/partners/app.module';\n", boundary],
  [app, "await import('@finharbor/partners/app.module');\n", boundary],
  [app, uses('../../../libs/contracts/src/ids.js'), boundary],
  [app, uses('@finharbor/client/client'), boundary],
  [app, uses('bullmq'), boundary],
  [app, "import type { Job } from 'bullmq';\nexport const x = (job: Job) => job;\n", boundary],
  [app, "await import('ioredis');\n", boundary],
  [app, uses('pg'), boundary],
  [app, uses('@finharbor/testing/app'), 'no-restricted-imports'],
  [app, uses('node:process'), 'no-restricted-imports'],
  [app, "import { forwardRef } from '@nestjs/common';\nforwardRef(() => 1);\n", 'no-restricted-imports'],
  [app, 'export const port = process.env.PORT;\n', 'no-restricted-properties'],
  [app, 'const { env } = process;\nexport const port = env.PORT;\n', 'no-restricted-properties'],
  [app, "export * from './harbor.entity.js';\n", 'no-restricted-syntax'],
  [app, 'export default class Harbors {}\n', 'no-restricted-exports'],
  [app, "console.log('here');\n", 'no-console'],
  [app, 'export const x = (y: any) => y;\n', '@typescript-eslint/no-explicit-any'],
  [app, 'Promise.resolve(1);\n', '@typescript-eslint/no-floating-promises'],
  [app, `export const x = [\n${'  1,\n'.repeat(300)}];\n`, 'max-lines'],
  [appSpec, "it.only('x', () => undefined);\n", 'no-restricted-syntax'],
  [appSpec, "jest.mock('../src/harbors.service.js');\n", 'no-restricted-syntax'],
  [platform, uses('@finharbor/harbors/harbors.service'), boundary],
  [platform, uses('@finharbor/testing/app'), boundary],
  [platform, uses('pg'), 'no-restricted-imports'],
  [platform, uses('../../../../tools/lib/workspace.mjs'), boundary],
  [platformSpec, uses('@finharbor/harbors/app.module'), boundary],
  [testing, uses('bullmq'), boundary],
  [testing, uses('@finharbor/harbors/app.module'), boundary],
  [standards, uses('@finharbor/contracts/ids'), boundary],
  [contracts, uses('@finharbor/platform/http/page'), boundary],
  [security, uses('@finharbor/platform/http/page'), boundary],
  [client, uses('@finharbor/contracts/ids'), boundary],
  [client, uses('@finharbor/standards/text'), boundary],
  [demo, uses('@finharbor/contracts/ids'), 'no-restricted-imports'],
  [demo, uses('../../apps/partners/src/app.module.js'), 'no-restricted-imports'],
  [demo, uses('pg'), 'no-restricted-imports'],
  [demo, "await import('@finharbor/platform/database/migrate');\n", 'no-restricted-syntax'],
  [partnerTool, uses('@finharbor/contracts/ids'), 'no-restricted-imports'],
];

const allowed: [path: string, text: string][] = [
  ...['contracts/ids', 'platform/http/page', 'security/audit/audit', 'standards/text'].map((lib): [string, string] => [app, uses(`@finharbor/${lib}`)]),
  [app, uses('./harbor.entity.js')],
  [appSpec, uses('@finharbor/testing/app')],
  [platform, uses('bullmq')],
  [platform, uses('@finharbor/security/audit/audit')],
  [platformSpec, uses('@finharbor/testing/app')],
  [platformSpec, uses('@finharbor/platform/http/page')],
  [database, uses('pg')],
  [testing, uses('pg')],
  [testing, uses('../../../tools/lib/fleet.mjs')],
  [testing, uses('@finharbor/client/client')],
  [testing, 'export const port = process.env.PORT;\n'],
  [client, uses('node:crypto')],
  [demo, uses('@finharbor/client/client')],
];

/** The rules that each planted file breaks, by the configuration of `npm run lint`, with no project graph cached before. */
async function lint(files: [path: string, text: string][]): Promise<string[][]> {
  const cache = mkdtempSync(join(tmpdir(), 'finharbor-lint-'));
  try {
    const env = { ...process.env, NX_WORKSPACE_DATA_DIRECTORY: cache };
    const linting = promisify(execFile)(process.execPath, ['tests/guards/lint-planted.mjs'], { cwd: root, env });
    linting.child.stdin!.end(JSON.stringify(files));
    return JSON.parse((await linting).stdout) as string[][];
  } finally {
    rmSync(cache, { recursive: true });
  }
}

describe('boundaries', () => {
  let broken: string[][];
  beforeAll(async () => {
    broken = await lint([...forbidden.map(([path, text]): [string, string] => [path, text]), ...allowed]);
  }, 300_000);

  it.each(forbidden.map(([path, text, rule], at) => [path, text.split('\n')[0], rule, at] as const))('%s may not: %s', (_path, _text, rule, at) => {
    expect(broken[at]).toContain(rule);
  });

  it.each(allowed.map(([path, text], at) => [path, text.split('\n')[0], at] as const))('%s may: %s', (_path, _text, at) => {
    expect(broken[forbidden.length + at]).toEqual([]);
  });
});
