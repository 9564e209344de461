import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaOf, type ServiceName } from '@finharbor/contracts/services';
import { Client } from 'pg';
import { auditDirOf } from './audit.js';

/** What `npm test` tells the tests about its throwaway servers. */
export function testServers(): { adminUrl: string; redisUrl: string; template: string; appPassword: string } {
  const { TEST_ADMIN_URL, TEST_REDIS_URL, TEST_TEMPLATE, TEST_APP_PASSWORD } = process.env;
  if (!TEST_ADMIN_URL || !TEST_REDIS_URL || !TEST_TEMPLATE || !TEST_APP_PASSWORD) throw new Error('Run the tests with `npm test`.');
  return { adminUrl: TEST_ADMIN_URL, redisUrl: TEST_REDIS_URL, template: TEST_TEMPLATE, appPassword: TEST_APP_PASSWORD };
}

/** A database of one's own, cloned from the migrated template. A failed test file may keep it by not calling `drop`. */
export interface TestDatabase {
  readonly name: string;
  /** As superuser, who sees past row level security: for asserting, never for the code under test. */
  readonly adminUrl: string;
  readonly admin: Client;
  /** The URL that the service itself logs in with. */
  urlOf(service: ServiceName): string;
  query<Row = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Where the services of a test store files; dropped with the database. */
export const filesDirOf = (database: { name: string }): string => join(tmpdir(), `finharbor-files-${database.name}`);

export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl: clusterUrl, template, appPassword } = testServers();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onCluster(clusterUrl, `create database ${name} template ${template}`);
  const url = (user?: string): string => {
    const made = new URL(clusterUrl);
    made.pathname = `/${name}`;
    if (user) [made.username, made.password] = [user, appPassword];
    return made.toString();
  };
  const admin = new Client({ connectionString: url() });
  await admin.connect();
  return {
    name,
    admin,
    adminUrl: url(),
    urlOf: (service) => url(`${schemaOf(service)}_app`),
    query: async <Row>(sql: string, parameters: unknown[] = []) => (await admin.query(sql, parameters)).rows as Row[],
    drop: async () => {
      await admin.end();
      await onCluster(clusterUrl, `drop database ${name} with (force)`);
      for (const folder of [auditDirOf({ name }), filesDirOf({ name })]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Cloning waits its turn: two clones of one template at once refuse each other. */
async function onCluster(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(1)');
    await client.query(sql);
  } finally {
    await client.end();
  }
}
