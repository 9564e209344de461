import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('leaving.process.mjs', import.meta.url));

interface Answer {
  status: number;
  connection: string | undefined;
  text: string;
}

/** A process of the suite as it runs in production, though with one slow route instead of a service's own. */
describe('a process that was told to stop', () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  afterAll(() => agent.destroy());

  async function launch(lingerMs: number) {
    const child = spawn(process.execPath, [program, String(lingerMs)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const said = async (): Promise<string> => (await lines.next()).value as string;
    return { child, said, url: await said() };
  }

  const ask = (url: string): Promise<Answer> => new Promise((resolve, reject) => {
    get(url, { agent }, (answer: IncomingMessage) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => { text += part; })
        .on('end', () => resolve({ status: answer.statusCode!, connection: answer.headers.connection, text }));
    }).on('error', reject);
  });

  it('serves on while it says that it leaves, on connections that end, and then ends', async () => {
    const { child, said, url } = await launch(60_000);
    expect(await ask(`${url}/health/ready`)).toEqual({ status: 200, connection: 'keep-alive', text: 'ready' });
    const begun = ask(`${url}/slow`);
    expect(await said()).toBe('begun');
    child.kill('SIGTERM');
    expect(await said()).toBe('leaving');
    child.stdin.write('answer\n');
    // What ran when the signal came is told as well that its connection ends.
    expect(await begun).toEqual({ status: 200, connection: 'close', text: 'slow' });
    expect(await ask(`${url}/health/ready`)).toEqual({ status: 503, connection: 'close', text: '{"status":"leaving"}' });
    expect(await ask(`${url}/quick`)).toEqual({ status: 200, connection: 'close', text: 'quick' });
    child.kill('SIGTERM'); // the second time, it does not linger
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('does not linger unless told, and finishes what runs', async () => {
    const { child, said, url } = await launch(0);
    const begun = ask(`${url}/slow`);
    expect(await said()).toBe('begun');
    child.kill('SIGINT');
    expect(await said()).toBe('leaving');
    child.stdin.write('answer\n');
    expect(await begun).toEqual({ status: 200, connection: 'close', text: 'slow' });
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
