// @ts-check
/** The limit of the `http` group: node:http, which does nothing but answer. */
import { createServer } from 'node:http';
import { page, report } from './items.mjs';

const server = createServer((_request, response) => {
  const body = JSON.stringify(page);
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) }).end(body);
});
server.listen(0, '127.0.0.1', () => report(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
