import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaOf, type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { unsealedRows } from '@finharbor/platform/audit/chain';
import { Checkpoints, readCheckpoints } from '@finharbor/platform/audit/checkpoints';
import { AuditKeys } from '@finharbor/security/audit/seal';
import { type Verification, verifyTrail } from '@finharbor/security/verification/verify-trail';
import type { TestDatabase } from './database.js';
import { until } from './until.js';

/** The key that signs the seals of services started in this test process. */
export const testAuditKey = `t1:${randomBytes(32).toString('base64url')}`;

/** Where their checkpoints go; dropped with the database. */
export const auditDirOf = (database: { name: string }): string => join(tmpdir(), `finharbor-audit-${database.name}`);

export interface AuditSource {
  /** As an administrator, who sees all. */
  database: Pick<TestDatabase, 'name' | 'query'>;
  /** The folder of the checkpoints, and the key of the seals: as the services were given them. */
  dir?: string;
  key?: string;
}

/** Verifies the trail of one service from outside, as `npm run audit:verify` does. */
export function verifyAudit(source: AuditSource, service: ServiceName): Promise<Verification> {
  const { database, dir = auditDirOf(database), key = testAuditKey } = source;
  return verifyTrail({
    service, schema: schemaOf(service), keys: new AuditKeys(key), checkpoints: readCheckpoints(dir, service),
    query: <Row>(sql: string, parameters: unknown[]) => database.query<Row>(sql, parameters),
  });
}

/**
 * Waits until the services have sealed all that they wrote, then verifies: what is wrong, in words; empty when the audit is
 * complete. For the end of a fault test, when the services run again and nothing is going on.
 */
export async function auditProblems(source: AuditSource, services: readonly ServiceName[] = serviceNames): Promise<string[]> {
  const { database, dir = auditDirOf(database) } = source;
  for (const service of services) {
    const schema = schemaOf(service);
    await until(`${service} has sealed its audit trail`, async () => {
      const [{ left, last }] = await database.query<{ left: string; last: string }>(
        `select (select count(*) from ${unsealedRows(schema)}) as left, (select coalesce(max(number), 0) from ${schema}.audit_seals) as last`);
      return left === '0' && ((await new Checkpoints(dir, service).last())?.number ?? 0) === Number(last);
    });
  }
  const found: string[] = [];
  for (const service of services) found.push(...(await verifyAudit(source, service)).findings.map(({ message }) => message));
  return found;
}
