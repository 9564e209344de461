import { webhookVerifier } from '@finharbor/security/webhooks/webhook-keys';
import { verifyWebhook, type WebhookHeaders } from '@finharbor/security/webhooks/webhook-signature';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { accept, answer, type Behaviour, drip, hang, Receiver, reset } from '@finharbor/testing/receiver';
import { until } from '@finharbor/testing/until';
import type { TestWebhooks } from '@finharbor/testing/webhooks';
import { Run } from '../../tools/lib/run.mjs';
import { PostgresServer } from './support/postgres.js';
import { eventCount, record } from './support/report.js';
import { commit, compare, Senders, watch, type Watched } from './support/senders.js';

const isDelivered = async (webhooks: TestWebhooks, endpoints: Watched[]): Promise<boolean> => {
  for (const one of endpoints) if ((await webhooks.states(one)).DELIVERED !== one.ids.length) return false;
  return true;
};
const allDelivered = (webhooks: TestWebhooks, endpoints: Watched[]): Promise<unknown> =>
  until('all is delivered', () => isDelivered(webhooks, endpoints), 120_000);

describe('senders of webhooks', () => {
  let database: TestDatabase;
  let senders: Senders;
  let receiver: Receiver;
  let webhooks: TestWebhooks;

  const several = async (count: number, name: string): Promise<Watched[]> => {
    const made: Watched[] = [];
    while (made.length < count) made.push(await watch(webhooks, receiver, `/${name}-${made.length}`));
    return made;
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    senders = new Senders();
    receiver = await Receiver.start();
    webhooks = senders.webhooks(database);
    await senders.start(database.adminUrl, 2);
  }, 60_000);
  afterEach(async () => {
    await senders.stop();
    await receiver.stop();
    await database.drop();
  });

  it('lose and double nothing for receivers that fail in every way, and delay nobody else', async () => {
    const bad: Record<string, Behaviour> = {
      '/500': answer(500), '/hang': hang, '/drip': drip, '/429': answer(429, '', { 'retry-after': '120' }), '/302': answer(302, '', { location: receiver.url('/elsewhere') }), '/reset': reset,
    };
    const failing: Watched[] = [];
    for (const [path, behaviour] of Object.entries(bad)) {
      failing.push(await watch(webhooks, receiver, path));
      receiver.behave(path, behaviour);
    }
    const gone = await watch(webhooks, receiver, '/410');
    receiver.behave('/410', answer(410));
    const healthy = await several(10, 'well');
    for (const one of [...failing, gone]) await commit(webhooks, one, 20);
    for (let round = 0; round < eventCount() / 1_000; round += 1) for (const one of healthy) await commit(webhooks, one, 20);
    await allDelivered(webhooks, healthy);
    // An hour passes, in steps of five minutes; the receivers that answer at all are asked in each.
    const asked = failing.filter(({ path }) => !['/hang', '/drip'].includes(path));
    for (let step = 0; step < 12; step += 1) {
      const before = asked.map(({ path }) => receiver.at(path).length);
      await until('nothing is on its way to them', async () => (await database.query(
        'select from partners.webhook_deliveries where claimed_by is not null and endpoint_id = any($1)', [asked.map(({ id }) => id)])).length === 0);
      for (const one of failing) await webhooks.later(one, 360);
      await until('each is asked again', () => asked.every(({ path }, at) => receiver.at(path).length > before[at]));
    }
    expect(receiver.at('/elsewhere')).toEqual([]);
    expect((await webhooks.states(gone)).PENDING ?? 0).toBeLessThanOrEqual(20);
    const [{ state }] = await database.query<{ state: string }>('select state from partners.webhook_endpoints where id = $1', [gone.id]);
    expect([state, receiver.at('/410').length <= 4]).toEqual(['DISABLED', true]);
    for (const { path } of failing) receiver.behave(path, accept);
    const over = Date.now();
    for (const one of failing) await webhooks.later(one, 10 * 3_600);
    await until('the slow ones are cut off', () => [...receiver.open.values()].every(({ now }) => now === 0), 60_000);
    for (const one of failing) await webhooks.later(one, 10 * 3_600);
    await allDelivered(webhooks, failing);
    const recoverySeconds = (Date.now() - over) / 1_000;
    const { acknowledged, lost, foreign } = compare(receiver, [...healthy, ...failing]);
    const accepted = [...healthy, ...failing].flatMap(({ path }) => receiver.ids(path, 204));
    const doubled = accepted.length - new Set(accepted).size;
    expect({ lost, foreign, doubled }).toEqual({ lost: 0, foreign: 0, doubled: 0 });
    const { again } = compare(receiver, failing);
    record({
      rows: [11], fault: 'receivers of webhooks answer 500, 302, 410, 429 with Retry-After, or nothing, drip, or break the connection, for an hour',
      injected: '7 such endpoints beside 10 healthy ones, two replicas of the sender; the hour passes by moving columns',
      acknowledged, lost, doubled, recoverySeconds,
      note: `${again} attempts were repetitions; the healthy endpoints had all of theirs while the others hung`,
    });
  }, 300_000);

  it('that are killed, and whose receivers break off after they have processed, repeat under the same id and record once', async () => {
    const endpoints = await several(20, 'lossy');
    // Every fifth POST is processed and then never acknowledged.
    const lossy: Behaviour = (response, request) => (receiver.received.length % 5 === 0 ? reset : accept)(response, request);
    for (const { path } of endpoints) receiver.behave(path, lossy);
    const rounds = 3;
    let recoverySeconds = 0;
    for (let round = 0; round < rounds; round += 1) {
      const before = receiver.received.length;
      for (const one of endpoints) await commit(webhooks, one, Math.max(10, eventCount() / 500));
      await until('they flow', () => receiver.received.length > before + 50, 60_000);
      const replica = senders.replicas[round % 2];
      await replica.stop('SIGKILL');
      const killed = Date.now();
      const held = await database.query<{ id: string }>(`select id from partners.webhook_deliveries where state = 'PENDING' and claimed_by is not null`);
      await until('what it held is followed up', async () => {
        const [{ left }] = await database.query<{ left: number }>(
          `select count(*)::int as left from partners.webhook_deliveries where id = any($1) and state = 'PENDING' and attempts = 0`, [held.map(({ id }) => id)]);
        return left === 0;
      });
      recoverySeconds = Math.max(recoverySeconds, (Date.now() - killed) / 1_000);
      await replica.start();
    }
    await until('all is delivered', async () => {
      for (const one of endpoints) await webhooks.later(one, 600);
      return isDelivered(webhooks, endpoints);
    }, 120_000);
    const { acknowledged, lost, foreign, again } = compare(receiver, endpoints);
    const [{ doubled }] = await database.query<{ doubled: number }>(
      `select count(*)::int as doubled from (select 1 from partners.webhook_attempts where status = 204 group by delivery_id having count(*) > 1) twice`);
    expect({ lost, foreign, doubled }).toEqual({ lost: 0, foreign: 0, doubled: 0 });
    expect(recoverySeconds).toBeLessThan(10);
    record({
      rows: [12], fault: 'receivers of webhooks process and then break off; senders are killed in between',
      injected: `every fifth POST reset after it was read, ${rounds} times kill -9 of one of two senders mid-flight`,
      acknowledged, lost, doubled, recoverySeconds,
      note: `${again} POSTs were repetitions, each under the id of the first; recorded as delivered once each`,
    });
  }, 300_000);

  it('sign so that every delivery verifies with the old key or the new one while keys are exchanged', async () => {
    const [endpoint] = await several(1, 'rotating');
    const keys = [...endpoint.keys];
    for (let rotation = 0; rotation < 10; rotation += 1) {
      await commit(webhooks, endpoint, eventCount() / 400);
      await until('they flow', () => receiver.at(endpoint.path).length > endpoint.ids.length - eventCount() / 800, 60_000);
      keys.push(await webhooks.key(endpoint));
      await database.query('update partners.webhook_secrets set expires_at = now() where endpoint_id = $1 and public_key = any($2)', [endpoint.id, keys.slice(0, -2).map(({ publicKey }) => publicKey)]);
    }
    await allDelivered(webhooks, [endpoint]);
    const { acknowledged, lost, again } = compare(receiver, [endpoint]);
    // A receiver knows two keys at a time: at each exchange it takes up the new one, and gives up the one before the last.
    const verifiers = keys.map(({ publicKey }) => webhookVerifier(publicKey!));
    let at = 0;
    const failed = receiver.at(endpoint.path).filter(({ headers, body }) => {
      const isBy = (first: number): boolean => verifyWebhook(headers as unknown as WebhookHeaders, body, verifiers.slice(first, first + 2));
      while (at < keys.length - 2 && !isBy(at) && isBy(at + 1)) at += 1;
      return !isBy(at);
    }).length;
    expect({ failed, lost, again }).toEqual({ failed: 0, lost: 0, again: 0 });
    record({
      rows: [25], fault: 'the keys of a webhook endpoint are exchanged in traffic', injected: '10 rotations while two senders deliver',
      acknowledged, lost, doubled: again, note: `0 of ${acknowledged} deliveries failed to verify with the old key or the new one`,
    });
  }, 300_000);
});

describe('after a restore of the database from an older copy', () => {
  it('no delivery goes out under a new id', async () => {
    const run = new Run('fleet');
    const senders = new Senders();
    const receiver = await Receiver.start();
    try {
      const server = await PostgresServer.start(run);
      const database = await server.database('before');
      let webhooks = senders.webhooks(database);
      const endpoints = await Promise.all(Array.from({ length: 5 }, (_, at) => watch(webhooks, receiver, `/${at}`)));
      await senders.start(database.adminUrl, 2);
      for (const one of endpoints) await commit(webhooks, one, 200);
      await until('they flow', () => receiver.received.length > 100);
      await senders.end('SIGKILL'); // what they held is open in the copy
      await server.query('create database restored template before');
      const copied = receiver.received.length;
      await senders.start(database.adminUrl, 2);
      await allDelivered(webhooks, endpoints);
      await senders.end();
      const lost = compare(receiver, endpoints);
      expect(lost).toMatchObject({ lost: 0, foreign: 0 });
      const restored = { query: <Row>(sql: string, parameters?: unknown[]) => server.query<Row>(sql, parameters, 'restored') };
      webhooks = senders.webhooks(restored);
      const sent = receiver.received.length;
      await senders.start(server.url('restored'), 2);
      await allDelivered(webhooks, endpoints);
      const { acknowledged, lost: missing, foreign } = compare(receiver, endpoints);
      expect({ missing, foreign }).toEqual({ missing: 0, foreign: 0 });
      expect(receiver.received.length).toBeGreaterThan(sent);
      record({
        rows: [24], fault: 'the database is restored from an older copy while webhooks are on their way', injected: 'a copy of the database taken in the middle; the senders go on, end, and start on the copy',
        acknowledged, lost: missing, doubled: foreign,
        note: `${copied} POSTs came before the copy, ${receiver.received.length - sent} after the restore, none of them under a new id`,
      });
    } finally {
      await senders.stop();
      await receiver.stop();
      await run.stop();
    }
  }, 180_000);
});
