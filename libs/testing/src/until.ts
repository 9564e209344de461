import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer is not false, null or undefined; fails with `what` when it is not within the time. */
export async function until<T>(what: string, ask: () => Promise<T> | T, withinMs = 30_000): Promise<NonNullable<Exclude<T, false>>> {
  for (const giveUp = Date.now() + withinMs; ; await pause(25)) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) return answer as NonNullable<Exclude<T, false>>;
    if (Date.now() > giveUp) throw new Error(`Not within ${withinMs / 1000} s: ${what}.`);
  }
}
