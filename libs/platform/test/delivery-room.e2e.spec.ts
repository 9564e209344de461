import { newId } from '@finharbor/contracts/ids';
import type { WireEvent } from '@finharbor/platform/delivery/envelope';
import { Queues } from '@finharbor/platform/redis/queues';
import { Room } from '@finharbor/platform/delivery/room';
import { WatchedWorker } from '@finharbor/platform/redis/watched-worker';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { type TestDatabase, testServers } from '@finharbor/testing/database';
import { Queue, type Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { createDatabase, eventually, FeedbackModule, Harbors, HarborsModule } from './harness.js';

describe('a consumer that is behind', () => {
  let database: TestDatabase;
  let harbors: TestApp;

  beforeAll(async () => {
    database = await createDatabase();
    harbors = await startTestApp(HarborsModule, 'harbors', {}, database);
  });
  afterAll(async () => {
    await harbors.close();
    await database.drop();
  });

  const wire: WireEvent = {
    i: newId(), n: 'harbor.registered', o: newId(), a: newId(), v: 1,
    p: { harborId: newId(), number: 'WZ-HB-0001', name: 'the same', hostBankId: newId(), areaCode: '500101001' },
  };
  const held = (): Promise<{ consumer: string }[]> =>
    database.query(`select consumer from harbors.delivery where published_at = 'infinity' and acked_at is null`);
  const effects = async (): Promise<string[]> => (await database.query<{ name: string }>('select name from feedback.effects order by 1')).map(({ name }) => name);

  it('gets no more envelopes into Redis than there is room for, and the rest when it has caught up', async () => {
    const queue = harbors.app.get(Queues).queue('feedback');
    // Envelopes of its own that a stopped consumer left: all hold the same event, which takes effect once.
    await queue.addBulk(Array.from({ length: 500 }, (_, index) => ({ name: 'harbors', data: JSON.stringify([wire]), opts: { jobId: `${newId()}-${index}` } })));
    expect(await harbors.app.get(Room).left('feedback')).toBe(0);
    for (const [at, name] of ['one', 'two'].entries()) {
      await harbors.app.get(Harbors).register(name);
      await eventually('its envelope is held', async () => (await held()).length === at + 1);
    }
    expect(await held()).toEqual([{ consumer: 'feedback' }, { consumer: 'feedback' }]); // the other consumer has room and got its own
    expect(await queue.getWaitingCount()).toBe(500);

    const feedback = await startTestApp(FeedbackModule, 'feedback', {}, database);
    await eventually('all took effect', async () => (await effects()).length === 3);
    await eventually('nothing is held any more', async () => (await held()).length === 0);
    expect(await effects()).toEqual(['one', 'the same', 'two']);
    const sent = await database.query<{ names: string[] }>(
      `select jsonb_path_query_array(body::jsonb, '$[*].p.name') as names from harbors.delivery where consumer = 'feedback' order by id`);
    expect(sent.flatMap(({ names }) => names)).toEqual(['one', 'two']); // in one envelope, or in two where there was room for just one at first
    await harbors.app.get(Harbors).register('three');
    await eventually('the next one goes straight', async () => (await effects()).includes('three'));
    expect(harbors.app.get(Room).full()).toEqual([]);
    await feedback.close();
  });
});

describe('a worker that falls silent', () => {
  it('is replaced, and the job that waited is done once', async () => {
    const redis = new Redis(testServers().redisUrl, { maxRetriesPerRequest: null });
    const queue = `silent-${newId()}`;
    const done: string[] = [];
    const watched = new WatchedWorker((job) => Promise.resolve(void done.push(job.name)), {
      queue, logger: pino({ level: 'silent' }), silenceMs: 400, onError: () => undefined,
      options: { connection: redis, prefix: '{test}' }, waiting: () => redis.llen(`{test}:${queue}:wait`),
    });
    const first = watched['worker'] as Worker;
    await first.waitUntilReady();
    await first.close(true); // as if it had lost its connection: it takes nothing and says nothing, whatever it was about to ask
    const jobs = new Queue(queue, { connection: redis, prefix: '{test}' });
    await jobs.add('waits', {});
    await eventually('another worker does it', () => Promise.resolve(done.length > 0));
    expect(done).toEqual(['waits']);
    expect(watched['worker']).not.toBe(first);
    await jobs.add('more', {});
    await eventually('the next is done', () => Promise.resolve(done.length > 1));
    expect(done).toEqual(['waits', 'more']);
    await watched.close(false);
    await jobs.obliterate({ force: true });
    await jobs.close();
    redis.disconnect();
  });
});
