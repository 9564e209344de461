// @ts-check
/** The platform in the place of `enterprise-lists`, for `webhooks`: on demand it commits that referrals were dispatched to a bank. */
import 'reflect-metadata';
import { eventsConsumedBy } from '@finharbor/contracts/events/catalogue';
import { createApp } from '@finharbor/platform/boot/create-app';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { On } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { newContext, runInContext } from '@finharbor/platform/logs/context';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Module } from '@nestjs/common';
import { now, report, serve } from './parent.mjs';

const service = identityOf('enterprise-lists');

class Handlers {}
for (const name of eventsConsumedBy(service.name)) {
  Object.defineProperty(Handlers.prototype, name, { value: async () => {} });
  On(name)(Handlers.prototype, name, /** @type {any} */ (Object.getOwnPropertyDescriptor(Handlers.prototype, name)));
}
class BenchModule {}
Module({ imports: [PlatformModule.for({ service, entities: [] })], providers: [Handlers] })(BenchModule);

const app = await createApp(BenchModule);
await app.init();
const [publisher, tenancy] = [app.get(Publisher), app.get(Tenancy)];

/** @param {{ key: string, bankId: string }} order */
const publish = ({ key, bankId }) => runInContext(newContext(), async () => {
  let at = 0;
  await tenancy.run({ role: 'supervisor', organisationId: bankId, clientId: 'bench' }, async (tx) => {
    await publisher.publish(tx, 'referrals.dispatched', {
      organisationId: bankId, aggregateId: key, version: 1, payload: { dispatchId: key, channel: 'GREEN', count: 10_000 },
    });
    at = now();
  });
  report(0, [{ key, at }]);
});

serve((order) => publish(order).catch((error) => process.send?.({ failure: error.message })));
