import type { WebhookSigner, WebhookVerifier } from './webhook-keys.js';

/** How far the time of a webhook may lie from the clock of whoever verifies it, to either side, as the reference libraries have it. */
export const toleranceSeconds = 300;

/** What a webhook says of itself in its headers, beside the signatures. */
export interface SignedWebhook {
  /** `webhook-id`: the same whenever the event is sent again. */
  id: string;
  /** `webhook-timestamp`: when it was sent, in seconds since 1970. */
  timestamp: number;
  /** Byte by byte as it is sent. */
  body: Buffer | string;
}

/** The three headers as they came; their names in lower case. */
export interface WebhookHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/** `webhook-signature`: one signature with each key, so that the receiver may verify with any of them while keys are exchanged. */
export function signWebhook(webhook: SignedWebhook, signers: readonly WebhookSigner[]): string {
  if (!/^[^.\s]+$/.test(webhook.id)) throw new Error('The id of a webhook has neither dots nor spaces: they end it in what is signed.');
  const content = signedContent(webhook.id, String(webhook.timestamp), webhook.body);
  return signers.map((signer) => `${signer.version},${signer.sign(content).toString('base64')}`).join(' ');
}

/** Whether a webhook is of this time and one of its signatures is that of one of the keys. `now` in seconds since 1970. */
export function verifyWebhook(
  headers: WebhookHeaders, body: Buffer | string, verifiers: readonly WebhookVerifier[], now = Math.floor(Date.now() / 1_000),
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > toleranceSeconds) return false;
  const content = signedContent(id, timestamp, body);
  return signatures.split(' ').some((given) => {
    const [version, signature] = given.split(',', 2);
    return verifiers.some((one) => one.version === version && one.verify(content, Buffer.from(signature ?? '', 'base64')));
  });
}

const signedContent = (id: string, timestamp: string, body: Buffer | string): Buffer =>
  (typeof body === 'string' ? Buffer.from(`${id}.${timestamp}.${body}`) : Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]));
