import type { Logger } from 'pino';
import type { Grace } from './grace.js';

/** Work that a process does again and again while it runs; the next time comes a pause after the last one ended. */
export class Recurring {
  isStopped = false;
  private timer?: NodeJS.Timeout;
  private running: Promise<unknown> = Promise.resolve();

  /** @param work gives the pause until the next time, in ms, where it is not `pauseMs`. A failure is logged under the name. */
  constructor(
    private readonly name: string,
    private readonly logger: Logger,
    private readonly pauseMs: number,
    private readonly work: () => Promise<number | void>,
  ) {}

  start(pauseMs = this.pauseMs): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.running = this.work().catch((error: unknown) => this.failed(error)).then((pause) => this.start(pause ?? this.pauseMs));
    }, pauseMs);
  }

  /** Lets what runs come to its end, within the time that there is. */
  async stop(grace: Grace): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await grace.wait(this.running);
  }

  private failed(error: unknown): void {
    if (!this.isStopped) this.logger.warn({ err: error }, this.name);
  }
}
