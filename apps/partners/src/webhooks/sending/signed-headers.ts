import type { WebhookSigner } from '@finharbor/security/webhooks/webhook-keys';
import { signWebhook } from '@finharbor/security/webhooks/webhook-signature';

/** The headers of one attempt (Standard Webhooks 1.0): the id is the same whenever the event is sent, the time is the attempt's. */
export function signedHeaders(id: string, body: string, signers: readonly WebhookSigner[]): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1_000);
  return {
    'content-type': 'application/cloudevents+json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook({ id, timestamp, body }, signers),
  };
}
