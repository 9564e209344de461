import { setTimeout as pause } from 'node:timers/promises';

const leastMs = 50;
const mostMs = 800;
/** Failures of a client that are older count no more. */
const windowMs = 60_000;
/** So many may wait at once: beyond, waiting would cost us more than those who fail. */
const mostWaiting = 100;

/**
 * Lets whoever failed to authenticate wait for the answer. For the first few times it is the same time whatever was wrong, so that
 * the time does not tell whether a client exists; a client that fails on and on waits longer each time. Whoever has the right key or
 * secret is answered at once all the while: a client is never locked for what others try in its name, or anybody could lock out a bank.
 */
export class FailedTries {
  private readonly clients = new Map<string, { failures: number; since: number }>();
  private waiting = 0;

  /** Waits after a failure. @param begun when the request came, on performance's clock */
  async wait(client: string, begun: number): Promise<void> {
    const failures = this.count(client);
    if (this.waiting >= mostWaiting) return;
    this.waiting += 1;
    const wanted = Math.min(mostMs, leastMs * 2 ** Math.max(0, failures - 5));
    await pause(Math.max(0, begun + wanted - performance.now()));
    this.waiting -= 1;
  }

  private count(client: string): number {
    const now = performance.now();
    const known = this.clients.get(client);
    const entry = known && now - known.since < windowMs ? known : { failures: 0, since: now };
    entry.failures += 1;
    this.clients.delete(client);
    if (this.clients.size >= 1_000) this.clients.delete(this.clients.keys().next().value!);
    this.clients.set(client, entry);
    return entry.failures;
  }
}
