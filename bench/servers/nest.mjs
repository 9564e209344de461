// @ts-check
/**
 * A Nest GET: `platform` as our services run it (createApp: request context, service token, authorisation, interceptors), `fastify`
 * and `express` as Nest alone runs it.
 */
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createApp } from '@finharbor/platform/boot/create-app';
import { identityOf, SERVICE } from '@finharbor/platform/boot/service-identity';
import { CONFIG } from '@finharbor/platform/config/config';
import { createLogger } from '@finharbor/platform/logs/logger';
import { LOGGER } from '@finharbor/platform/logs/token';
import { SignedRequests } from '@finharbor/platform/receipts/signed-requests';
import { page, report } from './items.mjs';

const kind = process.argv[2];

class HarborsController {
  list() {
    return page;
  }
}
Get()(HarborsController.prototype, 'list', /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(HarborsController.prototype, 'list')));
Controller('v1/harbors')(HarborsController);

class BenchModule {}
Module({
  controllers: [HarborsController],
  providers: [
    { provide: CONFIG, useValue: { SERVICE_KEY: process.env.SERVICE_KEY, PUBLIC_URL: 'http://127.0.0.1:3000' } },
    { provide: SERVICE, useValue: identityOf('harbors') },
    { provide: LOGGER, useValue: createLogger('bench', 'silent') },
    { provide: SignedRequests, useValue: {} }, // nothing here may be signed
  ],
})(BenchModule);

async function create() {
  if (kind === 'platform') return createApp(BenchModule);
  if (kind === 'fastify') return NestFactory.create(BenchModule, new FastifyAdapter(), { logger: false });
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return NestFactory.create(BenchModule, new ExpressAdapter(), { logger: false });
}

const app = await create();
await app.listen(0, '127.0.0.1');
report(Number(new URL(await app.getUrl()).port));
