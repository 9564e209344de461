// @ts-check
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FinHarborClient } from '@finharbor/client/client';
import { FinHarborError } from '@finharbor/client/problem';
import { baseUrl, partnerOf } from '../lib/partner.mjs';
import { localWebhookKeys } from '../lib/webhook-keys.mjs';
import { ClearError, dataDir, readJson, writeJson } from '../lib/workspace.mjs';
import { forward } from './forward.mjs';
import { History } from './history.mjs';

/**
 * @typedef {object} Options
 * @property {string} [base]
 * @property {string} [client]
 * @property {string} [forward-to]
 * @property {string} [types]
 * @property {string} [since]
 * @property {string} [replay]
 * @property {boolean} [history]
 */

const shown = 50;

/** @param {Options} options @param {AbortSignal} signal */
export async function listen(options, signal) {
  const url = baseUrl(options.base);
  const partner = await partnerOf(url, options.client);
  const folder = join(dataDir, 'listen', partner.clientId);
  const history = new History(join(folder, 'history.ndjson'));
  const to = targetOf(options['forward-to']);
  if (options.history) return history.entries().slice(-shown).forEach(show);
  if (options.replay) return replay(history, options.replay, to);

  const client = new FinHarborClient({ ...partner, baseUrl: url });
  const { secrets, secret, publicKey } = localWebhookKeys();
  console.log(`listening to ${url} as ${partner.organisation ?? partner.clientId}${to ? `, forwarding to ${to}` : ''}; Ctrl-C ends`);
  if (to) console.log(`signed with ${publicKey} (v1a) and ${secret} (v1): the same at every run`);
  const types = options.types?.split(',').filter(Boolean);
  const { after, from } = beginningOf(options.since);
  const cursorFile = join(folder, 'cursor.json');
  let cursor = options.since ? after : readJson(cursorFile)?.cursor ?? 'latest';
  const onCursor = (/** @type {string} */ next) => {
    if (next !== cursor) writeJson(cursorFile, { cursor: next });
    cursor = next;
  };
  while (!signal.aborted) {
    try {
      for await (const event of client.events({ after: cursor, types, signal, onCursor })) {
        if (from !== undefined && Date.parse(event.time) < from) continue;
        const entry = { at: new Date().toISOString(), event, outcome: to ? await forward(event, to, secrets) : 'not forwarded' };
        history.add(entry);
        show(entry);
      }
    } catch (error) {
      if (error instanceof FinHarborError && error.problem.status < 500) throw new ClearError(error.message);
      console.error(`${url} is away: ${/** @type {Error} */ (error).message}; trying again`);
      await pause(2_000, undefined, { signal }).catch(() => {});
    }
  }
}

/** @param {History} history @param {string} id @param {string | undefined} to */
async function replay(history, id, to) {
  const found = history.find(id);
  if (!found) throw new ClearError(`The history has no event ${id}. See npm run listen -- --history`);
  if (!to) throw new ClearError('Say where to: --forward-to URL');
  const entry = { at: new Date().toISOString(), event: found.event, outcome: await forward(found.event, to, localWebhookKeys().secrets) };
  history.add(entry);
  show(entry);
}

/** @param {string | undefined} text */
function targetOf(text) {
  if (text !== undefined && !/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) throw new ClearError(`${text} is no address to forward to.`);
  return text;
}

/** Where to begin: a cursor, and a time before which nothing is wanted. @param {string | undefined} since */
function beginningOf(since) {
  if (since === undefined || since === 'now') return { after: 'latest' };
  if (since === 'start') return {};
  const [, count, unit] = /^(\d+)([mhd])$/.exec(since) ?? [];
  const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }[/** @type {'m'} */ (unit)];
  const from = unitMs ? Date.now() - Number(count) * unitMs : Date.parse(since);
  if (Number.isNaN(from)) throw new ClearError(`--since ${since} is none of: now, start, 30m, 2h, 7d, or a time such as 2026-11-22T08:00:00Z`);
  return { from };
}

/** @param {import('./history.mjs').Entry} entry */
function show({ at, event, outcome }) {
  console.log(`${at}  ${event.type.replace(/^cn\.finharbor\.(.*)\.v1$/, '$1')}  ${event.subject}  ${event.id}  ${outcome}`);
}
