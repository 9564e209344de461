import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { CONFIG, type ProcessConfig } from '../config/config.js';
import { LOGGER } from '../logs/token.js';

/** Runs an application as this process and stops it in order: no new requests, running ones finish, then the connections close. */
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

/** Listens where the configuration says and closes on SIGTERM and SIGINT. */
async function listen(app: NestFastifyApplication): Promise<void> {
  const config = app.get<ProcessConfig>(CONFIG);
  const logger = app.get<Logger>(LOGGER);
  let closing: Promise<void> | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      closing ??= app.close().then(() => process.exit(0), (error: unknown) => {
        logger.error({ err: error }, 'shutdown');
        process.exit(1);
      });
    });
  }
  await app.listen(config.PORT, config.HOST);
  logger.info({ url: await app.getUrl() }, 'listening');
}
