import { createHmac, createPublicKey, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import type { PublicEvent } from './events.js';
import { parseJson } from './problem.js';

/** A request as it came: the body byte by byte, before anything has read it. */
export interface WebhookRequest {
  headers: Headers | Readonly<Record<string, string | string[] | undefined>>;
  body: string | Uint8Array;
}

export interface WebhookRules {
  /** How far `webhook-timestamp` may be from our clock. */
  toleranceSeconds?: number;
  /** Our clock, in milliseconds since 1970. */
  now?: number;
}

/** Why a webhook is not to be believed. Answer it with 401, and do nothing. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';

  constructor(readonly reason: 'headers' | 'timestamp' | 'signature' | 'body', message: string) {
    super(message);
  }
}

/**
 * Verifies a webhook (Standard Webhooks 1.0) and reads its event. One of its signatures must be that of one of the keys: an endpoint's
 * `publicKey` (`whpk_…`, scheme v1a) or `secret` (`whsec_…`, v1), several while they rotate. Throws WebhookError.
 * An event may come more than once: it is the same event when `id` is the same.
 */
export function verifyWebhook(keys: readonly string[], request: WebhookRequest, rules: WebhookRules = {}): PublicEvent {
  const { toleranceSeconds = 300, now = Date.now() } = rules;
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => fieldOf(request.headers, name));
  if (!id || !timestamp || !signatures) throw new WebhookError('headers', 'A webhook has webhook-id, webhook-timestamp and webhook-signature.');
  const ageSeconds = now / 1_000 - Number(timestamp);
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(ageSeconds) > toleranceSeconds) {
    throw new WebhookError('timestamp', `webhook-timestamp ${timestamp} is not within ${toleranceSeconds} s of this clock.`);
  }
  const content = signedContent(id, timestamp, request.body);
  const given = signatures.split(' ').map((one) => one.split(',', 2));
  if (!keys.some((key) => given.some(([version, value]) => isSignature(key, content, version, value)))) {
    throw new WebhookError('signature', 'No signature of the webhook is that of a key of this endpoint.');
  }
  const event = parseJson(bytesOf(request.body).toString());
  if (typeof event?.type !== 'string') throw new WebhookError('body', 'The body is no CloudEvent.');
  return event as unknown as PublicEvent;
}

/** With what a sender signs: a private key of Ed25519 (v1a), a secret `whsec_…` (v1). */
export type WebhookSecret = KeyObject | string;

/** The headers of a webhook, with a signature by each secret. For tools and tests that stand in for the platform. */
export function webhookHeaders(
  secrets: readonly WebhookSecret[], { id, body, now = Date.now() }: { id: string; body: string; now?: number },
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1_000));
  const content = signedContent(id, timestamp, body);
  const signatures = secrets.map((secret) => (typeof secret === 'string'
    ? `v1,${hmac(secret, content).toString('base64')}` : `v1a,${sign(null, content, secret).toString('base64')}`));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/** The public key that belongs to a private one, as receivers are told it. */
export const webhookPublicKey = (key: KeyObject): string =>
  `whpk_${Buffer.from(String(createPublicKey(key).export({ format: 'jwk' }).x), 'base64url').toString('base64')}`;

function isSignature(key: string, content: Buffer, version: string, value = ''): boolean {
  const signature = Buffer.from(value, 'base64');
  if (version === 'v1' && key.startsWith('whsec_')) {
    const expected = hmac(key, content);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
  return version === 'v1a' && key.startsWith('whpk_') && signature.length === 64 && verify(null, content, publicKeyOf(key), signature);
}

const signedContent = (id: string, timestamp: string, body: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${id}.${timestamp}.`), bytesOf(body)]);

const bytesOf = (body: string | Uint8Array): Buffer => (typeof body === 'string' ? Buffer.from(body) : Buffer.from(body));

function hmac(secret: string, content: Buffer): Buffer {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  if (key.length < 24) throw new Error('A secret is whsec_ and at least 24 bytes in base64.');
  return createHmac('sha256', key).update(content).digest();
}

const publicKeyOf = (key: string): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key.slice('whpk_'.length), 'base64').toString('base64url') }, format: 'jwk' });

function fieldOf(headers: WebhookRequest['headers'], name: string): string | undefined {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  return typeof value === 'string' ? value : undefined;
}
