// @ts-check
/** The load, as a process of its own: `startLoad` (load.ts) forks it, tells it where and as whom, and reads the ledger it leaves. */
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { Desk } from './load-caller.mjs';
import { mix, User } from './load-stories.mjs';

/** @typedef {import('./load-stories.mjs').StoryName} StoryName */
/**
 * @typedef {object} Order
 * @property {string} url @property {string} run @property {string} ledger file
 * @property {import('./load-caller.mjs').Credentials[]} clients
 * @property {number} users @property {number} thinkMs @property {boolean} retries @property {Partial<Record<StoryName, number>>} [mix]
 */

const counts = { done: 0, writes: 0, failed: 0 };
const report = () => process.send?.(counts);

process.once('message', (message) => {
  const order = /** @type {Order} */ (message);
  const file = openSync(order.ledger, 'a');
  const desk = new Desk({
    ...order,
    write(entry) {
      appendFileSync(file, `${JSON.stringify(entry)}\n`);
      if (entry.outcome !== 'done') counts.failed += 1;
      else if (entry.kind === 'write') counts.writes += 1;
      if (entry.outcome === 'done') counts.done += 1;
    },
  });
  const told = setInterval(report, 100);
  const names = Object.entries(order.mix ?? mix).flatMap(([name, often]) =>
    Array.from({ length: often ?? 0 }, () => /** @type {StoryName} */ (name)));
  const serial = { next: 1 };
  const users = Array.from({ length: order.users }, () => new User(desk, order.clients, serial));
  process.on('message', (word) => { if (word === 'stop') desk.stopping = true; });
  Promise.all(users.map((user) => user.live(names, order.thinkMs))).then(() => {
    clearInterval(told);
    closeSync(file);
    report();
    process.disconnect();
  }, (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
});
// Nobody is left to tell what it did.
process.on('disconnect', () => process.exit());
