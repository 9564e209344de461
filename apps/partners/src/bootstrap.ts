import 'reflect-metadata';
import { readConfig } from '@finharbor/platform/config/config';
import { NestLogger } from '@finharbor/platform/logs/logger';
import { LOGGER } from '@finharbor/platform/logs/token';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { administratorConfig, ensureAdministrators } from './administrators.js';
import { AppModule } from './app.module.js';

/** Run by the launcher once before the services start: makes the first administrators' credentials and ends. */
try {
  const config = readConfig(administratorConfig);
  const context = await NestFactory.createApplicationContext(AppModule, { bufferLogs: true, abortOnError: false });
  const logger = context.get<Logger>(LOGGER);
  context.useLogger(new NestLogger(logger));
  const result = await ensureAdministrators(context, config);
  logger.info({ result }, 'administrator clients');
  // What was committed stays: events wait in the outbox for the services that start after this.
  await Promise.race([context.close(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
