import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FinHarborClient } from '@finharbor/client/client';
import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import type { Role } from '@finharbor/security/tokens/caller';
// The launcher's own code starts the fleet, so that tests run what `npm start` runs.
import { loadDemonstration } from '../../../tools/demonstration.mjs';
import { type Fleet, type FleetOptions, fleetUrls, serviceEnvironment, startFleet } from '../../../tools/lib/fleet.mjs';
import { root } from '../../../tools/lib/workspace.mjs';
import { auditProblems, testAuditKey } from './audit.js';
import { createTestDatabase, type TestDatabase, testServers } from './database.js';

export interface DemoClient {
  clientId: string;
  clientSecret: string;
  organisation: string;
  organisationId: string;
  role: Role;
}

/** The gateway and all services as processes, on a database and a queue prefix of their own. */
export class TestFleet {
  clients: DemoClient[] = [];

  constructor(
    private readonly fleet: Fleet,
    readonly database: TestDatabase,
    /** Its own folder: the administrators' credentials, the demonstration's clients and marker, `logs/<service>.log`. */
    readonly dir: string,
  ) {}

  get url(): string {
    return this.fleet.url;
  }

  get services(): Fleet['services'] {
    return this.fleet.services;
  }

  /** Holds the log of each service, as `<name>.log`. */
  get logDir(): string {
    return join(this.dir, 'logs');
  }

  /** Loads the demonstration district through the public API, as `npm start` does. */
  async loadDemonstration(): Promise<void> {
    await loadDemonstration({ url: this.url, adminCredentialsFile: join(this.dir, 'admin-client.json'), dataDir: this.dir, onProgress: () => undefined });
    this.clients = JSON.parse(readFileSync(join(this.dir, 'demo-clients.json'), 'utf8')) as DemoClient[];
  }

  credentials(role: Role, index = 0): DemoClient {
    const found = this.clients.filter((one) => one.role === role)[index];
    if (!found) throw new Error(`The demonstration has no ${role} number ${index}.`);
    return found;
  }

  /** A client in the name of the n-th demonstration organisation of a role, or of nobody. */
  client(role?: Role, index = 0): FinHarborClient {
    if (!role || role === 'anonymous') return new FinHarborClient({ baseUrl: this.url });
    const { clientId, clientSecret } = this.credentials(role, index);
    return new FinHarborClient({ baseUrl: this.url, clientId, clientSecret });
  }

  /** The system administrator that the launcher made, or another of the three by what its file begins with. */
  administrator(which: '' | 'security-' | 'audit-' = ''): FinHarborClient {
    const { clientId, clientSecret } = JSON.parse(readFileSync(join(this.dir, `${which}admin-client.json`), 'utf8')) as DemoClient;
    return new FinHarborClient({ baseUrl: this.url, clientId, clientSecret });
  }

  /** Waits until no event is on its way any more in any service, and clocks and ledgers have followed every demand and issue. */
  async settle(): Promise<void> {
    const open = serviceNames.map(schemaOf).map((schema) =>
      `(select count(*) from ${schema}.outbox) + (select count(*) from ${schema}.delivery where acked_at is null)`)
      .concat(`(select count(*) from loan_matching.due where kind = 'demand-move')`, `(select count(*) from feedback.due where kind = 'issue-step')`).join(' + ');
    const giveUp = Date.now() + 60_000;
    for (;;) {
      const [{ left }] = await this.database.query<{ left: number }>(`select (${open})::int as left`);
      if (left === 0) return;
      if (Date.now() > giveUp) throw new Error(`${left} events and envelopes did not settle.`);
      await pause(20); // lets the fleet have the cores
    }
  }

  /** Events that a service could not apply, as `service: event: error`. */
  async deadLetters(): Promise<string[]> {
    const tables = serviceNames.map((name) => `select '${name}: ' || name || ': ' || error as parked from ${schemaOf(name)}.dead_letters`);
    return (await this.database.query<{ parked: string }>(tables.join(' union all '))).map(({ parked }) => parked);
  }

  /** What is wrong with the audit trails, in words, when the services have sealed all they wrote. */
  auditProblems(): Promise<string[]> {
    return auditProblems({ database: this.database, dir: join(this.dir, 'audit') });
  }

  /**
   * How many rows each table has: what a request that was refused must not have changed. Seals, messages, records of requests and
   * the sandbox's looks at referrals are made in their own time.
   */
  async rowCounts(): Promise<Record<string, number>> {
    const tables = await this.database.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1)
       and tablename not in ('audit_seals', 'messages', 'message_notices', 'requests') and (schemaname, tablename) <> ('enterprise_lists', 'due') order by 1`,
      [serviceNames.map(schemaOf)]);
    const [row] = await this.database.query<Record<string, number>>(
      `select ${tables.map(({ name }) => `(select count(*)::int from ${name}) as "${name}"`).join(', ')}`);
    return row;
  }

  async stop(): Promise<void> {
    await this.fleet.stop();
    await this.database.drop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface TestFleetOptions {
  /** One that is migrated already, with the password of `testServers()`; a clone of the template unless given. */
  database?: TestDatabase;
  /** Where the services find the database, when something stands in between. */
  databaseUrl?: string;
  redisUrl?: string;
  /** Without it the district is empty but for the operator. */
  demonstration?: boolean;
  env?: Record<string, string>;
  /** Starts the processes that answer at these addresses; one of each unless given. */
  start?: (options: FleetOptions, urls: Record<string, string>) => Promise<Fleet>;
}

export async function startTestFleet(
  { database: given, databaseUrl, redisUrl = testServers().redisUrl, demonstration = true, env, start = startFleet }: TestFleetOptions = {},
): Promise<TestFleet> {
  const database = given ?? await createTestDatabase();
  const dir = mkdtempSync(join(tmpdir(), 'finharbor-fleet-'));
  const secret = (): string => randomBytes(32).toString('base64url');
  const options = {
    databaseUrl: databaseUrl ?? database.adminUrl, redisUrl, queuePrefix: `{${database.name}}`, logDir: join(dir, 'logs'), auditDir: join(dir, 'audit'),
    filesDir: join(dir, 'files'), messagesDir: join(dir, 'messages'),
    env: { AUDIT_SEAL_SECONDS: '1', RATE_LIMIT_FACTOR: '0', MESSAGE_GATHER_SECONDS: '0', QUIET_HOURS: '', ...env },
    secrets: { appPassword: testServers().appPassword, serviceKey: secret(), fieldKeys: `k1:${secret()}`, auditKey: testAuditKey },
  };
  const urls = await fleetUrls();
  const bootstrap = spawnSync(process.execPath, [join(root, 'apps/partners/dist/bootstrap.js')], {
    env: { ...serviceEnvironment('partners', options, urls), ADMIN_CREDENTIALS_FILE: join(dir, 'admin-client.json') }, encoding: 'utf8',
  });
  if (bootstrap.status !== 0) throw new Error(`bootstrap: ${bootstrap.stdout}${bootstrap.stderr}`);
  const fleet = new TestFleet(await start(options, urls), database, dir);
  if (demonstration) await fleet.loadDemonstration();
  return fleet;
}
