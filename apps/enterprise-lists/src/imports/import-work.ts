import { DomainError } from '@finharbor/contracts/errors';
import { Grace } from '@finharbor/platform/boot/grace';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { newContext, runInContext } from '@finharbor/platform/logs/context';
import { LOGGER } from '@finharbor/platform/logs/token';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { ImportState } from './import-kinds.js';
import { ImportLeases, importWork, LeaseLost } from './import-leases.js';
import { ImportSteps } from './import-steps.js';
import { Import } from './import.entity.js';

/** Imports that one process works at: a large one shall not keep small ones waiting, and memory shall not be theirs. */
const mostAtOnce = 2;
/** Well within the lease. */
const heartbeatMs = 1_500;
/** An import that fails so often, without any chunk between, has met a defect of ours. */
const mostAttempts = 5;
const retrySeconds = 5;

/** Does the work of imports, in the background of whichever process takes them in hand. */
@Injectable()
export class ImportWork implements OnModuleDestroy {
  private readonly running = new Map<string, Promise<void>>();
  private readonly nudged = new Set<Promise<unknown>>();
  private readonly leaving = new AbortController();

  constructor(
    private readonly tenancy: Tenancy, private readonly leases: ImportLeases, private readonly steps: ImportSteps,
    private readonly grace: Grace, @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Takes the import in hand after the commit; where this process has enough to do, it wakes somebody a little later. */
  @OnDue(importWork)
  async begin({ aggregateId: id, organisationId: departmentId }: Pick<DueClock, 'aggregateId' | 'organisationId'>, tx: Tx): Promise<void> {
    const isBusy = this.leaving.signal.aborted || this.running.size >= mostAtOnce || this.running.has(id);
    if (isBusy) return this.leases.wake(tx, { id, departmentId }, 1);
    const claimed = await this.leases.claim(tx, id);
    if (claimed) return tx.onCommit(() => this.start(id, claimed.attempts));
    // Somebody has it in hand, perhaps locked; asked again when that should have ended.
    const [open] = await tx.query('select id from enterprise_lists.imports where id = $1 and wanted is not null', [id]);
    if (open) await this.leases.wake(tx, { id, departmentId }, heartbeatMs / 1_000);
  }

  /** Takes an import in hand at once, where there is room: its clock would be looked at a second later. */
  nudge({ id, departmentId }: Pick<Import, 'id' | 'departmentId'>): void {
    const begun = this.tenancy.worker((tx) => this.begin({ aggregateId: id, organisationId: departmentId }, tx))
      .catch(() => undefined).finally(() => this.nudged.delete(begun));
    this.nudged.add(begun);
  }

  /** When nothing is in hand here any more: for tests. */
  async idle(): Promise<void> {
    while (this.running.size + this.nudged.size > 0) await Promise.all([...this.running.values(), ...this.nudged]);
  }

  async onModuleDestroy(): Promise<void> {
    this.leaving.abort();
    await this.grace.wait(this.idle());
  }

  private start(id: string, attempts: number): void {
    const work = runInContext(newContext(), () => this.work(id, attempts)).catch((error: unknown) => this.logger.warn({ err: error, import: id }, 'import'));
    this.running.set(id, work.finally(() => this.running.delete(id)));
  }

  private async work(id: string, attempts: number): Promise<void> {
    const beat = setInterval(() => void this.beat(id), heartbeatMs);
    let pauseSeconds = 0;
    try {
      for (let imported = await this.find(id); imported?.wanted && !this.leaving.signal.aborted; imported = await this.find(id)) {
        await this.steps.take(imported.wanted, imported, this.leaving.signal);
      }
    } catch (error) {
      if (error instanceof LeaseLost) return;
      pauseSeconds = this.leaving.signal.aborted ? 0 : retrySeconds;
      const failure = this.failureOf(error, attempts);
      if (failure) await this.fail(id, failure);
    } finally {
      clearInterval(beat);
      await this.tenancy.worker((tx) => this.leases.release(tx, id, pauseSeconds));
    }
  }

  private find(id: string): Promise<Import | null> {
    return this.tenancy.worker((tx) => tx.manager.findOneBy(Import, { id }));
  }

  /** Says that this process lives, where no chunk does: a workbook may take a while until its first row. */
  private async beat(id: string): Promise<void> {
    await this.tenancy.worker((tx) => tx.query(
      `select id from enterprise_lists.imports where id = $1 for update skip locked`, [id]).then((free) => (free.length > 0 ? this.leases.keep(tx, id) : undefined)))
      .catch(() => undefined); // whoever lost it learns it from its next chunk
  }

  /** What is told of an error; undefined where it may pass, and the work is done again. */
  private failureOf(error: unknown, attempts: number): Import['failure'] | undefined {
    if (error instanceof DomainError && error.code !== 'SERVICE_UNAVAILABLE') {
      const problems = (error.errors ?? []).map(({ field, rule, message }) => ({ field, rule, message }));
      return { code: error.code, detail: error.message, problems };
    }
    if (this.leaving.signal.aborted) return undefined;
    this.logger.warn({ err: error, attempts }, 'import');
    return attempts < mostAttempts ? undefined : { code: 'INTERNAL', detail: 'Something went wrong here; ask for help, naming the import.', problems: [] };
  }

  /** What was applied stays so when it cannot be undone; everything else has failed. */
  private async fail(id: string, failure: Import['failure']): Promise<void> {
    await this.tenancy.worker(async (tx) => {
      const { state } = await this.leases.lock(tx, id);
      const ended = state === ImportState.APPLIED ? {} : { state: ImportState.FAILED, ended_at: new Date() };
      await this.leases.keep(tx, id, { ...ended, failure, wanted: null });
    });
  }
}
