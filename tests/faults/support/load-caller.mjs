// @ts-check
/** How somebody of the load calls the suite: plain HTTP on connections of its own that are kept alive, each call told to the ledger. */
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** @typedef {import('./ledger.js').LedgerEntry} LedgerEntry */
/** @typedef {{ clientId: string, clientSecret: string, organisation: string, organisationId: string, role: string }} Credentials */
/** @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string }} Answer */
/** @typedef {{ query?: Record<string, string | number>, secret?: string, contentType?: string, facts?: Record<string, unknown> }} Asking */
/** @typedef {{ method: string, path: string, headers: Record<string, string>, body?: string }} Sending */

/** No gateway takes longer than this to answer. */
const patienceMs = 15_000;
/** So long a call is tried again that got no definite answer. */
const giveUpMs = 90_000;

/** Ends a story: its call was refused, or nobody knows what became of it. */
export class Abandoned extends Error {}

/** When a connection carried something last: what a failure tells about it. @type {WeakMap<object, number>} */
const lastUsed = new WeakMap();

/** What all callers of a load share. */
export class Desk {
  /**
   * @param {object} options
   * @param {string} options.url
   * @param {boolean} options.retries whether a call without a definite answer is tried again, with the same key
   * @param {string} options.run begins every key and every name that this load gives
   * @param {(entry: LedgerEntry) => void} options.write
   */
  constructor({ url, retries, run, write }) {
    this.url = new URL(url);
    this.retries = retries;
    this.run = run;
    this.write = write;
    this.stopping = false;
    this.calls = 0;
    /** @type {Map<string, { value: string, renewAt: number }>} */
    this.tokens = new Map();
  }

  /** A key that is also the id of the request, by which the audit trail tells what each call did. */
  newKey() {
    this.calls += 1;
    return `${this.run}-${this.calls}`;
  }

  /** @param {Credentials} [credentials] nobody in particular without */
  caller(credentials) {
    return new Caller(this, credentials);
  }
}

export class Caller {
  /** @param {Desk} desk @param {Credentials} [credentials] */
  constructor(desk, credentials) {
    this.desk = desk;
    this.credentials = credentials;
    this.agent = new Agent({ keepAlive: true });
  }

  /** @param {string} path @param {Asking} [asking] @returns {Promise<any>} */
  async get(path, asking = {}) {
    return this.call('read', `GET ${path.replaceAll(/[0-9a-f-]{36}/g, ':id')}`, { method: 'GET', path: pathOf(path, asking), headers: headersOf(asking) }, asking);
  }

  /**
   * A POST with an Idempotency-Key, the same at every try.
   * @param {string} op @param {string} path @param {unknown} body @param {Asking} [asking] @returns {Promise<any>}
   */
  async post(op, path, body, asking = {}) {
    const headers = { ...headersOf(asking), 'content-type': asking.contentType ?? 'application/json' };
    return this.call('write', op, { method: 'POST', path: pathOf(path, asking), headers, body: asking.contentType ? String(body) : JSON.stringify(body) }, asking);
  }

  /**
   * A query of the graph. Fields that could not be had are failures of the read.
   * @param {string} op @param {string} query @param {object} [variables] @returns {Promise<any>}
   */
  async ask(op, query, variables = {}) {
    return this.call('read', op, graph(query, variables), {});
  }

  /**
   * @param {string} op @param {string} mutation @param {object} variables @param {Record<string, unknown>} facts @returns {Promise<any>}
   */
  async mutate(op, mutation, variables, facts) {
    return this.call('write', op, graph(mutation, variables), { facts });
  }

  close() {
    this.agent.destroy();
  }

  /** @param {'read' | 'write'} kind @param {string} op @param {Sending} sending @param {Asking} asking */
  async call(kind, op, sending, asking) {
    const key = this.desk.newKey();
    const started = Date.now();
    for (let tries = 1; ; tries += 1) {
      const begun = Date.now();
      const { outcome, answer, error, body } = await this.attempt(sending, key, tries);
      const over = outcome !== 'unknown' || !this.desk.retries || Date.now() - started > giveUpMs;
      if (over) {
        this.desk.write({
          at: Date.now(), kind, op, key, outcome, status: answer?.status ?? 0, tries, ms: Date.now() - begun, waited: Date.now() - started,
          ...(error && { error }), ...(asking.facts && { facts: asking.facts }), ...(kind === 'write' && outcome === 'done' && { id: idOf(body) }),
        });
        if (outcome !== 'done') throw new Abandoned(`${op}: ${error}`);
        return body;
      }
      await pause(Math.min(1_000, 50 * 2 ** tries) * (0.5 + Math.random() / 2));
    }
  }

  /**
   * One try, and what is known after it.
   * @param {Sending} sending @param {string} key @param {number} tries
   * @returns {Promise<{ outcome: LedgerEntry['outcome'], answer?: Answer, error?: string, body?: any }>}
   */
  async attempt(sending, key, tries) {
    try {
      const authorization = await this.authorization();
      const answer = await this.send({
        ...sending, headers: { accept: 'application/json', ...sending.headers, ...authorization, 'idempotency-key': key, 'x-request-id': key },
      });
      return judge(answer, tries, sending.path === '/graphql');
    } catch (error) {
      return { outcome: 'unknown', error: `${/** @type {any} */ (error).code ?? ''} ${/** @type {Error} */ (error).message}`.trim() };
    }
  }

  /** @returns {Promise<Record<string, string>>} */
  async authorization() {
    if (!this.credentials) return {};
    const { clientId, clientSecret } = this.credentials;
    const known = this.desk.tokens.get(clientId);
    if (known && known.renewAt > Date.now()) return { authorization: `Bearer ${known.value}` };
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const started = Date.now();
    const answer = await this.send({
      method: 'POST', path: '/oauth/token', body: 'grant_type=client_credentials',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    });
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text.slice(0, 200)}`);
    const { access_token: value, expires_in: seconds } = JSON.parse(answer.text);
    this.desk.write({
      at: Date.now(), kind: 'read', op: 'POST /oauth/token', key: this.desk.newKey(), outcome: 'done', status: 200, tries: 1,
      ms: Date.now() - started, waited: Date.now() - started,
    });
    this.desk.tokens.set(clientId, { value, renewAt: Date.now() + (seconds - 30) * 1_000 });
    return { authorization: `Bearer ${value}` };
  }

  /** @param {Sending} sending @returns {Promise<Answer>} */
  send({ method, path, headers, body }) {
    const { hostname, port } = this.desk.url;
    const begun = Date.now();
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, method, path, agent: this.agent, headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) } });
      const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${patienceMs / 1_000} s`)), patienceMs);
      sent.once('close', () => clearTimeout(timer));
      let place = '';
      sent.once('socket', (socket) => {
        place = sent.reusedSocket ? `on a connection idle for ${Date.now() - (lastUsed.get(socket) ?? 0)} ms` : 'on a new connection';
        socket.once('close', () => lastUsed.delete(socket));
        sent.once('close', () => lastUsed.set(socket, Date.now()));
      });
      sent.on('error', (error) => reject(Object.assign(error, { message: `${error.message} ${place} after ${Date.now() - begun} ms` })));
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => { text += part; }).on('error', reject)
          .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      sent.end(body);
    });
  }
}

/** Answers that leave open what became of the call, or say that it may be tried again. */
const passing = new Set(['SERVICE_UNAVAILABLE', 'SERVICE_TIMEOUT', 'INTERNAL', 'RATE_LIMITED', 'IDEMPOTENCY_IN_FLIGHT']);

/**
 * @param {Answer} answer @param {number} tries @param {boolean} isGraph
 * @returns {{ outcome: LedgerEntry['outcome'], answer: Answer, error?: string, body?: any }}
 */
function judge(answer, tries, isGraph) {
  const body = parsed(answer.text);
  const codes = isGraph ? (body?.errors ?? []).map((/** @type {any} */ one) => one.extensions?.code ?? 'UNKNOWN') : answer.status < 300 ? [] : [body?.code ?? 'UNKNOWN'];
  if (body !== undefined && answer.status < 300 && codes.length === 0) return { outcome: 'done', answer, body: isGraph ? body.data : body };
  const error = `${answer.status} ${answer.text.slice(0, 300)}`;
  // A mutation has no key. That it is no longer allowed after a try without an answer means that the try was received.
  if (isGraph && tries > 1 && codes.every((/** @type {string} */ code) => code === 'ILLEGAL_STATE')) return { outcome: 'done', answer, body: body.data };
  const open = answer.status >= 500 || answer.status === 429 || body === undefined
    || codes.some((/** @type {string} */ code) => passing.has(code));
  return { outcome: open ? 'unknown' : 'refused', answer, error, body };
}

/** @param {string} text @returns {any} undefined when it is no JSON */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {any} body @returns {string | undefined} of the record that a write made or changed */
const idOf = (body) => body?.id ?? body?.demand?.id ?? body?.issue?.id ?? body?.it?.id;

/** @param {string} path @param {Asking} asking */
const pathOf = (path, { query }) => (query ? `${path}?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))}` : path);

/** @param {Asking} asking @returns {Record<string, string>} */
const headersOf = ({ secret }) => (secret ? { 'access-secret': secret } : {});

/** @param {string} query @param {object} variables @returns {Sending} */
const graph = (query, variables) => ({ method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
