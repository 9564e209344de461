import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook, webhookPublicKey } from '@finharbor/client/webhooks';
import { startReceiver } from '../example-bank/receiver.mjs';
import { receiverChecks } from './receiver.mjs';
import { requirements, type Result, runChecks } from './requirements.mjs';

const privateKey = generateKeyPairSync('ed25519').privateKey;
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const key = webhookPublicKey(privateKey);
const ids = Object.keys(requirements).filter((id) => id.startsWith('R'));

/** What does not pass. */
async function failures(url: string): Promise<string[]> {
  const results: Result[] = await runChecks(receiverChecks(url, [privateKey, secret]), () => undefined);
  expect(results.map(({ id }) => id).sort()).toEqual([...ids].sort());
  return results.filter(({ outcome }) => outcome !== 'PASS').map(({ id }) => id).sort();
}

type Faulty = (message: { request: IncomingMessage; body: string }) => [number, string?];

/** Receivers that partners write, each wrong in its own way, and what is told them. */
const faulty: [what: string, expected: string[], answer: Faulty][] = [
  ['believes everything', ['R3', 'R4', 'R5', 'R6'], ({ body }) => [200, challengeOf(body)]],
  ['believes nothing', ['R1', 'R10', 'R11', 'R12', 'R2', 'R7', 'R9'], () => [401]],
  ['redirects', ['R1', 'R10', 'R11', 'R12', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R9'], () => [302]],
  ['says 410 to what it does not believe', ['R3', 'R4', 'R5', 'R6'], good(410)],
  ['fails over what it does not believe', ['R3', 'R4', 'R5', 'R6'], good(500)],
  ['does not look at the time', ['R6'], good(401, { toleranceSeconds: 1e9 })],
  ['verifies what it parsed and wrote anew', ['R12', 'R5'], ({ request, body }) => good(401)({ request, body: JSON.stringify(JSON.parse(body)) })],
  ['looks at the first signature alone', ['R11'], ({ request, body }) => {
    request.headers['webhook-signature'] = String(request.headers['webhook-signature']).split(' ')[0];
    return good(401)({ request, body });
  }],
  ['refuses what it does not know', ['R9'], ({ request, body }) => (body.includes('imagined') ? [400] : good(401)({ request, body }))],
  ['refuses members that it does not know', ['R10', 'R12'], ({ request, body }) => (/"(added|note)/.test(body) ? [400] : good(401)({ request, body }))],
  ['does not answer challenges', ['R2'], ({ request, body }) => [good(401)({ request, body })[0], 'ok']],
];

const challengeOf = (body: string): string => (JSON.parse(body) as { data: { challenge?: string } }).data.challenge ?? '';

/** A good one, but for what it says to what it does not believe. */
function good(refusal: number, rules = {}): Faulty {
  return ({ request, body }) => {
    try {
      verifyWebhook([key], { headers: request.headers, body }, rules);
      return [200, challengeOf(body)];
    } catch {
      return [refusal];
    }
  };
}

describe('the test of a receiver', () => {
  let server: Server;
  let answer: Faulty;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const [status, text] = answer({ request, body: Buffer.concat(await request.toArray() as Buffer[]).toString() });
      response.writeHead(status, { location: '/' }).end(text);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([['v1a', key], ['v1', secret]])('is passed by that of the example, with %s', async (_scheme, trusted) => {
    const seen = new Set<string>();
    const receiver = await startReceiver((event) => seen.add(event.id));
    receiver.keys.push(trusted);
    try {
      expect(await failures(receiver.url)).toEqual([]);
      expect(seen.size).toBe(7); // R1, R7, R9, R10, R12 and two of R11: a duplicate is one
    } finally {
      await receiver.close();
    }
  });

  it.each(faulty)('tells one that %s', async (_what, expected, how) => {
    answer = how;
    expect(await failures(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).toEqual(expected);
  });

  it('tells one that is not there', async () => {
    expect(await failures('http://127.0.0.1:9/')).toEqual([...ids].sort());
  });
});
