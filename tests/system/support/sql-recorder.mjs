// @ts-check
/**
 * Loaded into every service before its own code (NODE_OPTIONS=--import): notes each statement that it sends to PostgreSQL,
 * with the role and the organisation of its transaction. Of statements that read the same, the first few of each role are kept.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

const kept = 4;
const file = join(process.env.SQL_RECORD_DIR ?? '.', `${process.pid}.jsonl`);
/** @type {Map<string, number>} */
const seen = new Map();
/** @typedef {{ role?: string, organisation?: string }} InNameOf */
/** @type {WeakMap<object, InNameOf>} */
const contexts = new WeakMap();
const send = pg.Client.prototype.query;

pg.Client.prototype.query = /** @type {typeof send} */ (/** @this {any} @param {any[]} all */ function query(...all) {
  const [text, parameters = []] = typeof all[0] === 'string' ? [all[0], Array.isArray(all[1]) ? all[1] : []] : [all[0].text, all[0].values];
  if (typeof text === 'string') note(this, text, parameters);
  // @ts-expect-error whatever it was called with
  return send.apply(this, all);
});

/**
 * What a setting is set to, in the statement itself or by a parameter.
 * @param {string} text @param {unknown[]} parameters @param {string} name
 */
function setting(text, parameters, name) {
  const [, literal, place] = new RegExp(`set_config\\('${name}', (?:'([^']*)'|\\$(\\d+))`).exec(text) ?? [];
  return literal ?? String(parameters[Number(place) - 1]);
}

/** @param {object} client @param {string} text @param {unknown[]} parameters */
function note(client, text, parameters) {
  if (text.includes("set_config('role'")) {
    contexts.set(client, { role: setting(text, parameters, 'role'), organisation: setting(text, parameters, 'app.org') });
    return;
  }
  const context = contexts.get(client);
  if (/^(begin|start transaction|commit|rollback)/i.test(text)) {
    contexts.delete(client);
    return;
  }
  if (!context) return;
  const key = `${context.role} ${text}`;
  const times = (seen.get(key) ?? 0) + 1;
  seen.set(key, times);
  if (times <= kept) appendFileSync(file, `${JSON.stringify({ ...context, text, parameters })}\n`);
}
