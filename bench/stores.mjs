// @ts-check
/** Throwaway PostgreSQL and Redis with every service's schema, for benches that need them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { migrateAll } from '@finharbor/platform/database/migrate';
import pg from 'pg';
import { appUrl } from '../tools/lib/fleet.mjs';
import { ensureDatabase, startPostgres, throwawayFolder } from '../tools/lib/postgres.mjs';
import { startRedis } from '../tools/lib/redis.mjs';
import { Run } from '../tools/lib/run.mjs';
import { newSecrets } from '../tools/lib/workspace.mjs';

/** @typedef {Awaited<ReturnType<typeof bringUpStores>>} Stores */

/**
 * @param {string} kind of the run @param {(line: string) => void} log
 * @param {{ durable?: boolean }} [options] durable: PostgreSQL waits for its disk, where that is part of what is measured
 */
export async function bringUpStores(kind, log, { durable = false } = {}) {
  const run = new Run(kind);
  run.stopOnSignals(130);
  try {
    const folder = throwawayFolder(run);
    const [dataDir, logDir] = [join(folder, 'data'), join(folder, 'logs')];
    for (const dir of [dataDir, logDir]) mkdirSync(dir, { recursive: true });
    const [postgres, redis] = await Promise.all([
      startPostgres({ run, throwaway: true, durable, folder, logFile: join(folder, 'postgres.log') }),
      startRedis({ run, say: log, throwaway: true, folder, logFile: join(folder, 'redis.log') }),
    ]);
    const databaseUrl = postgres.url('finharbor');
    await ensureDatabase(databaseUrl, '');
    const secrets = newSecrets();
    await migrateAll({ url: databaseUrl, appPassword: secrets.appPassword });
    const admin = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    admin.on('error', () => {}); // the server may stop before its connections have closed
    return {
      run, dataDir, logDir, databaseUrl, secrets, postgresPid: postgres.pid, redisPid: redis.pid, redisUrl: redis.url,
      serviceKey: Buffer.from(secrets.serviceKey, 'base64url'),
      /** The URL that a service logs in with. @param {string} service */
      appUrl: (service) => appUrl(databaseUrl, service, secrets.appPassword),
      /** Runs statements as superuser. @param {string} sql @param {unknown[]} [parameters] @returns {Promise<any[]>} */
      query: async (sql, parameters) => (await admin.query(sql, parameters)).rows,
      async stop() {
        await admin.end();
        await run.stop();
      },
    };
  } catch (error) {
    await run.stop();
    throw error;
  }
}
