import { Injectable } from '@nestjs/common';

/** How long a service that stops waits for work under way, in all. What it cuts off is done again elsewhere: nothing is lost. */
const graceMs = 1_500;

/** Whether the work succeeds within the time; it is not stopped when the time is up. */
export function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout;
  const timeout = new Promise<boolean>((resolve) => { timer = setTimeout(() => resolve(false), ms); });
  return Promise.race([work.then(() => true, () => false), timeout]).finally(() => clearTimeout(timer));
}

/** Shares out the time that a service has to stop in, so that it stops even when a server it waits for has gone. */
@Injectable()
export class Grace {
  private over?: number;

  /** Waits for the work to end, well or badly, but not beyond the time. */
  async wait(work: Promise<unknown>): Promise<void> {
    this.over ??= performance.now() + graceMs;
    await within(Math.max(0, this.over - performance.now()), work);
  }
}
