// @ts-check
/**
 * A service on the platform as it runs in production, for `events` and `latency`: `loan-matching` relays what lies in its outbox,
 * `enterprise-lists` writes a row for each demand.accepted, all that travelled together with one statement.
 *
 * node service.mjs <service> [latency]
 */
import 'reflect-metadata';
import { catalogue, eventsConsumedBy } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { createApp } from '@finharbor/platform/boot/create-app';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { On, OnBatch } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Relay } from '@finharbor/platform/delivery/relay';
import { newContext, runInContext } from '@finharbor/platform/logs/context';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Module } from '@nestjs/common';
import { now, report, serve } from './parent.mjs';

/** @typedef {import('@finharbor/platform/tenancy/tx').Tx} Tx */

const service = identityOf(/** @type {import('@finharbor/contracts/services').ServiceName} */ (process.argv[2]));
// One consumer, as what it is compared with has one.
Object.assign(catalogue['demand.accepted'], { consumers: ['enterprise-lists'] });
const isTimed = process.argv[3] === 'latency';

class Effects {
  /** @param {any[]} events @param {Tx} tx */
  async accepted(events, tx) {
    const at = now();
    await tx.query(
      `insert into ${tx.schema}.bench_effects (event_id, payload) select * from unnest($1::uuid[], $2::jsonb[])`,
      [events.map((event) => event.id), events.map((event) => JSON.stringify(event.payload))],
    );
    report(events.length, isTimed ? events.map((event) => ({ key: event.aggregateId, at })) : []);
  }
}
for (const name of eventsConsumedBy(service.name)) {
  const key = name === 'demand.accepted' ? 'accepted' : name;
  if (key === name) Object.defineProperty(Effects.prototype, key, { value: async () => {} });
  const decorate = key === name ? On(name) : OnBatch(name);
  decorate(Effects.prototype, key, /** @type {any} */ (Object.getOwnPropertyDescriptor(Effects.prototype, key)));
}
class BenchModule {}
Module({ imports: [PlatformModule.for({ service, entities: [] })], providers: [Effects] })(BenchModule);

const app = await createApp(BenchModule);
await app.init();
const [relay, publisher, tenancy] = [app.get(Relay), app.get(Publisher), app.get(Tenancy)];
/** @type {import('@finharbor/security/tokens/caller').Caller} */
const caller = { role: 'bank', organisationId: newId(), clientId: 'bench' };

/** A use case that leaves an event; when its commit is issued is reported. @param {string} key the aggregate */
const publish = (key) => runInContext(newContext(), async () => {
  let at = 0;
  await tenancy.run(caller, async (tx) => {
    await publisher.publish(tx, 'demand.accepted', {
      organisationId: newId(), aggregateId: key, version: 1,
      payload: { demandId: key, bankId: newId(), enterpriseId: newId(), consentId: newId() },
    });
    at = now();
  });
  report(0, [{ key, at }]);
});

serve(({ order, key, isPoked }) => {
  if (order === 'go') relay.poke();
  // 100 a second are no load; what fails is a machine that has no time for it, and the bench says so.
  if (order === 'publish') return publish(key).catch((error) => process.send?.({ failure: error.message }));
  // Without being poked the relay polls every second.
  if (order === 'poke') publisher.onPublish((committed) => { if (isPoked) relay.poke(committed); });
});
