import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { schemaOf, type ServiceName } from '@finharbor/contracts/services';
import type { Caller, Role } from '@finharbor/security/tokens/caller';
import { auditProblems, testAuditKey } from '@finharbor/testing/audit';
import { bearerOf } from '@finharbor/testing/callers';
import { type TestDatabase, testServers } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { type Fleet, fleetUrls, startFleet } from '../../../tools/lib/fleet.mjs';
import { Run } from '../../../tools/lib/run.mjs';
import { newSecrets } from '../../../tools/lib/workspace.mjs';
import { Witness } from './database-client.js';

/** Some real services as processes of their own, without a gateway: what breaks between one service and its database shows here. */
export class Services {
  secrets = { ...newSecrets(), appPassword: testServers().appPassword, auditKey: testAuditKey };
  private readonly dir = mkdtempSync(join(tmpdir(), 'finharbor-faults-'));
  private fleet?: Fleet;

  private constructor(readonly run: Run, readonly database: TestDatabase, readonly names: ServiceName[]) {}

  static async start(
    database: TestDatabase, names: ServiceName[],
    { databaseUrl = database.adminUrl, redisUrl = testServers().redisUrl, env = {}, flags, restart, secrets }: {
      databaseUrl?: string; redisUrl?: string; env?: Record<string, string>; flags?: string[]; restart?: boolean; secrets?: Services['secrets'];
    } = {},
  ): Promise<Services> {
    const services = new Services(new Run('fleet'), database, names);
    services.secrets = secrets ?? services.secrets;
    services.fleet = await startFleet({
      databaseUrl, redisUrl, queuePrefix: `{${newId()}}`, logDir: join(services.dir, 'logs'),
      auditDir: services.auditDir, only: names, flags, restart, run: services.run,
      secrets: services.secrets, env: { AUDIT_SEAL_SECONDS: '1', RATE_LIMIT_FACTOR: '0', ...env },
    }, await fleetUrls());
    return services;
  }

  /** The checkpoints of the audit trails. */
  get auditDir(): string {
    return join(this.dir, 'audit');
  }

  of(name: ServiceName): Fleet['services'][string] {
    return this.fleet!.services[name];
  }

  url(name: ServiceName): string {
    return this.of(name).url;
  }

  bearer(caller: Caller, name: ServiceName): string {
    return bearerOf(caller, name, this.secrets.serviceKey);
  }

  /** Waits until nothing is on its way any more between these services, nothing was given up, and the audit is whole. */
  async settle(consumers: ServiceName[] = this.names): Promise<void> {
    const open = this.names.map(schemaOf).map((schema) =>
      `(select count(*) from ${schema}.outbox) + (select count(*) from ${schema}.delivery where acked_at is null and consumer = any($1))`).join(' + ');
    await until('every event took effect', async () =>
      (await this.database.query<{ left: number }>(`select (${open})::int as left`, [consumers]))[0].left === 0, 60_000);
    const parked = this.names.map((name) => `select '${name}: ' || name || ': ' || error as parked from ${schemaOf(name)}.dead_letters`);
    expect(await this.database.query(parked.join(' union all '))).toEqual([]);
    expect(await auditProblems({ database: this.database, dir: this.auditDir }, this.names)).toEqual([]);
  }

  async stop(): Promise<void> {
    await this.run.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export const callerOf = (role: Role): Caller => ({ role, organisationId: newId(), clientId: `faults-${role}` });

/** Banks that draft products and publish them: one event for each, and a copy at loan-matching. Every answer is kept. */
export class Banks {
  readonly witness: Witness;
  readonly bank = callerOf('bank');
  /** What was acknowledged. */
  readonly created = new Set<string>();
  readonly published = new Set<string>();
  private running = true;
  private readonly done: Promise<unknown>;

  private constructor(private readonly services: Services, lanes: number) {
    this.witness = new Witness(services.url('product-catalog'));
    this.done = Promise.all(Array.from({ length: lanes }, () => this.work()));
    this.done.catch(() => undefined);
  }

  static start(services: Services, lanes = 8): Banks {
    return new Banks(services, lanes);
  }

  /** Waits until so many more products were published. */
  async more(count: number, withinMs = 60_000): Promise<void> {
    const goal = this.published.size + count;
    await until(`${count} more products`, () => this.published.size >= goal, withinMs);
  }

  /** Lets every bank finish what it began. */
  async stop(): Promise<void> {
    this.running = false;
    await this.done;
  }

  /** Compares what was acknowledged with what there is: products, their audit trail and their copies at the other service. */
  async judge(): Promise<{ acknowledged: number; lost: number; doubled: number }> {
    await this.services.settle();
    const rows = await this.services.database.query<{ id: string; moves: number; made: number; told: number; copied: number }>(
      `select p.id, p.version as moves,
         (select count(*)::int from product_catalog.audit a where a.resource_id = p.id and a.action = 'product.create') as made,
         (select count(*)::int from product_catalog.audit a where a.resource_id = p.id and a.action = 'product.published') as told,
         (select count(*)::int from loan_matching.product_copies c where c.id = p.id and c.published) as copied
       from product_catalog.products p where p.org_id = $1`, [this.bank.organisationId]);
    const there = new Map(rows.map((row) => [row.id, row]));
    const isPublished = (row?: (typeof rows)[number]): boolean => row?.told === 1 && row.copied === 1;
    const lost = [...this.created].filter((id) => there.get(id)?.made !== 1).length
      + [...this.published].filter((id) => !isPublished(there.get(id))).length;
    const doubled = rows.filter(({ id, made, told, moves }) => !this.created.has(id) || made > 1 || told > 1 || moves > 1).length;
    return { acknowledged: this.created.size + this.published.size, lost, doubled };
  }

  private async work(): Promise<void> {
    while (this.running) {
      const authorization = (): string => this.services.bearer(this.bank, 'product-catalog');
      const product = { name: '故障贷', annualRateMin: '3.80', annualRateMax: '5.60', eligibility: { amountMin: '10000' } };
      const { body } = await this.insist('/v1/products', product, authorization);
      const id = String(body.id);
      this.created.add(id);
      await this.insist(`/v1/products/${id}/publication`, {}, authorization);
      this.published.add(id);
    }
  }

  /** A token lives a minute and an outage may last longer, so that each try has one of its own. */
  private insist(path: string, body: unknown, authorization: () => string): ReturnType<Witness['insist']> {
    return this.witness.insist(path, { body, get authorization() { return authorization(); } });
  }
}
