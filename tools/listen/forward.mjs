// @ts-check
import { webhookHeaders } from '@finharbor/client/webhooks';

/** As long as the platform waits. */
const patienceMs = 15_000;

/**
 * Sends an event as the platform sends it, once, and says how it went.
 * @param {import('@finharbor/client/events').PublicEvent} event @param {string} url
 * @param {import('@finharbor/client/webhooks').WebhookSecret[]} secrets
 */
export async function forward(event, url, secrets) {
  const body = JSON.stringify(event);
  const begun = Date.now();
  try {
    const answer = await fetch(url, {
      method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(patienceMs),
      headers: { 'content-type': 'application/cloudevents+json', ...webhookHeaders(secrets, { id: event.id, body }) },
    });
    const text = (await answer.text()).trim().slice(0, 200);
    return `${answer.status} in ${Date.now() - begun} ms${answer.ok || !text ? '' : `: ${text}`}`;
  } catch (error) {
    const { message, cause } = /** @type {Error & { cause?: { code?: string, message?: string } }} */ (error);
    return `failed: ${cause?.code ?? cause?.message ?? message}`;
  }
}
