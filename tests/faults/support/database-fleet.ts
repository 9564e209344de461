import { setTimeout as pause } from 'node:timers/promises';
import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { Run } from '../../../tools/lib/run.mjs';
import { dishonest, type Told, Watcher, Witness } from './database-client.js';
import { judgeFleet } from './fleet-oracle.js';
import { Load } from './load.js';
import { PostgresServer } from './postgres.js';
import { Proxy } from './proxy.js';
import { type FaultRow, record } from './report.js';
import { RedisServer } from './servers.js';

/** What happens to the fleet, and what may be answered meanwhile. */
export interface Fault extends Pick<FaultRow, 'rows' | 'fault' | 'injected' | 'note'> {
  inject(): Promise<unknown>;
  /** Beside waiting until callers were told of it: what must be so while it lasts. */
  during?(): Promise<unknown>;
  end?(): Promise<unknown>;
  /** Whether requests fail while it lasts; without Redis they do not. */
  isFelt?: boolean;
  /** How long it lasts at least. */
  lastsMs?: number;
}

/** Longer than any answer may take: the gateway gives up after ten seconds. */
const answerMs = 11_000;
const readyMs = 2_500;
const paths = ['/v1/products?limit=5', '/v1/demands?limit=5', '/v1/issues?limit=5', '/v1/referrals?limit=5', '/v1/published-products?limit=5'];
const watched = new Set(paths.map((path) => path.replace(/\?.*/, '')));

/** The whole suite on a PostgreSQL and a Redis of its own, each behind a proxy. */
export class OwnFleet {
  private readonly run = new Run('fleet');
  server!: PostgresServer;
  redis!: RedisServer;
  postgresLine!: Proxy;
  redisLine!: Proxy;
  fleet!: TestFleet;

  /** @param settings of PostgreSQL */
  static async start(settings: string[] = [], folder?: string): Promise<OwnFleet> {
    const own = new OwnFleet();
    try {
      [own.server, own.redis] = await Promise.all([PostgresServer.start(own.run, settings, folder), RedisServer.start(own.run)]);
      [own.postgresLine, own.redisLine] = await Promise.all([Proxy.start(own.server.url()), Proxy.start(own.redis.url)]);
      const database = await own.server.database();
      own.fleet = await startTestFleet({ database, databaseUrl: own.postgresLine.through(database.adminUrl), redisUrl: own.redisLine.url });
      await own.fleet.settle();
      return own;
    } catch (error) {
      await own.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.fleet?.stop();
    await Promise.all([this.postgresLine?.stop(), this.redisLine?.stop()]);
    await this.run.stop();
  }

  /**
   * Lets people work, breaks something, mends it, and lets them work on; then compares what they were told with what there is.
   * Every answer of that time is a success or an honest refusal, readiness is told at once, and service is back in ten seconds.
   */
  async survives({ inject, during, end, isFelt = true, lastsMs = 0, ...row }: Fault, writes = 150): Promise<void> {
    const load = Load.start(this.fleet);
    let watcher: Watcher | undefined;
    try {
      await load.more(writes);
      watcher = await this.watch();
      await watcher.more(20);
      const begun = Date.now();
      await inject();
      if (isFelt) await until('callers are told of it', () => watcher!.witness.since(begun).some(({ status }) => status >= 500));
      await during?.();
      await pause(Math.max(0, begun + lastsMs - Date.now())); // the fault itself, not something that is waited for
      await end?.();
      const over = Date.now();
      const [answered, applied] = await Promise.all([this.answeredAgain(watcher, over), this.appliedSince(over)]);
      await load.more(writes);
      const told = await watcher.stop();
      const ledger = await load.stop();
      const { problems, ...verdict } = await judgeFleet(this.fleet, ledger);
      expect(problems).toEqual([]);
      expect(verdict).toMatchObject({ lost: 0, doubled: 0 });
      expect(misjudged(told)).toEqual([]);
      const recoverySeconds = Math.max(answered, applied);
      expect(recoverySeconds).toBeLessThan(10);
      record({ ...row, ...verdict, recoverySeconds });
    } finally {
      load.kill();
      await watcher?.stop();
    }
  }

  /** Asks for lists of five services through the gateway, and every service whether it is ready, all the time. */
  private async watch(): Promise<Watcher> {
    const { clientId, clientSecret } = this.fleet.credentials('bank');
    const answer = await fetch(`${this.fleet.url}/oauth/token`, {
      method: 'POST', body: 'grant_type=client_credentials',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`, 'content-type': 'application/x-www-form-urlencoded',
      },
    });
    const { access_token: token } = await answer.json() as { access_token: string };
    let turn = 0;
    return Watcher.start(this.fleet.url, async (witness) => {
      turn += 1;
      await witness.ask(paths[turn % paths.length], { authorization: `Bearer ${token}` });
      if (turn % 10 !== 0) return;
      const ready = await new Witness(this.fleet.services[serviceNames[turn / 10 % serviceNames.length]].url).ask('/health/ready');
      witness.told.push(ready);
    });
  }

  /** Seconds until every one of the lists was had again. */
  private async answeredAgain(watcher: Watcher, over: number): Promise<number> {
    const good = (): Told[] => watcher.witness.since(over).filter(({ status, path }) => status === 200 && watched.has(path));
    await until('every list is had again', () => new Set(good().map(({ path }) => path)).size === paths.length);
    return (Math.max(...[...watched].map((path) => good().find((one) => one.path === path)!.at)) - over) / 1_000;
  }

  /** Seconds until all that had been promised by now took effect. */
  private async appliedSince(over: number): Promise<number> {
    const schemas = serviceNames.map(schemaOf);
    const [{ now }] = await this.server.query<{ now: string }>('select now()::text as now');
    const count = (parts: string[]): string => `select (${parts.join(' + ')})::int as left`;
    const none = async (what: string, sql: string, parameter: unknown): Promise<void> => {
      await until(what, async () => (await this.fleet.database.query<{ left: number }>(sql, [parameter]))[0].left === 0);
    };
    await none('every event is on its way', count(schemas.map((schema) => `(select count(*) from ${schema}.outbox where created_at < $1::timestamptz)`)), now);
    const open = await this.fleet.database.query<{ id: string }>(
      schemas.map((schema) => `select id from ${schema}.delivery where acked_at is null`).join(' union all '));
    await none('every event took effect', count(schemas.map((schema) =>
      `(select count(*) from ${schema}.delivery where acked_at is null and id = any($1::uuid[]))`)), open.map(({ id }) => id));
    return (Date.now() - over) / 1_000;
  }
}

/** Readiness is answered at once, whatever it is; everything else is a success or an honest refusal. */
const misjudged = (told: readonly Told[]): string[] => [
  ...dishonest(told.filter(({ path }) => path !== '/health/ready'), { withinMs: answerMs, timeouts: true }),
  ...told.filter(({ path, status, ms }) => path === '/health/ready' && (ms > readyMs || ![200, 503].includes(status))).map(({ status, ms }) => `ready: ${status} after ${ms} ms`),
];
