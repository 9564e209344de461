import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { schemaOf } from '@finharbor/contracts/services';
import { migrateAll } from '@finharbor/platform/database/migrate';
import { type TestDatabase, testServers } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { Client } from 'pg';
import { asDatabaseUser, databaseUser, findBinaries, throughPrefix } from '../../../tools/lib/postgres-binaries.mjs';
import { ensureDatabase, initialise, runningPostmaster, throwawayFolder } from '../../../tools/lib/postgres.mjs';
import { freePort, processesIn } from '../../../tools/lib/processes.mjs';
import type { Run } from '../../../tools/lib/run.mjs';
import { tail } from '../../../tools/lib/run.mjs';

const password = 'postgres';
const common = [
  'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'timezone=UTC', 'synchronous_commit=on', 'restart_after_crash=on',
  // One call for the whole folder before the redo, instead of one for each of thousands of files.
  ...(process.platform === 'linux' ? ['recovery_init_sync_method=syncfs'] : []),
];

/** A PostgreSQL of one's own that writes through to its disk, and may be killed and started again on the same data and port. */
export class PostgresServer {
  private starts = 0;

  private constructor(
    private readonly run: Run, private readonly folder: string, readonly port: number, private readonly settings: string[],
  ) {}

  /** @param settings `['max_connections=20']`; @param folder one that the database user may enter, for the data */
  static async start(run: Run, settings: string[] = [], folder = throwawayFolder(run)): Promise<PostgresServer> {
    const server = new PostgresServer(run, folder, await freePort(), settings);
    const user = databaseUser();
    await initialise(server.data, findBinaries(user, () => folder), user, password, run, true);
    await server.start();
    return server;
  }

  get data(): string {
    return join(this.folder, 'pg');
  }

  get log(): string {
    return join(this.folder, 'postgres.log');
  }

  url(database = 'postgres', port = this.port): string {
    return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  }

  /** On the same data and port as before; resolves when it takes connections, which includes the redo after a crash. */
  async start(): Promise<void> {
    const lock = join(this.data, 'postmaster.pid');
    if (existsSync(lock)) rmSync(lock); // of a killed one: nobody stands in the folder any more
    const user = databaseUser();
    const { bin } = findBinaries(user, () => this.folder);
    const [command, args] = throughPrefix(user, join(bin, 'postgres'),
      ['-D', this.data, '-p', String(this.port), ...[...common, ...this.settings].flatMap((setting) => ['-c', setting])]);
    const child = this.run.spawn(`postgres ${this.port}`, command, args, {
      ...asDatabaseUser(user), log: this.log, append: this.starts > 0, signal: 'SIGINT', store: true,
    });
    this.starts += 1;
    await until('PostgreSQL is ready', () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`PostgreSQL ended:\n${tail(this.log, 20)}`);
      return this.isReady;
    }, 60_000);
  }

  /** Starts one that gave up, once all its processes have ended; or finds that it has come back by itself. */
  async restart(): Promise<void> {
    await until('PostgreSQL has ended or recovered', () => this.isReady || processesIn(this.data).length === 0);
    if (!this.isReady) await this.start();
  }

  get isReady(): boolean {
    return runningPostmaster(this.data)?.status === 'ready';
  }

  /** kill -9 of the postmaster and of everything it forked. */
  async kill(): Promise<void> {
    this.signalAll('SIGKILL');
    await this.ended();
  }

  /** SIGQUIT: an immediate stop, without a checkpoint, so that the next start has to redo. SIGINT: a fast one. */
  async stop(signal: 'SIGQUIT' | 'SIGINT'): Promise<void> {
    process.kill(this.postmaster, signal);
    await this.ended();
  }

  /** SIGSTOP of everything: the port is still there, and nobody answers. */
  freeze(): void {
    this.signalAll('SIGSTOP');
  }

  thaw(): void {
    this.signalAll('SIGCONT');
  }

  /** The processes that serve the connections of the suite, or of one service. */
  async backends(application = 'finharbor %'): Promise<number[]> {
    const rows = await this.query<{ pid: number }>(
      `select pid from pg_stat_activity where backend_type = 'client backend' and application_name like $1`, [application]);
    return rows.map(({ pid }) => pid);
  }

  /** The last lines of the server's log. */
  get said(): string {
    return readFileSync(this.log, 'utf8');
  }

  /** On a connection of its own, as superuser. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = [], database = 'postgres'): Promise<Row[]> {
    const client = await this.connect(database);
    try {
      return (await client.query(sql, parameters)).rows as Row[];
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** A connection as superuser, to hold something with: a lock, a place. Survives the server's end. */
  async connect(database: string): Promise<Client> {
    const client = new Client({ connectionString: this.url(database), application_name: 'fault suite', connectionTimeoutMillis: 10_000 });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** A migrated database with the logins of the services, asked on a new connection each time: it outlives every restart. */
  async database(name = 'faults'): Promise<TestDatabase> {
    const { appPassword } = testServers();
    const writeThrough = async (fsync: 'on' | 'off'): Promise<void> => {
      await this.query(`alter system set fsync = ${fsync}`);
      await this.query('select pg_reload_conf()');
    };
    await writeThrough('off'); // nobody relies on anything yet
    await ensureDatabase(this.url(name), '');
    await migrateAll({ url: this.url(name), appPassword });
    await writeThrough('on');
    await this.query('checkpoint');
    return {
      name,
      adminUrl: this.url(name),
      get admin(): never {
        throw new Error('The fault suite keeps no connection to a server that it kills.');
      },
      urlOf: (service) => this.url(name).replace(`postgres:${password}`, `${schemaOf(service)}_app:${appPassword}`),
      query: (sql, parameters) => this.query(sql, parameters, name),
      drop: () => Promise.resolve(), // the server goes with its folder
    };
  }

  private get postmaster(): number {
    const found = runningPostmaster(this.data);
    if (!found) throw new Error(`PostgreSQL does not run:\n${tail(this.log, 20)}`);
    return found.pid;
  }

  private signalAll(signal: NodeJS.Signals): void {
    for (const pid of processesIn(this.data)) {
      try {
        process.kill(pid, signal);
      } catch {
        // it has ended meanwhile
      }
    }
  }

  private async ended(): Promise<void> {
    await until('PostgreSQL and all its processes have ended', () => {
      if (processesIn(this.data).length === 0) return true;
      return false;
    });
  }
}
