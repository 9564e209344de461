import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testServers } from '@finharbor/testing/database';
import type { TestFleet } from '@finharbor/testing/fleet';
import { Redis } from 'ioredis';
import type { Canaries, Sighting } from './canaries.js';
import { RedisWatch } from './redis-watch.js';

/** Where what is in memory alone, or masked, or encrypted must never be found. */
export type PlaceKind = 'files' | 'server logs' | 'Redis' | 'Redis commands' | 'tables' | 'statements' | 'metrics' | 'database files' | 'write-ahead log';

interface Place {
  kind: PlaceKind;
  name: string;
  content: string | Buffer;
}

/** Planted data where it must not be. */
export interface Found extends Sighting {
  kind: PlaceKind;
  name: string;
}

/** Everything that a fleet leaves behind, from when it began to be watched. */
export class Places {
  /** What a fleet has no such thing of, to show that it would be seen: more metrics. */
  readonly metricsUrls: string[];

  private constructor(
    private readonly fleet: TestFleet, private readonly folders: string[], private readonly redis: RedisWatch,
    private readonly walFrom: string, private readonly dataFolder: string,
  ) {
    this.metricsUrls = Object.values(fleet.services).map(({ url }) => `${url}/metrics`);
  }

  /** @param folders where the fleet's processes may write, beside its own */
  static async watch(fleet: TestFleet, folders: string[]): Promise<Places> {
    const [{ wal, folder }] = await fleet.database.query<{ wal: string; folder: string }>(
      `select pg_walfile_name(pg_current_wal_lsn()) as wal, current_setting('data_directory') as folder`);
    return new Places(fleet, [fleet.dir, ...folders], await RedisWatch.begin(prefixOf(fleet)), wal, folder);
  }

  end(): void {
    this.redis.end();
  }

  /** What is seen where. */
  async search(canaries: Canaries): Promise<Found[]> {
    const found: Found[] = [];
    for await (const { kind, name, content } of this.all()) {
      const seen = canaries.in(content);
      if (seen.length === 0) continue;
      const where = kind === 'database files' ? await this.relation(name) : name;
      found.push(...seen.map((one) => ({ kind, name: where, ...one })));
    }
    return found;
  }

  private async* all(): AsyncGenerator<Place> {
    for (const folder of this.folders) for (const file of filesIn(folder)) yield { kind: 'files', name: file.slice(folder.length), content: readFileSync(file) };
    for (const name of ['postgres.log', 'redis.log']) {
      const file = join(dirname(this.dataFolder), name);
      if (existsSync(file)) yield { kind: 'server logs', name, content: readFileSync(file) };
    }
    for (const content of await this.redis.contents()) yield { kind: 'Redis', name: content.split(' ', 1)[0], content };
    yield { kind: 'Redis commands', name: 'MONITOR', content: (await this.redis.commands()).join('\n') };
    yield* this.tables();
    for (const url of this.metricsUrls) yield { kind: 'metrics', name: url, content: await (await fetch(url)).text() };
    yield* this.bytes();
  }

  private async* tables(): AsyncGenerator<Place> {
    const { database } = this.fleet;
    const tables = await database.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1`);
    for (const { name } of tables) {
      const rows = await database.query<{ row: string }>(`select t::text as row from ${name} t`);
      yield { kind: 'tables', name, content: rows.map(({ row }) => row).join('\n') };
    }
    const statements = await database.query<{ query: string }>('select query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
    yield { kind: 'statements', name: 'pg_stat_activity', content: statements.map(({ query }) => query).join('\n') };
  }

  /** Of the cluster's files those of this database, and the log of all since the watch began. */
  private async* bytes(): AsyncGenerator<Place> {
    const { database } = this.fleet;
    await database.query('checkpoint');
    const [{ oid, wal }] = await database.query<{ oid: string; wal: string }>(
      `select (select oid::text from pg_database where datname = current_database()) as oid, pg_walfile_name(pg_current_wal_lsn()) as wal`);
    for (const folder of [join(this.dataFolder, 'base', oid), join(this.dataFolder, 'base', 'pgsql_tmp')].filter((one) => existsSync(one))) {
      for (const file of filesIn(folder)) yield { kind: 'database files', name: file, content: contentOf(file) };
    }
    const segments = readdirSync(join(this.dataFolder, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= this.walFrom && name <= wal).sort();
    // Whole segments one after the other, with the end of the one before: a record may go over.
    let end = Buffer.alloc(0);
    for (const name of segments) {
      const content = Buffer.concat([end, contentOf(join(this.dataFolder, 'pg_wal', name))]);
      yield { kind: 'write-ahead log', name, content };
      end = content.subarray(-1_024);
    }
  }

  /** For the reader: the table or index that a file holds. */
  private async relation(file: string): Promise<string> {
    const node = /(\d+)(_\w+)?(\.\d+)?$/.exec(file)?.[1] ?? '0';
    const [known] = await this.fleet.database.query<{ name: string }>('select pg_filenode_relation(0, $1::oid)::regclass::text as name', [node]);
    return known?.name ?? file;
  }
}

/** Puts texts where nothing of the kind may be, which shows that they would be found. */
export async function plant({ database }: TestFleet, texts: readonly string[], encoded: readonly Buffer[]): Promise<void> {
  const redis = new Redis(testServers().redisUrl);
  await redis.hset(`{${database.name}}:canaries`, 'data', JSON.stringify(texts));
  redis.disconnect();
  await database.query('create table partners.canaries (text text, bytes bytea)');
  await database.query('insert into partners.canaries (text) select unnest($1::text[])', [texts]);
  for (const bytes of encoded) await database.query('insert into partners.canaries (bytes) values ($1)', [bytes]);
  // PostgreSQL's own log repeats what it cannot read.
  for (const text of texts) await database.query('select $1::text::int', [text]).catch(() => undefined);
}

const prefixOf = (fleet: TestFleet): string => `{${fleet.database.name}}`;

/** The files below a folder. One may go while they are listed. */
const filesIn = (folder: string): string[] => readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

const contentOf = (file: string): Buffer => (statSync(file, { throwIfNoEntry: false }) ? readFileSync(file) : Buffer.alloc(0));
