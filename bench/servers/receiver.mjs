// @ts-check
/**
 * A receiver of webhooks, for `webhooks`: accepts everything, tells when what came of which dispatch, and never answers below /hang/
 * until it is told to cut these off. Says its port with its readiness.
 */
import { createServer } from 'node:http';
import { now, report, serve } from './parent.mjs';

const port = Number(process.argv[2]);
/** @type {Set<import('node:net').Socket>} */
const hanging = new Set();

const server = createServer((request, response) => {
  const at = now();
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url?.startsWith('/hang/')) return void hanging.add(request.socket);
    response.writeHead(204).end();
    const key = /"dispatchId":"([^"]+)"/.exec(Buffer.concat(chunks).toString())?.[1];
    report(1, key ? [{ key, at }] : []);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(port, '127.0.0.1', () => serve(() => {
  for (const socket of hanging) socket.destroy();
  hanging.clear();
}));
