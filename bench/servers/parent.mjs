// @ts-check
/**
 * What a process of the `events` and `latency` groups says to the bench: that it is ready, how many events it has handled, and in
 * `latency` which and when. It ends with the bench.
 */

/** @typedef {{ key: string, at: number }} Moment of one event, in ms on the clock that all processes of the machine share */

/** Monotonic and the same in every process (Linux). */
export const now = () => Number(process.hrtime.bigint()) / 1e6;

let handled = 0;
/** @type {Moment[]} */
let moments = [];
/** @type {NodeJS.Timeout | undefined} */
let timer;

function flush() {
  timer = undefined;
  process.send?.({ handled, moments }, () => {}); // the bench may be gone
  [handled, moments] = [0, []];
}

/** Counts events, and tells the bench a few milliseconds later. @param {number} count @param {Moment[]} [when] */
export function report(count, when = []) {
  handled += count;
  moments.push(...when);
  timer ??= setTimeout(flush, when.length > 0 ? 3 : 10);
}

/** Says that it is ready and does what the bench asks. @param {(order: any) => unknown} obey */
export function serve(obey) {
  process.on('message', (order) => void obey(order));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: true });
}
