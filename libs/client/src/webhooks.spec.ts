import { generateKeyPairSync } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { type WebhookError, type WebhookRequest, type WebhookRules, verifyWebhook, webhookHeaders, webhookPublicKey, type WebhookSecret } from './webhooks.js';

const now = 1_800_000_000_000;
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const [privateKey, stranger] = [1, 2].map(() => generateKeyPairSync('ed25519').privateKey);
const publicKey = webhookPublicKey(privateKey);
const event = { specversion: '1.0', id: 'a0c1', type: 'cn.finharbor.demand.chosen.v1', subject: 'demand/1', data: { note: '中文' } };
const body = JSON.stringify(event);
const signed = (secrets: WebhookSecret[], change: Partial<{ id: string; body: string; now: number }> = {}): WebhookRequest =>
  ({ headers: webhookHeaders(secrets, { id: event.id, body, now, ...change }), body });

/** Why it is refused, or the type of the event. */
function found(keys: string[], request: WebhookRequest, rules: WebhookRules = {}): string {
  try {
    return verifyWebhook(keys, request, { now, ...rules }).type;
  } catch (error) {
    return (error as WebhookError).reason;
  }
}

describe('a webhook', () => {
  it('is verified as the published example of Standard Webhooks, and as its package signs and verifies', () => {
    const example = {
      headers: { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330', 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' },
      body: '{"test": 2432232314}',
    };
    expect(found([secret], example, { now: 1_614_265_330_000 })).toBe('body'); // it is no CloudEvent, and signed well
    expect(found([secret], { ...example, body: '{"test": 2432232315}' }, { now: 1_614_265_330_000 })).toBe('signature');
    const theirs = new Webhook(secret);
    const headers = { 'webhook-id': 'a0c1', 'webhook-timestamp': String(now / 1_000), 'webhook-signature': theirs.sign('a0c1', new Date(now), body) };
    expect(found([secret], { headers, body })).toBe(event.type);
    expect(theirs.verify(body, webhookHeaders([secret], { id: 'a0c1', body }))).toEqual(event);
  });

  it.each([['v1a', publicKey, privateKey], ['v1', secret, secret]] as const)('is read when its signature %s holds, from text, bytes and Headers', (_scheme, key, by) => {
    const request = signed([by]);
    expect(verifyWebhook([key], request, { now })).toEqual(event);
    expect(verifyWebhook([key], { ...request, body: Buffer.from(body) }, { now })).toEqual(event);
    expect(verifyWebhook([key], { ...request, headers: new Headers(request.headers as Record<string, string>) }, { now })).toEqual(event);
  });

  it('holds by any of several signatures and for any of several keys', () => {
    const next = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    expect(found([publicKey], signed([stranger, next, privateKey]))).toBe(event.type);
    expect(found([next, publicKey], signed([privateKey]))).toBe(event.type);
    expect(found([publicKey, secret], signed([stranger, next]))).toBe('signature');
  });

  it.each<[string, (request: WebhookRequest) => Partial<WebhookRequest>]>([
    ['another body', () => ({ body: `${body} ` })],
    ['another id', ({ headers }) => ({ headers: { ...headers, 'webhook-id': 'a0c2' } })],
    ['another time', ({ headers }) => ({ headers: { ...headers, 'webhook-timestamp': String(now / 1_000 + 1) } })],
    ['a signature cut short', ({ headers }) => ({ headers: { ...headers, 'webhook-signature': (headers as Record<string, string>)['webhook-signature'].slice(0, 20) } })],
    ['a scheme that is not known', ({ headers }) => ({ headers: { ...headers, 'webhook-signature': (headers as Record<string, string>)['webhook-signature'].replace(/^v1a?,/, 'v2,') } })],
    ['no comma', ({ headers }) => ({ headers: { ...headers, 'webhook-signature': 'v1a' } })],
  ])('does not hold with %s', (_what, change) => {
    for (const [key, by] of [[publicKey, privateKey], [secret, secret]] as const) {
      const request = signed([by]);
      expect(found([key], { ...request, ...change(request) })).toBe('signature');
    }
  });

  it('of one scheme does not pass for one of the other', () => {
    const { headers } = signed([secret]) as { headers: Record<string, string> };
    expect(found([publicKey], { headers: { ...headers, 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v1a,') }, body })).toBe('signature');
    expect(found([], signed([privateKey]))).toBe('signature');
  });

  it('is believed for 300 seconds, or as long as it is said', () => {
    for (const seconds of [-300, 300]) expect(found([publicKey], signed([privateKey], { now: now + seconds * 1_000 }))).toBe(event.type);
    for (const seconds of [-301, 301]) expect(found([publicKey], signed([privateKey], { now: now + seconds * 1_000 }))).toBe('timestamp');
    expect(found([publicKey], signed([privateKey], { now: now - 20_000 }), { toleranceSeconds: 10 })).toBe('timestamp');
    for (const text of ['', 'NaN', '1e9', ' 1', '-1']) {
      expect(['headers', 'timestamp']).toContain(found([publicKey], { body, headers: { ...signed([privateKey]).headers, 'webhook-timestamp': text } }));
    }
  });

  it('lacks nothing, and holds an event', () => {
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      expect(found([publicKey], { body, headers: { ...signed([privateKey]).headers, [name]: undefined } })).toBe('headers');
    }
    for (const other of ['', 'null', '[]', '{"type":1}', '{']) {
      expect(found([publicKey], { ...signed([privateKey], { body: other }), body: other })).toBe('body');
    }
  });

  it('is not verified with a secret that is too short to be one', () => {
    expect(() => verifyWebhook(['whsec_AAAA'], { ...signed([secret]) }, { now })).toThrow('24 bytes');
  });
});
