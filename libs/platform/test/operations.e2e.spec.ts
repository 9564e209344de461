import type { WireEvent } from '@finharbor/platform/delivery/envelope';
import { Grace } from '@finharbor/platform/boot/grace';
import { Consumer } from '@finharbor/platform/delivery/consumer';
import { Sweep } from '@finharbor/platform/delivery/sweep';
import { Queues } from '@finharbor/platform/redis/queues';
import { CleanUp } from '@finharbor/platform/operations/clean-up';
import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { createDatabase, eventually, FeedbackModule, handling } from './harness.js';

const path = '/v1/operations/feedback';
/** An id made so many milliseconds ago. */
const ago = (ms: number): string => {
  const time = (Date.now() - ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${newId().slice(13)}`;
};

describe('operations', () => {
  const administrator = callerOf('system-administrator');
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await createDatabase();
    app = await startTestApp(FeedbackModule, 'feedback', {}, database);
  });
  afterEach(() => { delete handling.then; });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const count = async (what: string): Promise<number> => (await database.query<{ n: number }>(`select count(*)::int as n from ${what}`))[0].n;
  const wire = (): WireEvent => ({
    i: newId(), n: 'harbor.registered', o: newId(), a: newId(), v: 1,
    p: { harborId: newId(), number: 'WZ-HB-0001', name: 'x', hostBankId: newId(), areaCode: '500101001' },
  });
  const receive = (events: WireEvent[], attemptsMade = 0): Promise<void> =>
    app.app.get(Consumer).receive({ id: `${newId()}-1`, name: 'harbors', data: JSON.stringify(events), attemptsMade });
  const poison = (event: WireEvent): void => {
    handling.then = (one) => { if (one.id === event.i) throw new Error('cannot be cured'); };
  };

  describe('dead letters', () => {
    const [event, neighbour] = [wire(), wire()];

    it('are put aside without their neighbours, listed, and tell their reason', async () => {
      poison(event);
      await receive([neighbour, event], 7);
      expect(await count(`feedback.effects where event_id = '${neighbour.i}'`)).toBe(1);
      const { items } = (await app.get(administrator, `${path}/dead-letters`).expect(200)).body;
      expect(items).toEqual([{
        id: event.i, name: 'harbor.registered', organisationId: event.o, reason: 'cannot be cured', event: expect.any(String), parkedAt: expect.any(String),
      }]);
      expect(JSON.parse(items[0].event)).toEqual(event);
    });

    it('stay when they fail again', async () => {
      poison(event);
      const answer = await app.post(administrator, `${path}/dead-letters/${event.i}/replay`).expect(409);
      expect(answer.body).toMatchObject({ code: 'ILLEGAL_STATE', detail: 'The event still cannot be applied: cannot be cured' });
      expect(await count('feedback.dead_letters')).toBe(1);
    });

    it('are applied once when the cause is cured, whoever sends the envelope again', async () => {
      await receive([event]);
      expect(await count(`feedback.effects where event_id = '${event.i}'`)).toBe(0);
      await app.post(administrator, `${path}/dead-letters/${event.i}/replay`).expect(201);
      await app.post(administrator, `${path}/dead-letters/${event.i}/replay`).expect(404);
      await receive([event]);
      expect([await count(`feedback.effects where event_id = '${event.i}'`), await count('feedback.dead_letters')]).toEqual([1, 0]);
      expect(await count(`feedback.audit where action = 'replayDeadLetter' and resource_id = '${event.i}' and role = 'system-administrator'`)).toBe(1);
    });

    it('come by page', async () => {
      const parked = [wire(), wire(), wire()];
      handling.then = () => { throw new Error('none'); };
      await receive(parked, 7);
      const first = (await app.get(administrator, `${path}/dead-letters?limit=2`).expect(200)).body;
      const second = (await app.get(administrator, `${path}/dead-letters?limit=2&cursor=${first.nextCursor}`).expect(200)).body;
      expect([...first.items, ...second.items].map(({ id }: { id: string }) => id)).toEqual(parked.map(({ i }) => i).sort().reverse());
      expect(second.nextCursor).toBeNull();
    });
  });

  it('park an event that never ends, and its neighbours go on', async () => {
    const [event, neighbour] = [wire(), wire()];
    let release: (() => void) | undefined;
    handling.then = (one) => (one.id === event.i ? new Promise<void>((_, reject) => { release = () => reject(new Error('deadlock')); }) : undefined);
    const queue = app.app.get(Queues).queue('feedback');
    const id = `${newId()}-1`;
    await queue.add('harbors', JSON.stringify([neighbour, event]), { jobId: id, attempts: 5, backoff: 100, removeOnComplete: true });
    await eventually('it hangs', () => Promise.resolve(release !== undefined));
    await app.post(administrator, `${path}/dead-letters`, { eventId: newId() }).expect(404);
    const parking = app.post(administrator, `${path}/dead-letters`, { eventId: event.i });
    const answered = parking.expect(201).then((answer) => answer.body as object);
    // The transaction that hangs holds the event in the inbox; it has a deadline, which is cut short here.
    await eventually('the park waits for it', async () => await count(`pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`) > 0);
    release!();
    expect(await answered).toMatchObject({ id: event.i, reason: 'parked by an administrator' });
    await eventually('the neighbour took effect', async () => await count(`feedback.effects where event_id = '${neighbour.i}'`) === 1);
    await eventually('the envelope is done', async () => await queue.getActiveCount() + await queue.getDelayedCount() === 0);
    expect(await count(`feedback.effects where event_id = '${event.i}'`)).toBe(0);
  });

  it('tell how the events fare', async () => {
    await app.app.get(Sweep)['recurring'].stop(new Grace()); // it would send what is held, and again what nobody has
    await database.query(`
      insert into feedback.due (kind, aggregate_id, org_id, due_at) values ('x', gen_random_uuid(), gen_random_uuid(), now() - interval '1 minute');
      insert into feedback.delivery (id, consumer, body, attempt, published_at) values
        ('${ago(60_000)}', 'nobody', '[]', 2, now()), ('${newId()}', 'nobody', '[]', 1, 'infinity')`);
    const status = (await app.get(administrator, `${path}/delivery`).expect(200)).body;
    expect(status).toMatchObject({ service: 'feedback', redis: true, republished: 1, deadLetters: expect.any(Number), dueOverdue: 1 });
    expect(status.dueSeconds).toBeGreaterThan(59);
    expect(status.open).toEqual([{ consumer: 'nobody', sent: 1, held: 1, oldestSeconds: expect.any(Number) }]);
    expect(status.open[0].oldestSeconds).toBeGreaterThan(59);
    expect(status.open[0].oldestSeconds).toBeLessThan(120);
    await database.query(`delete from feedback.delivery; delete from feedback.due`);
  });

  it('are for administrators, and each service answers for itself', async () => {
    for (const role of ['bank', 'supervisor', 'department', 'dashboard'] as const) await app.get(callerOf(role), `${path}/delivery`).expect(403);
    await app.get(administrator, '/v1/operations/harbors/delivery').expect(404);
  });

  it('forget what served its time, and nothing else', async () => {
    const [old, young] = [ago(40 * 86_400_000), newId()];
    await database.query(`
      insert into feedback.delivery (id, consumer, body, acked_at) values
        ('${old}', 'a', '[]', now() - interval '8 days'), ('${young}', 'a', '[]', now()),
        ('${ago(40 * 86_400_000)}', 'open', '[]', null), ('${ago(40 * 86_400_000)}', 'late', '[]', now());
      insert into feedback.inbox (event_id, at) values ('${old}', now() - interval '31 days'), ('${young}', now()),
        ('${ago(40 * 86_400_000)}', now());
      insert into feedback.idempotency_keys (org_id, route, key, fingerprint, status, body, created_at) values
        ('${old}', 'POST /x', 'old', 'x', 201, '', now() - interval '8 days'), ('${old}', 'POST /x', 'young', 'x', 201, '', now());
      insert into feedback.receipts (org_id, id, document, at) values
        ('${old}', '${old}', '', now() - interval '37 months'), ('${old}', '${young}', '', now() - interval '35 months')`);
    const inbox = await count('feedback.inbox');
    await app.app.get(CleanUp).run();
    expect((await database.query('select consumer from feedback.delivery order by 1')).map((row) => row.consumer)).toEqual(['a', 'late', 'open']);
    expect([await count(`feedback.inbox where event_id = '${old}'`), await count('feedback.inbox')]).toEqual([0, inbox - 1]);
    expect(await database.query(`select key from feedback.idempotency_keys where org_id = '${old}'`)).toEqual([{ key: 'young' }]);
    expect(await database.query(`select id from feedback.receipts where org_id = '${old}'`)).toEqual([{ id: young }]);
  });
});
