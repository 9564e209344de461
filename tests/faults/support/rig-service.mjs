// @ts-check
/**
 * One service of the rig as a process of its own: the platform as it runs in production, with handlers that leave a row for
 * every event. Nothing makes the rows unique, so that an event that takes effect twice is seen. Settings come by environment:
 *
 * RIG_SERVICE   which service this is
 * RIG_PRODUCE   how many events to publish, RIG_RATE how many a second; RIG_LEDGER the file that says which were committed
 * RIG_NAMES     which events, separated by commas; by default all that the service produces for consumers that rigs play alone
 * RIG_CLOCKS    how many clocks to set, the first due in eight seconds and the rest over RIG_CLOCK_MS; some moved, some cancelled
 * RIG_POISON    makes every so manieth event one that handlers fail at, until the table rig_cures has a row
 * RIG_BATCH     `1`: handlers take what travelled together in one statement
 * RIG_TROUBLE   `1`: every handler fails as if the database had gone away
 */
import 'reflect-metadata';
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { catalogue, eventsConsumedBy, eventsProducedBy } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { createApp } from '@finharbor/platform/boot/create-app';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { run } from '@finharbor/platform/boot/run';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { On, OnBatch } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { OnDue } from '@finharbor/platform/due/on-due';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Module } from '@nestjs/common';

/** @typedef {import('@finharbor/contracts/events/catalogue').EventName} EventName */
/** @typedef {import('@finharbor/platform/tenancy/tx').Tx} Tx */

const {
  RIG_SERVICE, RIG_PRODUCE = '0', RIG_RATE = '500', RIG_LEDGER = '', RIG_NAMES,
  RIG_CLOCKS = '0', RIG_CLOCK_MS = '6000', RIG_POISON, RIG_BATCH, RIG_TROUBLE,
} = process.env;
const identity = identityOf(/** @type {import('@finharbor/contracts/services').ServiceName} */ (RIG_SERVICE));

/** What a handler does: what poisons an event until it is cured, and the rows. @param {any[]} events @param {Tx} tx */
async function leaveRows(events, tx) {
  if (RIG_TROUBLE) throw Object.assign(new Error('the rig plays an absent database'), { code: 'ECONNREFUSED' });
  if (events.some((event) => event.payload.name === 'poison')) {
    const [cured] = await tx.query(`select from ${tx.schema}.rig_cures`);
    if (!cured) throw new TypeError('the rig plays a handler that cannot do this');
  }
  await tx.query(
    `insert into ${tx.schema}.rig_effects (event_id, aggregate_id, name) select * from unnest($1::uuid[], $2::uuid[], $3::text[])`,
    [events.map((event) => event.id), events.map((event) => event.aggregateId), events.map((event) => event.name)],
  );
}

class RigHandlers {
  /** @param {import('@finharbor/platform/due/on-due').DueClock} clock @param {Tx} tx */
  async ranOut(clock, tx) {
    await tx.query(`insert into ${tx.schema}.rig_clocks (id, due_at) values ($1, $2)`, [clock.aggregateId, clock.dueAt]);
  }
}
/** @param {string} key @param {(target: any, key: string, descriptor: any) => void} decorate */
const mark = (key, decorate) => decorate(RigHandlers.prototype, key, Object.getOwnPropertyDescriptor(RigHandlers.prototype, key));
mark('ranOut', OnDue('rig'));
for (const name of eventsConsumedBy(identity.name)) {
  const value = (/** @type {any} */ told, /** @type {Tx} */ tx) => leaveRows([told].flat(), tx);
  Object.defineProperty(RigHandlers.prototype, name, { value });
  mark(name, RIG_BATCH ? OnBatch(name) : On(name));
}

class RigModule {}
Module({ imports: [PlatformModule.for({ service: identity, entities: [] })], providers: [RigHandlers] })(RigModule);

/** @type {import('@finharbor/security/tokens/caller').Caller} */
const caller = { role: 'system-administrator', organisationId: newId(), clientId: 'rig' };
/** What waits for a service that no process of the rig plays would never be delivered. */
const played = ['enterprise-lists', 'loan-matching', 'harbors'];
const names = /** @type {EventName[]} */ (RIG_NAMES?.split(',')
  ?? eventsProducedBy(identity.name).filter((name) => catalogue[name].consumers.every((consumer) => played.includes(consumer))));
const fixture = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`../../../libs/contracts/fixtures/events/${name}.v1.json`, import.meta.url), 'utf8'));
const payloads = names.map(fixture);
/** @param {number} number */
const isPoison = (number) => RIG_POISON !== undefined && number % Number(RIG_POISON) === 0;
/** Before the commit an event is tried (`+`), after it promised (`=`): a process that dies in between has promised nothing. */
const note = (/** @type {string} */ sign, /** @type {{ id: string, name: string }[]} */ events) =>
  appendFileSync(RIG_LEDGER, events.map(({ id, name }) => `${sign} ${id} ${name}\n`).join(''));

/** Some transactions stay open for a while, a few very long: their events commit out of order. @param {number} number */
const heldMs = (number) => (number % 500 === 250 ? 1_500 : number % 50 === 25 ? 20 : 0);

/** Publishes in transactions of one to three events, at the rate. @param {Tenancy} tenancy @param {Publisher} publisher */
async function produce(tenancy, publisher) {
  const count = Number(RIG_PRODUCE);
  const started = performance.now(); // which no wrong clock moves
  let taken = 0;
  const lane = async () => {
    while (taken < count) {
      const first = taken;
      const length = Math.min(1 + first % 3, count - first);
      const events = Array.from({ length }, (_, at) => ({ id: newId(), name: names[(first + at) % names.length] }));
      taken += events.length;
      const early = started + (first / Number(RIG_RATE)) * 1_000 - performance.now();
      if (early > 0) await pause(early);
      note('+', events);
      await tenancy.run(caller, async (tx) => {
        for (const [at, { id, name }] of events.entries()) {
          await tx.query(`insert into ${tx.schema}.rig_sources (id) values ($1)`, [id]);
          const payload = payloads[(first + at) % names.length];
          await publisher.publish(tx, name, {
            organisationId: String(caller.organisationId), aggregateId: id, version: 1,
            payload: isPoison(first + at) ? { ...payload, name: 'poison' } : payload,
          });
        }
        const held = heldMs(first);
        if (held) await tx.query('select pg_sleep($1)', [held / 1_000]);
      }).then(() => note('=', events), async (error) => {
        process.stderr.write(`not committed: ${error.message}\n`); // promised nothing: others take their place
        taken -= events.length;
        await pause(50);
      });
    }
  };
  await Promise.all([lane(), lane(), lane()]);
}

/**
 * Sets clocks through the platform, moves every fifth and cancels every fifth long before it is due.
 * @param {Tenancy} tenancy @param {Due} due
 */
async function setClocks(tenancy, due) {
  const count = Number(RIG_CLOCKS);
  if (!count) return;
  const ids = Array.from({ length: count }, () => newId());
  const organisationId = String(caller.organisationId);
  /** @type {<T>(work: (tx: Tx) => Promise<T>) => Promise<T>} */
  const insist = (work) => tenancy.run(caller, work).catch(() => pause(100).then(() => insist(work)));
  const [{ now } = { now: new Date() }] = await insist((tx) => /** @type {Promise<{ now: Date }[]>} */ (tx.query('select now()')));
  const dueAt = (/** @type {number} */ at, moved = 0) => new Date(now.getTime() + 8_000 + moved + (at / count) * Number(RIG_CLOCK_MS));
  await insist(async (tx) => {
    for (const [at, aggregateId] of ids.entries()) await due.set(tx, { kind: 'rig', aggregateId, organisationId, dueAt: dueAt(at) });
  });
  await insist(async (tx) => {
    for (const [at, aggregateId] of ids.entries()) {
      if (at % 5 === 1) await due.set(tx, { kind: 'rig', aggregateId, organisationId, dueAt: dueAt(at, 1_000) });
      if (at % 5 === 2) await due.cancel(tx, 'rig', aggregateId);
    }
  });
  const lines = ids.flatMap((id, at) => (at % 5 === 2 ? [] : [`clock ${id} ${dueAt(at, at % 5 === 1 ? 1_000 : 0).toISOString()}\n`]));
  appendFileSync(RIG_LEDGER, lines.join(''));
}

await run(async () => {
  const app = await createApp(RigModule);
  const [tenancy, publisher, due] = [app.get(Tenancy), app.get(Publisher), app.get(Due)];
  await app.init();
  if (names.some((name) => catalogue[name].producer !== identity.name)) throw new Error(`RIG_NAMES: ${names} is not ${identity.name}'s`);
  void setClocks(tenancy, due).then(() => produce(tenancy, publisher));
  return app;
});
