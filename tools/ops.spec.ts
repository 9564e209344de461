import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/workspace.mjs';

const ops = (args: string[], env: Record<string, string> = {}): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [join(root, 'tools/ops.mjs'), ...args], { encoding: 'utf8', input: '', env: { ...process.env, NODE_OPTIONS: '', ...env } });

describe('npm run ops', () => {
  it('says what it can do, on a question and on what it does not know', () => {
    expect(ops(['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('person erase') });
    expect(ops(['delivery', 'dance'])).toMatchObject({ status: 1, stderr: expect.stringContaining('npm run ops -- COMMAND') });
  });

  it.each([['delivery', 'status'], ['delivery', 'list', 'harbors'], ['keys', 'list'], ['keys', 'fields']])('asks for an administrator before %s %s', (...args) => {
    expect(ops(args, { FINHARBOR_CREDENTIALS: '/nowhere' })).toMatchObject({ status: 1, stderr: expect.stringContaining('No administrator') });
  });

  it('asks whom a report is about, and takes nobody from the command line', () => {
    const credentials = { FINHARBOR_CLIENT_ID: 'x', FINHARBOR_CLIENT_SECRET: 'y', FINHARBOR_URL: 'http://127.0.0.1:9' };
    expect(ops(['person', 'report', '--reason', '本人查询'], credentials)).toMatchObject({ status: 1, stderr: expect.stringContaining('Say who') });
  });
});
