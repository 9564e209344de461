import type { Caller } from '@finharbor/security/tokens/caller';
import type { EntityManager, QueryRunner } from 'typeorm';
import { copyIn } from './copy-in.js';
import { asOne, type Write } from './writes.js';
import type { Patiently } from '../database/transaction.js';
import { errorCode } from '../errors/is-transient.js';

/** So many writes travel together: a statement has at most 65,535 parameters, and a long one is planned long. */
const mostAtOnce = 100;

/** What PostgreSQL answers to whatever comes behind the statement that failed. */
const failedBefore = '25P02';

/** One transaction in the name of one caller, with that caller's view of the tables. */
export class Tx {
  /**
   * The data key of the person whom the answer shows in the clear: the answer, stored for a repeated request, is encrypted with it
   * too, and gone with it.
   */
  disclosed?: string;
  /** What nobody awaited: it is looked at with the commit, which travels behind it. */
  last?: Promise<unknown>;
  private putOff: Write[] = [];
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
    void this.send();
    return this.runner.manager;
  }

  /** Runs one statement and gives the rows it returns. Table names are written with their schema. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const sent = this.send();
    const asked = this.runner.query(sql, parameters, true);
    if (sent) {
      asked.catch(() => undefined); // when what went before it fails, so does this, without saying why
      await sent;
    }
    const result = await asked;
    return (result.records ?? []) as Row[];
  }

  /** Runs one `copy … from stdin` with these data, and gives how many rows they were. Nothing else may be under way meanwhile. */
  async copyFrom(sql: string, data: Uint8Array): Promise<number> {
    await this.send();
    return copyIn((await this.runner.connect()) as Parameters<typeof copyIn>[0], sql, data);
  }

  /** The last statement, whose rows nobody needs: the commit travels behind it, and fails when it does. */
  queryLast(sql: string, parameters: unknown[] = []): void {
    this.later(sql, parameters);
    void this.send();
  }

  /**
   * A write whose rows nobody needs. Those that follow one another go as one statement, before the next statement of the transaction or
   * with its commit; so no two of them may change the same row.
   */
  later(sql: string, parameters: readonly unknown[] = []): void {
    this.putOff.push({ sql, parameters });
    if (this.putOff.length === mostAtOnce) void this.send();
  }

  /** The same for a new row of an entity. What it does not have, not even as null, is left to the database. */
  insertLater<T extends object>(entity: new () => T, row: Partial<T>): void {
    const { connection } = this.runner;
    const { columns, tablePath } = connection.getMetadata(entity);
    const kept = columns.filter((column) => column.isInsert && column.getEntityValue(row) !== undefined);
    this.later(
      `insert into ${tablePath} (${kept.map(({ databaseName }) => databaseName).join(', ')}) values (${kept.map((_, index) => `$${index + 1}`).join(', ')})`,
      kept.map((column) => connection.driver.preparePersistentValue(column.getEntityValue(row), column) as unknown));
  }

  /** Runs behind everything else of the transaction, right before the commit: what takes a lock that many wait for. */
  atEnd(work: () => Promise<void>): void {
    this.ending.push(work);
  }

  /** Runs what was put off until the end. */
  async end(): Promise<void> {
    for (const work of this.ending) await work();
    void this.send();
  }

  /** Why the work failed: where a write that nobody awaited did, all that came behind it failed without saying why. */
  async cause(error: unknown): Promise<unknown> {
    const first: unknown = await this.last?.then(() => error, (reason: unknown) => reason);
    return first === undefined || errorCode(first) === failedBefore ? error : first;
  }

  /** Sends the writes that were put off; undefined when there are none. */
  private send(): Promise<unknown> | undefined {
    if (this.putOff.length === 0) return undefined;
    const { sql, parameters } = asOne(this.putOff.splice(0));
    const sent = this.runner.query(sql, [...parameters]);
    this.last = Promise.all([this.last, sent]);
    this.last.catch(() => undefined); // looked at with the commit
    return sent;
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
