// @ts-check
/**
 * The least that a submission could be: a POST through the whole stack (token, authorisation, validation, idempotency, tenancy) that
 * inserts one row and does nothing else. Its route is that of submissions, so that the same table lets it in.
 */
import 'reflect-metadata';
import { newId } from '@finharbor/contracts/ids';
import { createApp } from '@finharbor/platform/boot/create-app';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { On } from '@finharbor/platform/delivery/on';
import { eventsConsumedBy } from '@finharbor/contracts/events/catalogue';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Controller, Inject, Module, Post, Req } from '@nestjs/common';

const service = identityOf('loan-matching', ['submission']);

class RowsController {
  /** @param {Tenancy} tenancy */
  constructor(tenancy) {
    this.tenancy = tenancy;
  }

  /** @param {any} request @returns {Promise<{ id: string }>} */
  insert(request) {
    return this.tenancy.asWorker('submission', request.caller, async (tx) => {
      const id = newId();
      await tx.query('insert into loan_matching.bench_rows (id, org_id, body) values ($1, $2, $3)', [id, newId(), JSON.stringify(request.body)]);
      return { id };
    });
  }
}
Inject(Tenancy)(RowsController, undefined, 0);
Req()(RowsController.prototype, 'insert', 0);
Post(':code/demands')(RowsController.prototype, 'insert', /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(RowsController.prototype, 'insert')));
Controller('v1/scans')(RowsController);

/** Events of other services are not of interest here. */
class Effects {}
for (const name of eventsConsumedBy(service.name)) {
  Object.defineProperty(Effects.prototype, name, { value: async () => {} });
  On(name)(Effects.prototype, name, /** @type {any} */ (Object.getOwnPropertyDescriptor(Effects.prototype, name)));
}

class BenchModule {}
Module({ imports: [PlatformModule.for({ service, entities: [] })], controllers: [RowsController], providers: [Effects] })(BenchModule);

const app = await createApp(BenchModule);
await app.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
process.send?.({ port: Number(new URL(await app.getUrl()).port) });
process.once('disconnect', () => void app.close().then(() => process.exit()));
