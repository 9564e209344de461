// @ts-check
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { verifyWebhook, WebhookError } from '@finharbor/client/webhooks';

/** @typedef {import('@finharbor/client/events').PublicEvent} PublicEvent */

/** Ours are far smaller. */
const largestBytes = 262_144;

/**
 * Where webhooks arrive. Each is verified over its bytes as they came, handed on, and answered at once: the work comes later.
 * @param {(event: PublicEvent) => unknown} take keeps the event before it returns
 */
export async function startReceiver(take) {
  const path = `/${randomUUID()}`;
  /** Keys of our endpoint; none while it is being made. @type {string[]} */
  const keys = [];
  const server = createServer(async (request, response) => {
    const [status, text] = request.method === 'POST' && request.url === path ? await receive(request, keys, take) : /** @type {const} */ ([404, '']);
    response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}${path}`,
    keys,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {import('node:http').IncomingMessage} request @param {string[]} keys @param {(event: PublicEvent) => unknown} take
 * @returns {Promise<[status: number, text: string]>}
 */
async function receive(request, keys, take) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > largestBytes) return [413, 'too large'];
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  try {
    // The first challenge comes while the endpoint is being made, before we are told its key. It is all that is answered then.
    const event = keys.length > 0 ? verifyWebhook(keys, { headers: request.headers, body }) : JSON.parse(String(body));
    if (event.type === 'cn.finharbor.webhook.challenge.v1') return [200, String(event.data.challenge)];
    if (keys.length === 0) return [401, 'no key yet'];
    await take(event);
    return [204, ''];
  } catch (error) {
    if (error instanceof WebhookError || error instanceof SyntaxError) return [401, error.message];
    console.error(error);
    return [500, '']; // it will come again
  }
}
