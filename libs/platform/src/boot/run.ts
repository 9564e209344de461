import { setTimeout as pause } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { CONFIG, type ProcessConfig } from '../config/config.js';
import { LOGGER } from '../logs/token.js';
import { beginToLeave } from '../leaving/drain.js';

/**
 * Runs an application as this process and stops it in order: it says that it leaves and goes on serving for as long as
 * SHUTDOWN_LINGER_MS tells, then takes no new requests, finishes the running ones, and closes its connections.
 */
export async function run(create: () => Promise<NestFastifyApplication>): Promise<void> {
  try {
    await listen(await create());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
    // A half-built application may hold connections that keep the process alive.
    setTimeout(() => process.exit(1), 1_000).unref();
  }
}

/** Listens where the configuration says and closes on SIGTERM and SIGINT; a second signal ends the lingering. */
async function listen(app: NestFastifyApplication): Promise<void> {
  const config = app.get<ProcessConfig>(CONFIG);
  const logger = app.get<Logger>(LOGGER);
  const hurry = new AbortController();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    beginToLeave(app.getHttpServer());
    if (config.SHUTDOWN_LINGER_MS > 0) await pause(config.SHUTDOWN_LINGER_MS, undefined, { signal: hurry.signal }).catch(() => undefined);
    await app.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (closing) return hurry.abort();
      closing = close().then(() => process.exit(0), (error: unknown) => {
        logger.error({ err: error }, 'shutdown');
        process.exit(1);
      });
    });
  }
  await app.listen(config.PORT, config.HOST);
  logger.info({ url: await app.getUrl() }, 'listening');
}
