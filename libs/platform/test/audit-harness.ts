import { newId } from '@finharbor/contracts/ids';
import { Sealer } from '@finharbor/platform/audit/sealer';
import { audit } from '@finharbor/security/audit/audit';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Verification } from '@finharbor/security/verification/verify-trail';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { verifyAudit } from '@finharbor/testing/audit';
import type { TestDatabase } from '@finharbor/testing/database';
import { FeedbackModule } from './harness.js';

/** A service that seals when it is told to, and not by itself. */
export const startAudited = (database: TestDatabase, environment: Record<string, string> = {}): Promise<TestApp> =>
  startTestApp(FeedbackModule, 'feedback', { AUDIT_SEAL_SECONDS: '3600', AUDIT_RETENTION_MONTHS: '36', ...environment }, database);

/** Writes rows to the trail, each in a transaction of its own as the application does; gives their numbers. */
export async function write(app: TestApp, count: number): Promise<number[]> {
  for (let n = 1; n <= count; n += 1) {
    await app.app.get(Tenancy).worker((tx) => audit(tx, { action: 'note.write', resource: 'note', resourceId: newId(), detail: { n, 名: '示例' } }));
  }
  const rows = await app.database.query<{ id: number }>('select id::int from feedback.audit order by id desc limit $1', [count]);
  return rows.map(({ id }) => id).reverse();
}

export const seal = (app: TestApp): Promise<void> => app.app.get(Sealer).seal();

/** Writes rows and seals them; gives their numbers. */
export async function sealed(app: TestApp, count: number): Promise<number[]> {
  const ids = await write(app, count);
  await seal(app);
  return ids;
}

export const verification = (database: TestDatabase): Promise<Verification> => verifyAudit({ database }, 'feedback');

/** What is wrong, in short: kind, seal and rows. */
export async function found(database: TestDatabase): Promise<string[]> {
  return (await verification(database)).findings.map(({ kind, seal: number, rows }) => [kind, number, ...rows].join(' '));
}

/** What somebody does who rules the database: no trigger holds them back. */
export async function asSuperuser(database: TestDatabase, ...statements: string[]): Promise<void> {
  await database.query('set session_replication_role = replica');
  for (const statement of statements) await database.query(statement);
  await database.query('set session_replication_role = origin');
}
