// @ts-check
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FinHarborClient } from '@finharbor/client/client';
import { FinHarborError } from '@finharbor/client/problem';
import { baseUrl, partnerOf } from '../lib/partner.mjs';
import { ClearError, dataDir, readJson, writeJson } from '../lib/workspace.mjs';
import { playBusiness } from './business.mjs';
import { Inbox } from './inbox.mjs';
import { startReceiver } from './receiver.mjs';
import { demands, issues, product, recalls, referrals } from './work.mjs';

/** @typedef {import('@finharbor/client/events').PublicEvent} PublicEvent */

/** @typedef {(bank: FinHarborClient) => Promise<string>} Work what it did, in words */

/** What is to be done about an event; of the others it is enough to know. @type {Record<string, Work>} */
const workFor = {
  'cn.finharbor.referrals.dispatched.v1': referrals,
  'cn.finharbor.referrals.recalled.v1': recalls,
  'cn.finharbor.demand.chosen.v1': demands,
  'cn.finharbor.issue.registered.v1': issues,
};
const folder = join(dataDir, 'example-bank');
/** By it the example knows its endpoint of a run before that was killed. */
const description = 'example-bank';
const testEventMs = 20_000;

const say = (/** @type {string} */ line) => console.log(line);
const isLocal = (/** @type {string} */ url) => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);

/**
 * A bank's whole job, or one pass over it.
 * @param {{ base?: string, file?: string, once: boolean, signal: AbortSignal }} options
 */
export async function runBank({ base, file, once, signal }) {
  const url = baseUrl(base);
  try {
    const bank = await connect(url, file);
    const inbox = new Inbox(join(folder, `inbox-${bank.clientId}.json`));
    say(await product(bank.client));
    const webhooks = await openWebhooks(url, bank.client, inbox);
    try {
      const played = isLocal(url) && await playBusiness(url, bank.client);
      if (played) say(played);
      await readFeed(bank.client, inbox);
      for (const work of [recalls, referrals, demands, issues]) say(await work(bank.client));
      inbox.done(inbox.open);
      if (!once) await Promise.race([work(bank.client, inbox, signal), follow(bank.client, inbox, signal)]);
    } finally {
      await webhooks?.close();
    }
    say('done');
  } catch (error) {
    if (signal.aborted) return;
    throw clearer(error, url);
  }
}

/** Our client, with a key of its own to sign decisions and a file for each receipt. @param {string} url @param {string} [file] */
async function connect(url, file) {
  const partner = await partnerOf(url, file);
  const { clientId } = partner;
  const keyFile = join(folder, `signing-key-${clientId}.json`);
  const signingKey = readJson(keyFile) ?? { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: `decisions-${clientId.slice(-6)}` };
  writeJson(keyFile, signingKey);
  const client = new FinHarborClient({
    ...partner, baseUrl: url, signingKey, onReceipt: (receipt) => writeJson(join(folder, 'receipts', `${receipt.id}.json`), receipt),
  });
  const { items } = await client.call('GET /v1/api-clients/{id}/signature-keys', { path: { id: clientId } });
  say(`token: ${partner.organisation ?? clientId} at ${url}, ${partner.privateKey ? `by the private key ${partner.privateKey.kid}, bound to a key of this run (DPoP)` : 'by the secret of a sandbox client'}`);
  if (items.every(({ kid }) => kid !== signingKey.kid)) {
    const { d: _, ...publicKey } = signingKey;
    const keys = [...items.map(({ jwk }) => JSON.parse(jwk)), publicKey];
    await client.call('POST /v1/api-clients/{id}/signature-keys', { path: { id: clientId }, body: { jwks: { keys } } });
  }
  say(`signatures: decisions are signed with ${signingKey.kid}, receipts are kept in ${join(folder, 'receipts')}`);
  return { client, clientId };
}

/**
 * An endpoint of ours for a receiver on this machine, tried out with a test event.
 * @param {string} url @param {FinHarborClient} bank @param {Inbox} inbox
 */
async function openWebhooks(url, bank, inbox) {
  if (!isLocal(url)) {
    say('webhooks: none, since the suite cannot reach this machine; the change feed has the same events');
    return undefined;
  }
  /** @type {(event: PublicEvent) => void} */
  let tested = () => {};
  const receiver = await startReceiver((event) => (event.type === 'cn.finharbor.webhook.test.v1' ? tested(event) : inbox.put(event)));
  const test = new Promise((resolve) => { tested = resolve; });
  try {
    for await (const old of bank.each('GET /v1/webhook-endpoints')) {
      if (old.description === description) await bank.call('DELETE /v1/webhook-endpoints/{id}', { path: { id: old.id } });
    }
    const endpoint = await bank.call('POST /v1/webhook-endpoints', { body: { url: receiver.url, description } });
    const { id, state, publicKey } = endpoint;
    if (state !== 'ACTIVE' || !publicKey) throw new ClearError(`The webhook endpoint is ${state}: ${endpoint.stateReason}`);
    receiver.keys.push(publicKey);
    say(`webhooks: endpoint ${id} is active, ${receiver.url} answered its challenge`);
    await bank.call('POST /v1/webhook-endpoints/{id}/test-events', { path: { id }, body: {} });
    const came = await Promise.race([test, pause(testEventMs, undefined, { ref: false })]);
    if (!came) throw new ClearError(`The test event did not come within ${testEventMs / 1_000} s.`);
    say(`webhooks: the test event came, and its signature is that of ${publicKey}`);
    return {
      close: async () => {
        await bank.call('DELETE /v1/webhook-endpoints/{id}', { path: { id } });
        await receiver.close();
      },
    };
  } catch (error) {
    await receiver.close();
    throw error;
  }
}

/** What happened while nobody listened. @param {FinHarborClient} bank @param {Inbox} inbox */
async function readFeed(bank, inbox) {
  let [read, fresh] = [0, 0];
  for await (const event of bank.events({ after: inbox.cursor, waitSeconds: 0, onCursor: (cursor) => inbox.keepCursor(cursor) })) {
    read += 1;
    if (inbox.put(event)) fresh += 1;
  }
  say(`change feed: ${read} events since the last time, ${fresh} of them new`);
}

/** For what webhooks could not bring. @param {FinHarborClient} bank @param {Inbox} inbox @param {AbortSignal} signal */
async function follow(bank, inbox, signal) {
  while (!signal.aborted) {
    try {
      const events = bank.events({ after: inbox.cursor, signal, onCursor: (cursor) => inbox.keepCursor(cursor) });
      for await (const event of events) inbox.put(event);
    } catch (error) {
      console.error(`change feed: ${/** @type {Error} */ (error).message}`);
      await pause(5_000, undefined, { signal }).catch(() => {});
    }
  }
}

/** @param {FinHarborClient} bank @param {Inbox} inbox @param {AbortSignal} signal */
async function work(bank, inbox, signal) {
  say('waiting for events; Ctrl-C ends');
  for (;;) {
    await inbox.filled(signal);
    if (signal.aborted) return;
    const events = [...inbox.open];
    try {
      for (const { type, subject } of events) say(`event: ${type} of ${subject}`);
      for (const one of new Set(events.map(({ type }) => workFor[type]))) if (one) say(await one(bank));
      inbox.done(events);
    } catch (error) {
      console.error(`work: ${/** @type {Error} */ (error).message}`); // the events stay, and with them the work
      await pause(5_000, undefined, { signal }).catch(() => {});
    }
  }
}

/** @param {unknown} error @param {string} url */
function clearer(error, url) {
  if (error instanceof FinHarborError) return new ClearError(error.message);
  const isAway = error instanceof TypeError && error.message === 'fetch failed';
  return isAway ? new ClearError(`Nothing answers at ${url}. Start the suite with npm start, or name another with --base.`) : error;
}
