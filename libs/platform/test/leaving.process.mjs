// @ts-check
/** The platform's `run` with a Fastify application in place of Nest's: what leaving.e2e.spec.ts starts and stops. */
import { createInterface } from 'node:readline';
import { registerDrain } from '@finharbor/platform/leaving/drain';
import { run } from '@finharbor/platform/boot/run';
import { CONFIG } from '@finharbor/platform/config/config';
import fastify from 'fastify';

const lines = createInterface(process.stdin);
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

await run(async () => {
  const server = fastify({ return503OnClosing: false });
  registerDrain(server);
  server.get('/health/ready', async () => 'ready');
  server.get('/quick', async () => 'quick');
  server.get('/slow', () => {
    say('begun');
    return new Promise((resolve) => { lines.once('line', () => resolve('slow')); });
  });
  const config = { PORT: 0, HOST: '127.0.0.1', SHUTDOWN_LINGER_MS: Number(process.argv[2]) };
  let url = '';
  return /** @type {any} */ ({
    get: (/** @type {symbol} */ token) => (token === CONFIG ? config : { info: () => say(url), error: say }),
    getHttpServer: () => server.server,
    getUrl: async () => url,
    listen: async () => { url = await server.listen({ port: 0, host: '127.0.0.1' }); },
    close: async () => { await server.close(); lines.close(); },
  });
});
for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGTERM', 'SIGINT'])) process.prependOnceListener(signal, () => setImmediate(() => say('leaving')));
