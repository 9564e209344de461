// @ts-check
/**
 * A TCP proxy as a process of its own, told over IPC what to do with the connections through it. Arguments: the port to
 * listen on, host and port of the target.
 */
import { connect, createServer } from 'node:net';

/**
 * What happens to a connection:
 * `pass`, `delay` (every packet comes so much later), `stall` (nothing is read any more, so that nothing is lost),
 * `drop` (what is sent vanishes, for good: a connection that lost something stays dumb for ever, as a real one would be).
 * `trap` (what is sent passes until it holds a text; from then on nothing comes back).
 * @typedef {'pass' | 'delay' | 'stall' | 'drop' | 'trap'} Mode
 */
/**
 * @typedef {object} Order
 * @property {number} id
 * @property {'open' | 'mode' | 'refuse' | 'reset'} what
 * @property {Mode} [mode]
 * @property {'both' | 'up' | 'down'} [way] up: from the client to the server
 * @property {'all' | 'old'} [of] old: the connections there are; those made later pass
 * @property {number} [ms]
 * @property {string} [text]
 */

const [ownPort, host, port] = process.argv.slice(2);
/** @type {Set<Line>} */
const lines = new Set();
/** @type {Required<Pick<Order, 'mode' | 'way' | 'ms' | 'text'>>} */
let rule = { mode: 'pass', way: 'both', ms: 0, text: '' };
/** @type {import('node:net').Server | undefined} */
let server;

/** One connection: the client's side and the server's. */
class Line {
  /** @param {import('node:net').Socket} client */
  constructor(client) {
    this.rule = rule;
    this.dumb = rule.mode === 'drop';
    this.client = client;
    // A connection that is made into the silence is taken by the network's own nobody: the server never hears of it.
    this.server = this.dumb ? undefined : connect({ host, port: Number(port), allowHalfOpen: true });
    client.setNoDelay(true);
    this.server?.setNoDelay(true);
    this.pipe(client, () => this.server, 'up');
    if (this.server) this.pipe(this.server, () => this.client, 'down');
    this.follow(rule);
  }

  /** @param {import('node:net').Socket} from @param {() => import('node:net').Socket | undefined} to @param {'up' | 'down'} way */
  pipe(from, to, way) {
    from.on('data', (data) => {
      this.hand(way, () => to()?.write(data));
      if (this.rule.mode === 'trap' && way === 'up' && data.includes(this.rule.text)) this.follow({ ...this.rule, mode: 'drop', way: 'down' });
    });
    from.on('end', () => this.hand(way, () => to()?.end()));
    from.on('error', () => undefined);
    from.on('close', () => this.hand(way, () => {
      to()?.destroy();
      lines.delete(this);
    }));
  }

  /** @param {'up' | 'down'} way @param {() => void} act */
  hand(way, act) {
    const concerns = this.rule.way === 'both' || this.rule.way === way;
    if (this.dumb && concerns) return;
    if (this.rule.mode === 'delay' && concerns) setTimeout(act, this.rule.ms);
    else act();
  }

  /** @param {typeof rule} next */
  follow(next) {
    if (this.dumb) return; // it lost something, and nobody sends that again
    this.rule = next;
    this.dumb = next.mode === 'drop';
    for (const [socket, way] of /** @type {const} */ ([[this.client, 'up'], [this.server, 'down']])) {
      if (next.mode === 'stall' && (next.way === 'both' || next.way === way)) socket?.pause();
      else socket?.resume();
    }
  }

  reset() {
    for (const socket of [this.client, this.server]) socket?.resetAndDestroy();
    lines.delete(this);
  }
}

const listen = () => new Promise((resolve, reject) => {
  server = createServer({ allowHalfOpen: true }, (client) => { lines.add(new Line(client)); });
  server.once('error', reject).listen(Number(ownPort), '127.0.0.1', () => resolve(undefined));
});

/** Takes no connection any more; those there are go on. */
const refuse = () => new Promise((resolve) => {
  if (!server) return resolve(undefined);
  server.close();
  server = undefined;
  setImmediate(resolve);
});

process.on('message', async (/** @type {Order} */ { id, what, mode = 'pass', way = 'both', of = 'all', ms = 0, text = '' }) => {
  if (what === 'open' && !server) await listen();
  if (what === 'refuse') await refuse();
  if (what === 'reset') for (const line of lines) line.reset();
  if (what === 'mode') {
    const next = { mode, way, ms, text };
    for (const line of lines) line.follow(next);
    if (of === 'all') rule = next;
  }
  process.send?.({ id, lines: lines.size });
});
process.on('disconnect', () => process.exit());
