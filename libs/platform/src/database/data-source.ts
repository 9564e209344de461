import type { Type } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { ServiceIdentity } from '../boot/service-identity.js';
import type { ServiceConfig } from '../config/config.js';
import { checkDatabase } from './check-database.js';
import { connectMs, idleMs } from './limits.js';

/** Connections of one service: N replicas times this stay under `max_connections`. */
const poolSize = 6;

/** Connects as the service's `_app` login, after checking that this login cannot see past row level security. */
export async function connect(config: ServiceConfig, service: ServiceIdentity, entities: Type[], logger: Logger): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: config.DATABASE_URL,
    entities,
    synchronize: false,
    installExtensions: false,
    applicationName: `finharbor ${service.name}`,
    poolSize,
    connectTimeoutMS: connectMs,
    poolErrorHandler: (error: Error) => logger.warn({ err: error }, 'database connection'),
    // A peer that vanished is noticed while nothing is asked of it, too: some ten seconds after the first probe.
    extra: { pipeline: true, keepAlive: true, keepAliveInitialDelayMillis: 5_000, idleTimeoutMillis: idleMs },
  });
  await dataSource.initialize();
  try {
    await checkDatabase(dataSource, service);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return dataSource;
}
