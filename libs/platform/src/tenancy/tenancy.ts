import { audit } from '@finharbor/security/audit/audit';
import type { Caller, Role } from '@finharbor/security/tokens/caller';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { Grace } from '../boot/grace.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { Connections } from '../database/connections.js';
import { inTransaction } from '../database/transaction.js';
import { IdempotencyKeys } from '../idempotency/idempotency-keys.js';
import { currentContext } from '../logs/context.js';
import { LOGGER } from '../logs/token.js';
import { Tx } from './tx.js';

type DatabaseRole = 'app' | 'supervisor' | 'worker';

/** Which database role a caller's transactions run as. Applicants and anonymous callers see nothing by themselves. */
const databaseRoles: Record<Role, DatabaseRole> = {
  department: 'app', bank: 'app', area: 'app', insurer: 'app', guarantor: 'app', institution: 'app', 'harbor-staff': 'app',
  applicant: 'app', anonymous: 'app',
  supervisor: 'supervisor', dashboard: 'supervisor',
  'system-administrator': 'supervisor', 'security-administrator': 'supervisor', 'audit-administrator': 'supervisor',
};

/**
 * The only way to the database (architecture.md rule 6): a transaction whose role and organisation are set for its own
 * length, so that row level security decides what is seen. Nothing queries outside it.
 */
@Injectable()
export class Tenancy implements OnApplicationShutdown {
  private readonly connections: Connections;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly idempotencyKeys: IdempotencyKeys,
    private readonly grace: Grace,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.connections = new Connections(dataSource);
  }

  /** Closes the connections, last of all. */
  async onApplicationShutdown(): Promise<void> {
    await this.grace.wait(this.dataSource.destroy());
  }

  /** Runs a use case in the caller's name. */
  run<T>(caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction(databaseRoles[caller.role], caller, (tx) => this.idempotencyKeys.once(tx, work));
  }

  /**
   * Runs a use case of a caller that must reach beyond its own rows, such as an applicant, who has no organisation.
   * The reason must stand in the service's list of worker reasons, and is audited.
   */
  asWorker<T>(reason: string, caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (!this.service.workerReasons.includes(reason)) throw new Error(`"${reason}" is not a worker reason of ${this.service.name}.`);
    return this.transaction('worker', caller, (tx) => this.idempotencyKeys.once(tx, async () => {
      const result = await work(tx);
      await audit(tx, { action: `worker:${reason}`, resource: 'transaction', resourceId: null });
      return result;
    }));
  }

  /**
   * For the platform's own work in nobody's name: relay, consumers, clocks. Not for use cases. It waits for a connection
   * longer than a caller would; `awaited` when somebody waits for it all the same, as a client does for its token. `repeatable`
   * when nothing is lost if a crash of PostgreSQL undoes it: then its commit does not wait for the disk.
   */
  worker<T>(work: (tx: Tx) => Promise<T>, { awaited = false, repeatable = false } = {}): Promise<T> {
    return this.transaction('worker', undefined, work, { forCaller: awaited, repeatable });
  }

  private async transaction<T>(
    role: DatabaseRole, caller: Caller | undefined, work: (tx: Tx) => Promise<T>,
    { forCaller = caller !== undefined, repeatable = false } = {},
  ): Promise<T> {
    const { schema } = this.service;
    const context = { role: `${schema}_${role}`, organisationId: caller?.organisationId ?? '', readOnly: caller?.role === 'dashboard', forCaller, repeatable };
    let tx: Tx;
    const result = await inTransaction(this.connections, context, async (runner, patiently) => {
      tx = new Tx(runner, schema, caller, currentContext()?.requestName, patiently);
      try {
        const value = await work(tx);
        await tx.end();
        return { result: value, last: tx.last };
      } catch (error) {
        throw await tx.cause(error);
      }
    });
    tx!.committed((error) => this.logger.error({ err: error }, 'after a commit'));
    return result;
  }
}
