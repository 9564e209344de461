import type { Caller } from '@finharbor/security/tokens/caller';
import type { EntityManager, QueryRunner } from 'typeorm';
import { copyIn } from './copy-in.js';
import type { Patiently } from '../database/transaction.js';

/** One transaction in the name of one caller, with that caller's view of the tables. */
export class Tx {
  /**
   * The data key of the person whom the answer shows in the clear: the answer, stored for a repeated request, is encrypted with it
   * too, and gone with it.
   */
  disclosed?: string;
  /** The statement that travels with the commit. */
  last?: Promise<unknown>;
  private readonly ending: (() => Promise<void>)[] = [];
  private readonly afterCommit = new Set<() => void>();

  constructor(
    private readonly runner: QueryRunner,
    readonly schema: string,
    readonly caller: Caller | undefined,
    readonly requestId: string | undefined,
    /**
     * Runs work whose statements take longer than the few seconds that one may take: up to `ms` each, waiting for locks
     * included. For what says itself that it is long, such as one statement over every row of a large list.
     */
    readonly patiently: Patiently,
  ) {}

  /** The organisation in whose name the transaction runs. Throws for callers without one. */
  get organisationId(): string {
    if (!this.caller?.organisationId) throw new Error('This transaction runs in no organisation’s name.');
    return this.caller.organisationId;
  }

  /** TypeORM's view of this transaction. */
  get manager(): EntityManager {
    return this.runner.manager;
  }

  /** Runs one statement and gives the rows it returns. Table names are written with their schema. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const result = await this.runner.query(sql, parameters, true);
    return (result.records ?? []) as Row[];
  }

  /** Runs one `copy … from stdin` with these data, and gives how many rows they were. Nothing else may be under way meanwhile. */
  async copyFrom(sql: string, data: Uint8Array): Promise<number> {
    return copyIn((await this.runner.connect()) as Parameters<typeof copyIn>[0], sql, data);
  }

  /** The last statement, whose rows nobody needs: the commit travels behind it, and fails when it does. */
  queryLast(sql: string, parameters: unknown[] = []): void {
    this.last = this.query(sql, parameters);
    this.last.catch(() => undefined); // looked at with the commit
  }

  /** Runs behind everything else of the transaction, right before the commit: what takes a lock that many wait for. */
  atEnd(work: () => Promise<void>): void {
    this.ending.push(work);
  }

  /** Runs what was put off until the end. */
  async end(): Promise<void> {
    for (const work of this.ending) await work();
  }

  /** Runs once after the commit; the same function is kept only once. */
  onCommit(work: () => void): void {
    this.afterCommit.add(work);
  }

  /** Runs what was put off until the commit. What was saved stays saved, so failures are told and not thrown. */
  committed(failed: (error: unknown) => void): void {
    for (const work of this.afterCommit) {
      try {
        work();
      } catch (error) {
        failed(error);
      }
    }
  }
}
