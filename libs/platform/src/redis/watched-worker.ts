import { type Processor, Worker, type WorkerOptions } from 'bullmq';
import type { Logger } from 'pino';

export interface WorkerSettings {
  queue: string;
  options: WorkerOptions;
  logger: Logger;
  /** How many jobs wait; undefined when Redis cannot say. */
  waiting: () => Promise<number | undefined>;
  onError: (error: Error) => void;
  /** How long a worker may leave a queue alone in which something waits. */
  silenceMs?: number;
}

/**
 * A BullMQ worker that is replaced when it falls silent: its blocking connection may be lost without anybody noticing,
 * and a queue would then fill until the process is restarted.
 */
export class WatchedWorker {
  private worker: Worker;
  private running = 0;
  private heardAt = performance.now();
  private timer?: NodeJS.Timeout;
  private closed = false;

  private readonly silenceMs: number;

  constructor(private readonly process: Processor, private readonly settings: WorkerSettings) {
    this.silenceMs = settings.silenceMs ?? 4_000;
    this.worker = this.start();
    this.watch();
  }

  async close(force: boolean): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.worker.close(force);
  }

  private start(): Worker {
    const worker: Worker = new Worker(this.settings.queue, async (job, token) => {
      this.running += 1;
      this.heardAt = performance.now();
      try {
        return await this.process(job, token) as unknown;
      } finally {
        this.running -= 1;
        this.heardAt = performance.now();
      }
    }, this.settings.options);
    worker.on('error', (error) => { if (worker === this.worker) this.settings.onError(error); });
    return worker;
  }

  private watch(): void {
    this.timer = setTimeout(() => {
      void this.look().catch(() => undefined).finally(() => { if (!this.closed) this.watch(); });
    }, this.silenceMs / 4);
  }

  /** Silent is who does nothing, and did nothing for a while, although something waited all the time. */
  private async look(): Promise<void> {
    const waiting = await this.settings.waiting();
    if (!waiting || this.running > 0) this.heardAt = performance.now();
    if (this.closed || performance.now() - this.heardAt < this.silenceMs) return;
    this.settings.logger.warn({ queue: this.settings.queue, waiting }, 'a worker fell silent and is replaced');
    const silent = this.worker;
    this.heardAt = performance.now();
    this.worker = this.start();
    await silent.close(true);
  }
}
