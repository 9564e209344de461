// @ts-check
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ClearError, dataDir, readJson, root } from '../lib/workspace.mjs';

/**
 * The suite at PORT, or one started for the length of the demo.
 * @returns {Promise<{ url: string, clients: any[], stop: () => Promise<void> }>}
 */
export async function reachSuite() {
  const url = `http://127.0.0.1:${process.env.PORT || 3000}`;
  const clients = () => {
    const found = readJson(join(dataDir, 'demo-clients.json'));
    if (!found) throw new ClearError(`${join(dataDir, 'demo-clients.json')} is missing: the suite at ${url} was started on another data folder. Set FINHARBOR_DATA_DIR to it.`);
    return found;
  };
  const ready = await fetch(`${url}/health/ready`).then((answer) => answer.ok, () => false);
  if (ready) return { url, clients: clients(), stop: async () => {} };
  console.log(`no suite at ${url}: starting one`);
  const child = spawn(process.execPath, [join(root, 'tools/start.mjs')], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      for (const line of text.split('\n')) if (line.startsWith('[')) console.log(line);
      if (/^ready /m.test(output)) resolve(undefined);
    });
    child.once('exit', () => reject(new ClearError(`The suite did not start:\n${output.slice(-2000)}`)));
  });
  return {
    url,
    clients: clients(),
    stop: () => new Promise((resolve) => {
      child.removeAllListeners('exit').once('exit', () => resolve());
      child.kill('SIGTERM');
    }),
  };
}
