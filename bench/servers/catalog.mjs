// @ts-check
/**
 * For `catalog`: the product catalogue as it runs in production (`service`), or Nest on Fastify that answers what it is sent as JSON
 * (`bare`). In the service the bench also has products written, in bulk and one by one through TypeORM.
 */
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const kind = process.argv[2];
/** @type {unknown} */
let page;

class PagesController {
  list() {
    return page;
  }
}
Get()(PagesController.prototype, 'list', /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(PagesController.prototype, 'list')));
Controller('v1/published-products')(PagesController);
class BareModule {}
Module({ controllers: [PagesController] })(BareModule);

async function create() {
  if (kind === 'bare') return NestFactory.create(BareModule, new FastifyAdapter(), { logger: false });
  const { createApp } = await import('@finharbor/platform/boot/create-app');
  const { AppModule } = await import('@finharbor/product-catalog/app.module');
  return createApp(AppModule);
}

const app = await create();
await app.listen(0, '127.0.0.1');

/** @type {Record<string, (input: any) => Promise<object>>} */
const orders = {
  cpu: async () => {
    const { user, system } = process.cpuUsage();
    return { cpu: user + system };
  },
  page: async ({ body }) => {
    page = body;
    return {};
  },
  /** All of them by one bulk upsert. */
  upsert: async ({ caller, items }) => {
    const { UpsertsService } = await import('@finharbor/product-catalog/upserts/upserts.service');
    const { newContext, runInContext } = await import('@finharbor/platform/logs/context');
    const started = performance.now();
    const { created, rejected } = await runInContext(newContext(), () => app.get(UpsertsService).upsert(caller, items));
    if (created !== items.length) throw new Error(`${created} were created, ${rejected} rejected`);
    return { ms: performance.now() - started };
  },
  /** The same work, each checked, looked for and saved by itself through TypeORM, in a transaction of its own. */
  save: async ({ caller, items }) => {
    const [
      { Tenancy }, { Product }, { contentOf }, { newContext, runInContext }, { newId }, { readItem }, { productProblems },
    ] = await Promise.all([
      import('@finharbor/platform/tenancy/tenancy'), import('@finharbor/product-catalog/products/product.entity'),
      import('@finharbor/product-catalog/products/product-content'), import('@finharbor/platform/logs/context'), import('@finharbor/contracts/ids'),
      import('@finharbor/product-catalog/upserts/upsert-items'), import('@finharbor/product-catalog/eligibility/eligibility-rules'),
    ]);
    const tenancy = app.get(Tenancy);
    const started = performance.now();
    for (const given of items) {
      const { item } = readItem(given, 0);
      if (!item || productProblems(item, '2026-11-22').length > 0) throw new Error('A product is refused');
      await runInContext(newContext(), () => tenancy.run(caller, async (tx) => {
        const known = await tx.manager.findOneBy(Product, { bankId: caller.organisationId, externalId: item.externalId });
        await tx.manager.save(Product, /** @type {any} */ ({
          id: known?.id ?? newId(), bankId: caller.organisationId, ...contentOf(item, '2026-11-22', []), state: 'DRAFT', version: 0, revision: 1, createdAt: new Date(),
        }));
      }));
    }
    return { ms: performance.now() - started };
  },
};

process.on('message', (/** @type {any} */ { order, ...input }) => void orders[order](input).then(
  (answer) => process.send?.(answer), (error) => process.send?.({ failure: String(error.stack ?? error) })));
process.on('disconnect', () => process.exit(0));
process.send?.({ port: Number(new URL(await app.getUrl()).port) });
