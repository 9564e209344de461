import { AuditKeys, packRows, trailColumns, type TrailRow } from '@finharbor/security/audit/seal';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Grace } from '../boot/grace.js';
import { Recurring } from '../boot/recurring.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';
import type { Tx } from '../tenancy/tx.js';
import { addSeal, endOfChain, lockChain, readSeals } from './chain.js';
import { Checkpoints } from './checkpoints.js';
import { Retention } from './retention.js';

/** Rows to a seal, at most: what a seal costs in memory, whatever waits. */
const batchSize = 1_000;
const linesAtOnce = 500;

/** The transactions that hold the writer's lock on the trail. */
const writers = (schema: string): string => `array(select virtualtransaction from pg_locks
  where relation = '${schema}.audit'::regclass and mode = 'RowExclusiveLock' and database = (select oid from pg_database where datname = current_database()))`;

/** Up to which number nothing can come any more, on this run of the server; and what will be so when certain writers have ended. */
interface Horizon {
  server: string;
  settled: number;
  asked?: { newest: number; writers: string[] };
}

/**
 * Seals committed rows of the audit trail, in any replica and one at a time, so that writers never wait for each other; then
 * writes the seals outside the database (architecture.md rule 12).
 *
 * A row's number is not the order of commits: a row may become visible behind others that were sealed before. Therefore a
 * seal takes every visible row that no seal has, and says up to which number nothing can come any more (`low`). That is
 * known from the locks: whoever draws a number holds the writer's lock on the table until its transaction ends, so the
 * numbers seen so far are settled when all who hold it now have let go. Nothing of that is stored, and no transaction
 * elsewhere holds it up: a restored database counts its transactions anew, and another service's may take an hour.
 */
@Injectable()
export class Sealer implements OnApplicationBootstrap, OnModuleDestroy {
  /** Why the checkpoints cannot be trusted to be complete; undefined while all is well. */
  checkpointFailure?: string;
  private horizon: Horizon = { server: '', settled: 0 };
  private readonly recurring: Recurring;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(CONFIG) config: ServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly keys: AuditKeys,
    private readonly checkpoints: Checkpoints,
    private readonly retention: Retention,
    private readonly grace: Grace,
  ) {
    this.recurring = new Recurring('audit', logger, config.AUDIT_SEAL_SECONDS * 1_000, () => this.seal().then(() => this.retention.prune()));
  }

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop(this.grace);
  }

  /** Seals what is committed and writes the checkpoints. Another replica that is at it leaves nothing to do. */
  async seal(): Promise<void> {
    while (await this.sealNext() === batchSize && !this.recurring.isStopped);
    await this.checkpoint();
  }

  /** One seal; gives how many rows it took. */
  private sealNext(): Promise<number> {
    return this.tenancy.worker(async (tx) => {
      if (!await lockChain(tx)) return 0;
      await this.settle(tx);
      const end = await endOfChain(tx);
      const rows = await tx.query<TrailRow>(
        `select ${trailColumns} from ${tx.schema}.audit t where t.id > $1 and not $2::int8multirange @> t.id order by t.id limit ${batchSize}`,
        [end.low, end.above],
      );
      if (rows.length === 0) return 0;
      const ids = rows.map(({ id }) => Number(id));
      const [first, last] = [ids[0], ids.at(-1)!];
      const { settled } = this.horizon;
      const low = Math.max(end.low, rows.length < batchSize ? settled : Math.min(settled, last));
      const [now] = await tx.query<{ writers: string[]; at: string; above: string }>(
        `select ${writers(tx.schema)} as writers, to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
           ($1::int8multirange + (select range_agg(int8range(id, id, '[]')) from unnest($2::bigint[]) id) - int8multirange(int8range(null, $3, '[]')))::text as above`,
        [end.above, ids, low],
      );
      this.horizon.asked ??= { newest: last, writers: now.writers };
      await addSeal(tx, this.service, this.keys, end, packRows(rows), {
        at: now.at, above: now.above, low, first, last, count: ids.length, total: end.total + ids.length,
      });
      return ids.length;
    });
  }

  /** Learns which numbers are settled. Rows must be read in a later statement, which sees all that has ended here. */
  private async settle(tx: Tx): Promise<void> {
    const [{ writers: now, server }] = await tx.query<{ writers: string[]; server: string }>(
      `select ${writers(tx.schema)} as writers, pg_postmaster_start_time()::text as server`);
    if (server !== this.horizon.server) this.horizon = { server, settled: 0 };
    const { asked } = this.horizon;
    if (!asked || asked.writers.some((one) => now.includes(one))) return;
    this.horizon = { server, settled: Math.max(this.horizon.settled, asked.newest) };
  }

  /** Writes the seals that the file lacks: those of this run, of other replicas, and of a run that ended between commit and file. */
  private async checkpoint(): Promise<void> {
    let failure: string | undefined;
    try {
      let last = await this.checkpoints.last();
      for (let more = true; more && !this.recurring.isStopped;) {
        const [known, ...seals] = await this.tenancy.worker(async (tx) => [
          last && (await readSeals(tx, 'number = $1', [last.number]))[0],
          ...await readSeals(tx, `number > $1 order by number limit ${linesAtOnce}`, [last?.number ?? 0]),
        ]);
        if (last && !known?.root.equals(last.root)) failure = `seal ${last.number} is not the one that was written as a checkpoint`;
        const written = seals.filter((seal) => seal !== undefined);
        if (written.length > 0) await this.checkpoints.append(written);
        last = written.at(-1) ?? last;
        more = written.length === linesAtOnce;
      }
    } catch (error) {
      failure = (error as Error).message;
    }
    if (failure && failure !== this.checkpointFailure) this.logger.error({ failure }, 'audit checkpoints');
    this.checkpointFailure = failure;
  }
}
