import { newId } from '@finharbor/contracts/ids';
import { Consumer } from '@finharbor/platform/delivery/consumer';
import type { WireEvent } from '@finharbor/platform/delivery/envelope';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Queues } from '@finharbor/platform/redis/queues';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { createDatabase, eventually, FeedbackModule, handling, Harbors, HarborsModule } from './harness.js';

/** The last attempt before an event is parked, as BullMQ counts: those made before. */
const lastAttempt = 7;

describe('delivery', () => {
  let database: TestDatabase;
  let harbors: TestApp;
  let feedback: TestApp;
  const bank = callerOf('bank');

  beforeAll(async () => {
    database = await createDatabase();
    harbors = await startTestApp(HarborsModule, 'harbors', {}, database);
    feedback = await startTestApp(FeedbackModule, 'feedback', {}, database);
  });
  beforeEach(() => database.query('truncate feedback.effects'));
  afterEach(() => { handling.then = undefined; });
  afterAll(async () => {
    await harbors.close();
    await feedback.close();
    await database.drop();
  });

  const publish = (...names: string[]): Promise<unknown> => harbors.app.get(Harbors).register(...names);
  const effects = async (): Promise<string[]> => (await database.query<{ name: string }>('select name from feedback.effects order by number')).map((row) => row.name);
  const count = async (sql: string): Promise<number> => (await database.query<{ count: number }>(`select count(*)::int from ${sql}`))[0].count;
  const unacknowledged = (): Promise<number> => count(`harbors.delivery where consumer = 'feedback' and acked_at is null`);
  const wire = (name: string): WireEvent => ({
    i: newId(), n: 'harbor.registered', o: newId(), a: newId(), v: 1, p: { harborId: newId(), number: 'WZ-HB-0001', name, hostBankId: newId(), areaCode: '500101001' },
  });
  const receive = (events: WireEvent[], attemptsMade = 0): Promise<void> =>
    feedback.app.get(Consumer).receive({ id: `${newId()}-1`, name: 'harbors', data: JSON.stringify(events), attemptsMade });

  it('writes an event in the transaction of its effect, and none when that is rolled back', async () => {
    const told = `(select event_id from feedback.outbox union select (e ->> 'i')::uuid from feedback.delivery, jsonb_array_elements(body::jsonb) e) as told`;
    await feedback.post(bank, '/v1/issues', { text: 'kept' }).expect(201);
    expect([await count('feedback.notes'), await count(told)]).toEqual([1, 1]);
    await feedback.post(bank, '/v1/issues', { text: 'dropped', then: 'throw' }).expect(409);
    await feedback.post(bank, '/v1/issues', { text: 'dropped', then: 'unknown' }).expect(500);
    expect([await count('feedback.notes'), await count(told)]).toEqual([1, 1]);
  });

  it('groups events into envelopes of at most fifty, in order, one kind for each consumer, and marks what was acknowledged', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `harbor ${index}`);
    await publish(...names);
    await eventually('all took effect', async () => (await effects()).length >= 120);
    expect((await effects()).sort()).toEqual([...names].sort());
    await eventually('the claims are saved', async () => await count('harbors.outbox') === 0);
    const envelopes = await database.query<{ consumer: string; names: string[] }>(
      `select consumer, (select array_agg(e -> 'p' ->> 'name' order by n) from jsonb_array_elements(body::jsonb) with ordinality as t (e, n)) as names
       from harbors.delivery where consumer in ('feedback', 'loan-matching') order by consumer, id`,
    );
    expect(envelopes.map(({ consumer, names: inside }) => [consumer, inside.length])).toEqual([
      ['feedback', 50], ['feedback', 50], ['feedback', 20], ['loan-matching', 50], ['loan-matching', 50], ['loan-matching', 20],
    ]);
    expect(envelopes.slice(0, 3).flatMap((envelope) => envelope.names)).toEqual(names);
    expect(envelopes.slice(3).flatMap((envelope) => envelope.names)).toEqual(names);
    await eventually('feedback acknowledged', async () => await unacknowledged() === 0);
    expect(await count(`harbors.delivery where consumer = 'loan-matching' and acked_at is not null`)).toBe(0);
    expect(await count('harbors.outbox')).toBe(0);
  });

  it('keeps envelopes small, whatever the events weigh', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(100_000));
    await database.query('delete from harbors.delivery');
    await publish(...names, 'light');
    await eventually('all took effect', async () => (await effects()).length === 6);
    await eventually('the claim is saved, which the envelopes did not wait for', async () => await count('harbors.outbox') === 0);
    const sizes = await database.query<{ events: number }>(`select jsonb_array_length(body::jsonb) as events from harbors.delivery where consumer = 'feedback' order by id`);
    expect(sizes.map((row) => row.events)).toEqual([2, 2, 2]);
    await publish('x'.repeat(400_000));
    await eventually('what is too large by itself goes by itself', async () => (await effects()).length === 7);
  });

  it('leaves in the outbox what a newer version wrote, and relays the rest', async () => {
    await database.query(`insert into harbors.outbox (event_id, name, org_id, aggregate_id, aggregate_version, payload)
      values ('${newId()}', 'harbor.painted', '${newId()}', '${newId()}', 1, '{}')`);
    await publish('known');
    await eventually('the known one took effect', async () => (await effects()).includes('known'));
    await eventually('the claim is saved', async () => await count('harbors.outbox') === 1);
    expect(await database.query('delete from harbors.outbox returning name')).toEqual([{ name: 'harbor.painted' }]);
  });

  it('takes up again what a claim came to nothing with, though its envelope had gone: applied once', async () => {
    await database.query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
      create constraint trigger refuse after insert on harbors.delivery deferrable initially deferred for each row execute function refuse()`);
    await publish('claimed twice');
    await eventually('it took effect before any claim was saved', async () => (await effects()).length === 1);
    expect(await count('harbors.outbox')).toBe(1);
    await database.query('drop trigger refuse on harbors.delivery');
    await eventually('it was claimed again', async () => await count('harbors.outbox') === 0);
    await eventually('feedback acknowledged', async () => await unacknowledged() === 0);
    expect(await effects()).toEqual(['claimed twice']);
  });

  it('acknowledges at once, and does not leave it to the sweep to find out', async () => {
    const { redis, prefix } = harbors.app.get(Queues);
    await eventually('the sweep has seen this Redis, and from now on asks after 5 s only', async () => await redis.exists(`${prefix}:epoch:harbors`) === 1);
    await publish('at once');
    await eventually('it took effect', async () => (await effects()).includes('at once'));
    await eventually('feedback acknowledged', async () => {
      await database.query('update harbors.delivery set published_at = now() where acked_at is null');
      return await unacknowledged() === 0;
    });
  });

  it('applies an envelope that comes again once, also while it is being applied', async () => {
    const events = [wire('one'), wire('two')];
    await receive(events);
    await receive(events);
    expect(await effects()).toEqual(['one', 'two']);

    const again = [wire('three'), wire('four')];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    handling.then = () => held;
    const first = receive(again);
    const others = [receive(again), receive(again)];
    await eventually('the others wait for the first', async () => await count(`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) === 2);
    release();
    await Promise.all([first, ...others]);
    expect(await effects()).toEqual(['one', 'two', 'three', 'four']);
  });

  it('remembers an event and applies it together: a handler that fails leaves neither, and is tried again', async () => {
    const event = wire('shaky');
    handling.then = () => { throw new Error('not today'); };
    await expect(receive([event])).rejects.toThrow('not today');
    expect(await effects()).toEqual([]);
    expect(await count(`feedback.inbox where event_id = '${event.i}'`)).toBe(0);
    let failures = 2;
    handling.then = () => { if (failures-- > 0) throw new Error('not yet'); };
    await publish('healed');
    await eventually('it healed', async () => (await effects()).length > 0);
    expect(await effects()).toEqual(['healed']);
  });

  it('keeps a poison event from its neighbours, and parks it alone after its last attempt', async () => {
    const [good, poison, other] = [wire('good'), wire('poison'), wire('other')];
    handling.then = (event) => { if (event.payload.name === 'poison') throw new Error('cannot be cured'); };
    await expect(receive([good, poison, other], lastAttempt - 1)).rejects.toThrow('cannot be cured');
    expect(await effects()).toEqual(['good', 'other']);
    expect(await count('feedback.dead_letters')).toBe(0);
    await receive([good, poison, other], lastAttempt);
    await receive([good, poison, other], lastAttempt);
    expect(await effects()).toEqual(['good', 'other']);
    const parked = await database.query('select event_id, name, org_id, body, error from feedback.dead_letters');
    expect(parked).toEqual([{ event_id: poison.i, name: 'harbor.registered', org_id: poison.o, body: poison, error: 'cannot be cured' }]);
    // Done with, as far as envelopes that come again are concerned.
    expect(await count(`feedback.inbox where event_id = '${poison.i}'`)).toBe(1);
  });

  it('parks no event that only waits too long, and does not let its neighbours wait with it', async () => {
    const [good, slow, other] = [wire('before'), wire('slow'), wire('after')];
    handling.then = async (event, tx) => {
      if (event.payload.name === 'slow') {
        await tx.query(`select set_config('statement_timeout', '1', true)`);
        await tx.query('select pg_sleep(1)');
      }
    };
    await expect(receive([good, slow, other], lastAttempt)).rejects.toThrow('statement timeout');
    expect([await effects(), await count(`feedback.dead_letters where event_id = '${slow.i}'`)]).toEqual([['before', 'after'], 0]);
    delete handling.then;
    await receive([good, slow, other], lastAttempt);
    expect(await effects()).toEqual(['before', 'after', 'slow']);
  });

  it('parks what it cannot read, leaves what it does not know to a newer version, and applies the rest', async () => {
    const [unknown, malformed, good] = [{ ...wire('x'), n: 'harbor.painted' as never }, { ...wire('x'), p: { harborId: 7 } }, wire('readable')];
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(receive([unknown, malformed, good], lastAttempt)).rejects.toThrow('No event is called harbor.painted.');
    }
    expect(await effects()).toEqual(['readable']);
    expect(await database.query('select event_id from feedback.dead_letters where event_id = any($1)', [[unknown.i, malformed.i]])).toEqual([{ event_id: malformed.i }]);
    expect(await count(`feedback.inbox where event_id = '${unknown.i}'`)).toBe(0);
  });

  it('blames no event for an absent database: nothing is parked, and the envelope comes again', async () => {
    const [one, other, poison] = [wire('innocent'), wire('bystander'), wire('poison')];
    const parked = (): Promise<number> => count(`feedback.dead_letters where event_id in ('${one.i}', '${other.i}')`);
    let calls = 0;
    const away = (): never => {
      calls++;
      throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    };
    handling.then = away;
    await expect(receive([one, other], 100)).rejects.toThrow('terminating connection');
    expect([await parked(), calls]).toEqual([0, 1]); // nor is it looked for in each event by itself
    // Nor when the database goes away while a poison event is looked for.
    handling.then = ({ payload: { name } }) => name === 'poison' ? Promise.reject(new Error('cannot be cured')) : away();
    await expect(receive([poison, one], 100)).rejects.toThrow('terminating connection');
    expect(await parked()).toBe(0);
    let outages = 3;
    handling.then = () => { if (outages-- > 0) away(); };
    await publish('after the outage');
    await eventually('it came again', async () => (await effects()).length > 0);
    expect(await effects()).toEqual(['after the outage']);
  });

  it('relays what is free while another relay holds the rest', async () => {
    const own = await createDatabase();
    const event = (id: string): string => `('${id}', 'harbor.registered', '${newId()}', '${newId()}', 1, '{}')`;
    const [held, free] = [newId(), newId()];
    await own.query(`insert into harbors.outbox (event_id, name, org_id, aggregate_id, aggregate_version, payload) values ${event(held)}, ${event(free)}`);
    await own.query(`begin; select 1 from harbors.outbox where event_id = '${held}' for update`);
    const relay = await startTestApp(HarborsModule, 'harbors', {}, own);
    const left = async (): Promise<unknown[]> => (await own.query<{ event_id: string }>('select event_id from harbors.outbox')).map((row) => row.event_id);
    await eventually('the free one has left', async () => (await left()).length === 1);
    expect(await left()).toEqual([held]);
    await own.query('commit');
    await eventually('the other one has left', async () => (await left()).length === 0);
    await relay.close();
    await own.drop();
  });

  it('refuses to publish what is another’s, and a payload that is not as the catalogue says', async () => {
    const [publisher, tenancy] = [harbors.app.get(Publisher), harbors.app.get(Tenancy)];
    const facts = { organisationId: newId(), aggregateId: newId(), version: 1 };
    await expect(tenancy.worker((tx) => publisher.publish(tx, 'issue.closed', { ...facts, payload: { issueId: newId(), harborId: newId() } })))
      .rejects.toThrow('harbors does not produce issue.closed.');
    await expect(tenancy.worker((tx) => publisher.publish(tx, 'harbor.registered', { ...facts, payload: { harborId: 'x' } as never }))).rejects.toThrow('harborId');
    expect(await count('harbors.outbox')).toBe(0);
  });

  it('leaves out of an event what the catalogue does not name', async () => {
    const payload = { harborId: newId(), number: 'n', name: 'clean', hostBankId: newId(), areaCode: 'a', phone: '13800138000' };
    await harbors.app.get(Tenancy).worker((tx) => harbors.app.get(Publisher).publish(tx, 'harbor.registered', {
      organisationId: newId(), aggregateId: newId(), version: 1, payload,
    }));
    await eventually('it was delivered', async () => (await effects()).includes('clean'));
    expect(await count(`harbors.delivery where body like '%13800138000%'`)).toBe(0);
  });
});
