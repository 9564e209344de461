import { setTimeout as pause } from 'node:timers/promises';
import { LOGGER } from '@finharbor/platform/logs/token';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';

/** How soon somebody is told of what another replica wrote. */
const everyMs = 500;
/** Between two looks, however much is going on here. */
const leastMs = 20;
/** Whoever comes when so many wait, here or of one organisation, is answered at once, and asks again. */
const [most, mostOfOne] = [2_000, 100];

interface Waiter {
  organisationId: string;
  /** The sequence that it has read up to. */
  after: bigint;
  end: (grown: boolean) => void;
}

/** Those who wait for their feed to grow. However many they are, a replica looks once for all of them, and only while somebody waits. */
@Injectable()
export class FeedWaiters implements OnModuleDestroy {
  /** How often it looked. */
  looks = 0;
  private readonly waiting = new Set<Waiter>();
  private stopped = false;
  private running = false;
  private dirty = false;
  private wake = new AbortController();

  constructor(@Inject(LOGGER) private readonly logger: Logger, private readonly tenancy: Tenancy) {}

  /** How many wait. */
  get count(): number {
    return this.waiting.size;
  }

  /**
   * Waits until the feed has more than up to `after`: true. False when the time is over, the reader is gone, or nobody may wait any more.
   */
  async wait(organisationId: string, after: bigint, ms: number, gone: AbortSignal): Promise<boolean> {
    if (this.stopped || gone.aborted || ms <= 0 || this.isFull(organisationId)) return false;
    return new Promise<boolean>((resolve) => {
      const end = (grown: boolean): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', leave);
        this.waiting.delete(waiter);
        resolve(grown);
      };
      const leave = (): void => end(false);
      const waiter = { organisationId, after, end };
      const timer = setTimeout(leave, ms);
      gone.addEventListener('abort', leave);
      this.waiting.add(waiter);
      // What was committed since the reader looked itself.
      this.look();
    });
  }

  /** Looks soon: something was committed here. */
  look(): void {
    this.dirty = true;
    this.wake.abort();
    if (this.running) return;
    this.running = true;
    void this.run();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    for (const { end } of this.waiting) end(false);
    this.wake.abort();
  }

  private isFull(organisationId: string): boolean {
    return this.waiting.size >= most || [...this.waiting].filter((one) => one.organisationId === organisationId).length >= mostOfOne;
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0) {
      this.dirty = false;
      this.wake = new AbortController();
      await this.lookOnce().catch((error: unknown) => this.logger.warn({ err: error }, 'feed'));
      await pause(leastMs);
      if (!this.dirty) await pause(everyMs, undefined, { signal: this.wake.signal }).catch(() => undefined);
    }
    this.running = false;
  }

  private async lookOnce(): Promise<void> {
    this.looks += 1;
    const organisations = [...new Set([...this.waiting].map(({ organisationId }) => organisationId))];
    const rows = await this.tenancy.worker((tx) => tx.query<{ id: string; sequence: string | null }>(
      'select id, (select max(sequence) from partners.feed_events where org_id = id_of.id) as sequence from unnest($1::uuid[]) id_of (id)', [organisations],
    ), { awaited: true });
    const ends = new Map(rows.map(({ id, sequence }) => [id, BigInt(sequence ?? 0)]));
    for (const { organisationId, after, end } of this.waiting) if ((ends.get(organisationId) ?? 0n) > after) end(true);
  }
}
