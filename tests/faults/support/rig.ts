import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { schemaOf, type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { testAuditKey } from '@finharbor/testing/audit';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import { createTestDatabase, type TestDatabase, testServers } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { nodeFlags, serviceEnvironment } from '../../../tools/lib/fleet.mjs';
import { freePort } from '../../../tools/lib/processes.mjs';
import { Run, tail } from '../../../tools/lib/run.mjs';
import { root } from '../../../tools/lib/workspace.mjs';

/** Settings of rig-service.mjs and of the platform, for one process. */
export type Settings = Record<string, string | number>;

/** One process of the rig. */
export class RigProcess {
  private child?: ReturnType<Run['spawn']>;
  private port = 0;
  private starts = 0;
  /** False from when a test ended it on purpose. */
  isWanted = false;

  constructor(private readonly rig: Rig, readonly service: ServiceName, readonly name: string, private settings: Settings) {}

  get pid(): number {
    return this.child!.pid!;
  }

  get isAlive(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get log(): string {
    return join(this.rig.dir, `${this.name}.log`);
  }

  /** Starts it and waits until it serves, or, with `ready` off, does not wait. */
  async start(settings: Settings = {}, { ready = true } = {}): Promise<this> {
    this.settings = { ...this.settings, ...settings };
    this.port = await freePort();
    const { RIG_IMPORT, ...environment } = this.settings;
    const ledger = join(this.rig.dir, `${this.name}.${this.starts}.ledger`);
    this.child = this.rig.run.spawn(this.name, process.execPath, [
      ...nodeFlags, ...(RIG_IMPORT ? ['--import', String(RIG_IMPORT)] : []), join(root, 'tests/faults/support/rig-service.mjs'),
    ], {
      env: { ...this.rig.environment(this.service, this.port), RIG_LEDGER: ledger, ...texts(environment) },
      log: this.log, append: this.starts > 0,
    });
    this.starts += 1;
    this.isWanted = true;
    if (ready) await this.ready();
    return this;
  }

  /** Waits until it serves; fails with the end of its log when it ended instead. */
  async ready(): Promise<void> {
    await until(`${this.name} is ready; its log ends:\n${tail(this.log, 8)}`, async () => {
      if (!this.isAlive) throw new Error(`${this.name} ended (${this.child!.signalCode ?? this.child!.exitCode}):\n${tail(this.log, 8)}`);
      return (await this.health()) === 200;
    }, 60_000);
  }

  /** The status of /health/ready, 0 when nothing answers. */
  async health(): Promise<number> {
    return fetch(`http://127.0.0.1:${this.port}/health/ready`).then((answer) => answer.status, () => 0);
  }

  /** Asks its API as the system administrator, as the gateway would; POST when there is a body. */
  async ask<T>(path: string, body?: object): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method: body ? 'POST' : 'GET', body: body && JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': newId(), authorization: this.rig.bearer(this.service) },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json() as T;
  }

  /** SIGKILL, SIGSTOP, SIGCONT; after SIGKILL and SIGTERM waits for its end. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    const ends = signal === 'SIGKILL' || signal === 'SIGTERM';
    if (ends) this.isWanted = false;
    process.kill(this.pid, signal);
    if (ends) await until(`${this.name} ends`, () => !this.isAlive);
  }

  /** kill -9, and start it again with other settings. */
  async crash(settings: Settings = {}, options?: { ready: boolean }): Promise<void> {
    await this.signal('SIGKILL');
    await this.start(settings, options);
  }
}

const texts = (settings: Settings): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));

/** Services of the rig on a database of their own: the real platform, each service and replica a process of its own. */
export class Rig {
  readonly run = new Run('fleet');
  readonly dir = mkdtempSync(join(tmpdir(), 'finharbor-rig-'));
  readonly processes: RigProcess[] = [];
  private readonly secrets = { appPassword: testServers().appPassword, serviceKey: key(), fieldKeys: `k1:${key()}`, auditKey: testAuditKey };

  /** The administrator's URL, by the way the services take to the database. */
  databaseUrl: string;

  private constructor(readonly database: TestDatabase, public redisUrl: string) {
    this.databaseUrl = database.adminUrl;
  }

  static async create(redisUrl = testServers().redisUrl, database?: TestDatabase): Promise<Rig> {
    const rig = new Rig(database ?? await createTestDatabase(), redisUrl);
    await rig.database.query(serviceNames.map((service) => rigTables(schemaOf(service))).join('\n'));
    return rig;
  }

  /** Starts so many processes of each service, all at once. */
  async boot(numbers: Partial<Record<ServiceName, number>>): Promise<void> {
    const all = Object.entries(numbers).flatMap(([service, number]) =>
      Array.from({ length: number }, () => this.add(service as ServiceName)));
    await Promise.all(all.map((one) => one.start()));
  }

  /** A further process; several of one service are its replicas. It is not started yet. */
  add(service: ServiceName, settings: Settings = {}): RigProcess {
    const number = this.processes.filter((one) => one.service === service).length + 1;
    const made = new RigProcess(this, service, `${service}-${number}`, settings);
    this.processes.push(made);
    return made;
  }

  of(service: ServiceName): RigProcess[] {
    return this.processes.filter((one) => one.service === service);
  }

  environment(service: ServiceName, port: number): Record<string, string> {
    return serviceEnvironment(service, {
      databaseUrl: this.databaseUrl, redisUrl: this.redisUrl, queuePrefix: this.prefix, logDir: this.dir, secrets: this.secrets,
      env: { LOG_LEVEL: 'info', RIG_SERVICE: service },
    }, { gateway: 'http://127.0.0.1:3000', [service]: `http://127.0.0.1:${port}` });
  }

  bearer(service: ServiceName): string {
    return bearerOf(callerOf('system-administrator'), service, this.secrets.serviceKey);
  }

  get prefix(): string {
    return `{${this.database.name}}`;
  }

  /** What producers noted, line by line: `+ id name` tried, `= id name` promised, `clock id time`. */
  ledger(of = ''): string[] {
    const files = readdirSync(this.dir).filter((name) => name.endsWith('.ledger') && name.startsWith(of));
    return files.flatMap((file) => readFileSync(join(this.dir, file), 'utf8').split('\n').filter(Boolean));
  }

  /** The events that producers, or one of them, have promised so far. */
  promised(of?: RigProcess): string[] {
    return this.ledger(of && `${of.name}.`).filter((line) => line.startsWith('= ')).map((line) => line.split(' ')[1]);
  }

  async count(sql: string, parameters: unknown[] = []): Promise<number> {
    return Number((await this.database.query<{ count: string }>(sql, parameters))[0].count);
  }

  /** Ends everything. The logs stay when RIG_KEEP says so, for whoever looks for the reason of a failure. */
  async stop(): Promise<void> {
    for (const one of this.processes) if (one.isAlive) process.kill(one.pid, 'SIGKILL');
    await this.run.stop();
    await this.database.drop();
    if (process.env.RIG_KEEP) process.stderr.write(`logs in ${this.dir}\n`);
    else rmSync(this.dir, { recursive: true, force: true });
  }
}

const key = (): string => randomBytes(32).toString('base64url');

const rigTables = (schema: string): string => `
  create table ${schema}.rig_effects (event_id uuid not null, aggregate_id uuid not null, name text);
  create index on ${schema}.rig_effects (aggregate_id);
  create table ${schema}.rig_clocks (id uuid not null, due_at timestamptz not null, at timestamptz default clock_timestamp());
  create table ${schema}.rig_sources (id uuid primary key);
  create table ${schema}.rig_cures (at timestamptz default now());
  ${['effects', 'clocks', 'sources', 'cures'].map((name) => `
    comment on table ${schema}.rig_${name} is 'internal: the rig of the fault suite';
    grant select, insert on ${schema}.rig_${name} to ${schema}_worker, ${schema}_supervisor;`).join('')}`;
