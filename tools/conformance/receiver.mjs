// @ts-check
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { webhookHeaders } from '@finharbor/client/webhooks';
import { expect } from './requirements.mjs';

const limitMs = 15_000;

/** @typedef {import('@finharbor/client/webhooks').WebhookSecret} WebhookSecret */
/** How else an event is sent. @typedef {{ headers?: Record<string, string>, body?: string, now?: number, by?: WebhookSecret[] }} How */

/** An event as the platform tells it, of a record that does not exist. @param {string} type @param {object} data @param {object} [more] */
function eventOf(type, data, more) {
  return {
    specversion: '1.0', id: randomUUID(), source: 'https://conformance.invalid', type: `cn.finharbor.${type}.v1`, subject: `demand/${randomUUID()}`,
    time: new Date().toISOString(), datacontenttype: 'application/json', sequence: '1', recipient: randomUUID(), data, ...more,
  };
}

/**
 * What a partner's receiver must do, asked from outside, by its answers alone.
 * @param {string} url @param {WebhookSecret[]} secrets that it trusts
 * @returns {import('./requirements.mjs').Checks}
 */
export function receiverChecks(url, secrets) {
  let slowestMs = 0;
  /** @param {{ id: string }} event @param {How} [how] */
  async function send(event, how = {}) {
    const { body = JSON.stringify(event), now, by = secrets, headers = webhookHeaders(by, { id: event.id, body, now }) } = how;
    const begun = performance.now();
    const answer = await fetch(url, {
      method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(limitMs + 5_000), headers: { 'content-type': 'application/cloudevents+json', ...headers },
    });
    const text = (await answer.text()).trim();
    slowestMs = Math.max(slowestMs, Math.ceil(performance.now() - begun));
    return { status: answer.status, text };
  }
  const taken = (/** @type {{ status: number }} */ { status }) => {
    expect(status >= 200 && status < 300, `it answered ${status}`);
    return `it answered ${status}`;
  };
  const refused = (/** @type {{ status: number }} */ { status }) => {
    expect(status >= 400 && status < 500 && status !== 410, `it answered ${status}`);
    return `it answered ${status}`;
  };
  const test = (/** @type {object} */ more = {}) => eventOf('webhook.test', { endpointId: randomUUID() }, more);
  const strangers = () => [generateKeyPairSync('ed25519').privateKey, `whsec_${randomBytes(32).toString('base64')}`];
  const changed = (/** @type {string} */ signature) => signature.split(' ').map((one) => one.replace(/,(.)/, (_, first) => `,${first === 'A' ? 'B' : 'A'}`)).join(' ');

  return {
    R1: async () => taken(await send(test())),
    R2: async () => {
      const challenge = randomBytes(16).toString('base64url');
      const answer = await send(eventOf('webhook.challenge', { challenge }));
      expect(answer.text === challenge, `it answered ${answer.status} with another text`);
      return taken(answer);
    },
    R3: async () => {
      refused(await send(test(), { by: strangers() }));
      const event = test();
      const headers = webhookHeaders(secrets, { id: event.id, body: JSON.stringify(event) });
      return refused(await send(event, { headers: { ...headers, 'webhook-signature': changed(headers['webhook-signature']) } }));
    },
    R4: async () => {
      const event = test();
      const { 'webhook-signature': _, ...headers } = webhookHeaders(secrets, { id: event.id, body: JSON.stringify(event) });
      return refused(await send(event, { headers }));
    },
    R5: async () => {
      const event = test();
      const body = JSON.stringify(event);
      return refused(await send(event, { headers: webhookHeaders(secrets, { id: event.id, body }), body: `${body} ` }));
    },
    R6: async () => {
      refused(await send(test(), { now: Date.now() - 330_000 }));
      return refused(await send(test(), { now: Date.now() + 330_000 }));
    },
    R7: async () => {
      const event = test();
      taken(await send(event));
      return `${taken(await send(event))} again; whether its work was done once, look yourself: id ${event.id}`;
    },
    R9: async () => taken(await send(eventOf('conformance.imagined', { anything: { at: 'all' } }))),
    R10: async () => taken(await send(eventOf('webhook.test', { endpointId: randomUUID(), added: [1, { deep: true }] }, { addedextension: 'later' }))),
    R11: async () => {
      taken(await send(test(), { by: [...strangers(), ...secrets] }));
      return taken(await send(test(), { by: [...secrets, ...strangers()] }));
    },
    R12: async () => {
      const event = eventOf('webhook.test', { endpointId: randomUUID(), note: '中文与 \u2028 空格' });
      return taken(await send(event, { body: `${JSON.stringify(event, null, 2)}\n` }));
    },
    R8: async () => {
      expect(slowestMs > 0 && slowestMs <= limitMs, slowestMs ? `the slowest answer took ${slowestMs} ms` : 'there was no answer');
      return `the slowest answer took ${slowestMs} ms`;
    },
  };
}
