import { randomBytes } from 'node:crypto';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { webhookVerifier } from '@finharbor/security/webhooks/webhook-keys';
import { verifyWebhook, type WebhookHeaders } from '@finharbor/security/webhooks/webhook-signature';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { accept, answer, hang, type Received, Receiver, reset } from '@finharbor/testing/receiver';
import { until } from '@finharbor/testing/until';
import { type TestEndpoint, TestWebhooks } from '@finharbor/testing/webhooks';
import { Webhook } from 'standardwebhooks';
import { AppModule } from '../src/app.module.js';
import { Sender } from '../src/webhooks/sending/sender.js';
import { Tidy } from '../src/webhooks/sending/tidy.js';

interface Row { state: string; attempts: number; status: number | null; error: string | null; next: number | null; claimed: boolean }
interface State { state: string; reason: string | null; failures: number; failing: boolean; pause: number | null }

const environment = { FIELD_KEYS: `k1:${randomBytes(32).toString('base64url')}` };

describe('sending webhooks', () => {
  let database: TestDatabase;
  let app: TestApp;
  let receiver: Receiver;
  let webhooks: TestWebhooks;
  let paths = 0;

  const replica = (): Promise<TestApp> => startTestApp(AppModule, 'partners', environment, database);
  /** An endpoint with a path of its own at the receiver. */
  const endpoint = async (scheme?: 'HMAC'): Promise<TestEndpoint & { path: string }> => {
    const path = `/${paths += 1}`;
    return { path, ...await webhooks.endpoint(receiver.url(path), scheme) };
  };
  const poke = (): void => app.app.get(Sender).poke();
  const rows = ({ id }: TestEndpoint): Promise<Row[]> => database.query<Row>(
    `select state, attempts, status, error, extract(epoch from next_attempt_at - now())::float8 as next, claimed_by is not null as claimed
     from partners.webhook_deliveries where endpoint_id = $1 order by id`, [id]);
  const settled = (one: TestEndpoint, what = 'nothing is on its way'): Promise<Row[]> =>
    until(what, async () => {
      const found = await rows(one);
      return found.every(({ claimed, attempts, state }) => !claimed && (attempts > 0 || state !== 'PENDING')) && found;
    });
  const state = async ({ id }: TestEndpoint): Promise<State> =>
    (await database.query<State>(
      `select state, state_reason as reason, failures, failing_since is not null as failing, extract(epoch from paused_until - now())::float8 as pause
       from partners.webhook_endpoints where id = $1`, [id]))[0];
  const isOurs = ({ headers, body }: Received, key: { secret: string; publicKey: string | null }): boolean =>
    verifyWebhook(headers as unknown as WebhookHeaders, body, [webhookVerifier(key.publicKey ?? key.secret)]);
  const sorted = (ids: string[]): string[] => [...ids].sort();

  beforeAll(async () => {
    database = await createTestDatabase();
    receiver = await Receiver.start();
    app = await replica();
    webhooks = new TestWebhooks(database, app.app.get(FieldCipher));
  });
  afterAll(async () => {
    await app?.close();
    await receiver?.stop();
    await database?.drop();
  });

  it('POSTs the bytes of the event with the three headers, signed for any library of the standard', async () => {
    const [asymmetric, shared] = [await endpoint(), await endpoint('HMAC')];
    const [[id], [other]] = [await webhooks.deliver(asymmetric), await webhooks.deliver(shared)];
    poke();
    const [[delivered]] = [await settled(asymmetric), await settled(shared)];
    const [[first], [second]] = [receiver.at(asymmetric.path), receiver.at(shared.path)];
    const [{ body }] = await database.query<{ body: string }>('select body from partners.feed_events where id = $1', [id]);
    expect([first.headers['content-type'], first.headers['webhook-id'], first.body]).toEqual(['application/cloudevents+json', id, body]);
    expect(first.headers['webhook-signature']).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
    expect(isOurs(first, asymmetric.keys[0])).toBe(true);
    const read = new Webhook(shared.keys[0].secret).verify(second.body, second.headers as Record<string, string>);
    expect(read).toMatchObject({ id: other, recipient: shared.organisationId });
    expect(delivered).toEqual({ state: 'DELIVERED', attempts: 1, status: 204, error: null, next: null, claimed: false });
    const [attempt] = await database.query('select number, status, error, answer, duration_ms from partners.webhook_attempts where endpoint_id = $1', [asymmetric.id]);
    expect(attempt).toEqual({ number: 1, status: 204, error: null, answer: '', duration_ms: expect.any(Number) });
  });

  it('finds what nobody told it of', async () => {
    const one = await endpoint();
    for (const times of [1, 2]) { // the second when it has come to rest
      await webhooks.deliver(one);
      await until('it is delivered', async () => (await webhooks.states(one)).DELIVERED === times);
    }
  });

  it('tries again what fails, in whichever way, later each time and under the same id', async () => {
    const failures: [behaviour: Parameters<Receiver['behave']>[1], status: number | null, error: RegExp][] = [
      [answer(500, 'no'), 500, /^It answered 500\.$/], [answer(404), 404, /404/], [answer(302, '', { location: receiver.url('/redirected') }), 302, /not followed/],
      [reset, null, /broke/], [(response) => void response.writeHead(500).end(Buffer.from([0xff, 0x00, 0x80])), 500, /500/],
    ];
    for (const [behaviour, status, error] of failures) {
      const one = await endpoint();
      receiver.behave(one.path, behaviour);
      const [id] = await webhooks.deliver(one);
      poke();
      const [row] = await settled(one);
      expect(row).toEqual({ state: 'PENDING', attempts: 1, status, error: expect.stringMatching(error), next: expect.any(Number), claimed: false });
      expect(Math.abs(row.next! - 5)).toBeLessThan(3);
      receiver.behave(one.path, accept);
      await webhooks.later(one, 6);
      poke();
      await until('it is delivered', async () => (await rows(one))[0].state === 'DELIVERED');
      expect(receiver.ids(one.path)).toEqual([id, id]);
      expect(new Set(receiver.at(one.path).map(({ body }) => body)).size).toBe(1);
    }
    expect(receiver.at('/redirected')).toEqual([]);
  });

  it('gives up after ten attempts', async () => {
    const one = await endpoint();
    receiver.behave(one.path, answer(500));
    const [id] = await webhooks.deliver(one);
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      poke();
      const [row] = await until(`attempt ${attempt}`, async () => {
        const found = await rows(one);
        return found[0].attempts === attempt && !found[0].claimed && found;
      });
      if (row.next !== null) delays.push(row.next);
      if (attempt < 10) expect(row.state).toBe('PENDING');
      await webhooks.later(one, (row.next ?? 0) + 1);
    }
    expect((await rows(one))[0]).toMatchObject({ state: 'FAILED', attempts: 10, next: null });
    expect(receiver.ids(one.path)).toEqual(Array(10).fill(id));
    const wished = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    const isNear = (delay: number, at: number): boolean => Math.abs(delay - wished[at]) < 3 + wished[at] * 0.11;
    expect(delays.map(isNear)).toEqual(Array(9).fill(true));
  });

  it('waits as long as Retry-After says, with everything for that endpoint', async () => {
    const one = await endpoint();
    receiver.behave(one.path, answer(429, '', { 'retry-after': '120' }));
    await webhooks.deliver(one);
    poke();
    const [row] = await settled(one);
    expect(Math.abs(row.next! - 120)).toBeLessThan(3);
    expect(Math.abs((await state(one)).pause! - 120)).toBeLessThan(3);
    receiver.behave(one.path, accept);
    await webhooks.deliver(one, 3);
    const other = await endpoint();
    await webhooks.deliver(other);
    poke();
    await settled(other);
    expect(receiver.at(one.path)).toHaveLength(1);
    await webhooks.later(one, 121);
    poke();
    await until('all are delivered', async () => (await webhooks.states(one)).DELIVERED === 4);
    expect(await state(one)).toMatchObject({ failures: 0, failing: false, pause: null });
  });

  it('disables an endpoint that is gone, and cancels what waits for it', async () => {
    const one = await endpoint();
    receiver.behave(one.path, answer(410));
    await webhooks.deliver(one, 10);
    poke();
    await until('it is disabled', async () => (await state(one)).state === 'DISABLED');
    expect((await state(one)).reason).toBe('It answered 410 Gone.');
    await until('nothing is on its way', async () => (await rows(one)).every(({ claimed }) => !claimed));
    await app.app.get(Tidy).run();
    const sent = receiver.at(one.path).length;
    expect(sent).toBeLessThanOrEqual(4);
    expect(await webhooks.states(one)).toEqual({ FAILED: sent, CANCELLED: 10 - sent });
    const audited = await database.query(`select detail from partners.audit where action = 'webhook-endpoint.disable' and resource_id = $1`, [one.id]);
    expect(audited).toHaveLength(1);
  });

  it('gives up an endpoint at which nothing succeeded for days', async () => {
    const one = await endpoint();
    receiver.behave(one.path, answer(500));
    await webhooks.deliver(one);
    poke();
    await settled(one);
    await webhooks.later(one, 6 * 86_400);
    poke();
    await until('it is disabled', async () => (await state(one)).state === 'DISABLED');
    expect((await state(one)).reason).toContain('5 days');
  });

  it('leaves an endpoint alone that fails in a row, and tries with one delivery whether it is back', async () => {
    const one = await endpoint();
    receiver.behave(one.path, answer(500));
    await webhooks.deliver(one, 12);
    poke();
    await until('it is left alone', async () => (await state(one)).pause !== null);
    await until('nothing is on its way', async () => (await rows(one)).every(({ claimed }) => !claimed));
    const before = receiver.at(one.path).length;
    expect(before).toBeLessThanOrEqual(7);
    const pauses: number[] = [];
    for (let probe = 1; probe <= 3; probe += 1) {
      await webhooks.later(one, (await state(one)).pause! + 1);
      poke();
      await until('a probe failed', async () => (await state(one)).failures === before + probe && (await state(one)).pause! > 0);
      expect(receiver.at(one.path)).toHaveLength(before + probe);
      pauses.push((await state(one)).pause!);
    }
    expect(pauses[2]).toBeGreaterThan(pauses[0] * 2);
    receiver.behave(one.path, accept);
    await webhooks.later(one, 400);
    poke();
    await until('all are delivered', async () => (await webhooks.states(one)).DELIVERED === 12);
    expect(new Set(receiver.ids(one.path, 204)).size).toBe(12);
    expect(receiver.ids(one.path, 204)).toHaveLength(12);
  });

  it('keeps four on their way to one endpoint, and none waits for another endpoint', async () => {
    const [slow, well] = [await endpoint(), await endpoint()];
    receiver.behave(slow.path, hang);
    await webhooks.deliver(slow, 20);
    poke();
    await until('the slow one is busy', () => receiver.open.get(slow.path)?.now === 4);
    await webhooks.deliver(well, 40);
    poke();
    await until('the other has all', async () => (await webhooks.states(well)).DELIVERED === 40);
    expect(receiver.open.get(slow.path)).toEqual({ now: 4, most: 4 });
    expect(receiver.open.get(well.path)!.most).toBeLessThanOrEqual(4);
    expect(await webhooks.states(slow)).toEqual({ PENDING: 20 });
    await database.query(`update partners.webhook_endpoints set state = 'PAUSED' where id = $1`, [slow.id]);
  });

  it('signs with all keys that have not run out', async () => {
    const one = await endpoint();
    const [old] = one.keys;
    const fresh = await webhooks.key(one);
    await webhooks.deliver(one);
    poke();
    await settled(one);
    const [both] = receiver.at(one.path);
    expect([isOurs(both, old), isOurs(both, fresh)]).toEqual([true, true]);
    await database.query('update partners.webhook_secrets set expires_at = now() where endpoint_id = $1 and public_key = $2', [one.id, old.publicKey]);
    await webhooks.deliver(one);
    poke();
    await until('it is there', () => receiver.at(one.path).length === 2);
    const [, alone] = receiver.at(one.path);
    expect([isOurs(alone, old), isOurs(alone, fresh)]).toEqual([false, true]);
  });

  it('takes over what another has claimed when its lease has run out, and not before', async () => {
    const [alive, dead] = [await endpoint(), await endpoint()];
    await database.query(`update partners.webhook_endpoints set state = 'PAUSED' where id = any($1)`, [[alive.id, dead.id]]);
    for (const [one, seconds] of [[alive, 60], [dead, -1]] as const) {
      await webhooks.deliver(one);
      await database.query(
        `update partners.webhook_deliveries set claimed_by = 'another', claimed_until = now() + make_interval(secs => $2) where endpoint_id = $1`, [one.id, seconds]);
    }
    await database.query(`update partners.webhook_endpoints set state = 'ACTIVE' where id = any($1)`, [[alive.id, dead.id]]);
    poke();
    await until('that of the dead is delivered', async () => (await webhooks.states(dead)).DELIVERED === 1);
    expect(receiver.at(alive.path)).toEqual([]);
  });

  it('sends nothing twice from several replicas, nor when one of them ends in order', async () => {
    const others = [await replica(), await replica()];
    const many: Awaited<ReturnType<typeof endpoint>>[] = [];
    while (many.length < 10) many.push(await endpoint());
    const ids = new Map<string, string[]>();
    for (const one of many) ids.set(one.path, await webhooks.deliver(one, 30));
    for (const each of [app, ...others]) each.app.get(Sender).poke();
    await until('they flow', () => receiver.at(many[0].path).length > 3);
    await others[0].close();
    await until('all are delivered', async () => {
      for (const one of many) if ((await webhooks.states(one)).DELIVERED !== 30) return false;
      return true;
    });
    for (const [path, sent] of ids) expect(sorted(receiver.ids(path))).toEqual(sorted(sent));
    for (const { path } of many) expect(receiver.open.get(path)!.most).toBeLessThanOrEqual(4);
    await others[1].close();
  });

  it('gives back what it has not sent when it ends, for another to send at once', async () => {
    const one = await endpoint();
    receiver.behave(one.path, hang);
    await database.query(`update partners.webhook_endpoints set state = 'PAUSED' where id = $1`, [one.id]);
    const [id] = await webhooks.deliver(one);
    await app.close();
    await database.query(`update partners.webhook_endpoints set state = 'ACTIVE' where id = $1`, [one.id]);
    app = await replica();
    await until('it hangs', () => receiver.at(one.path).length === 1);
    await app.close();
    expect((await rows(one))[0]).toMatchObject({ state: 'PENDING', attempts: 0, claimed: false });
    receiver.behave(one.path, accept);
    app = await replica();
    await until('it is delivered', async () => (await rows(one))[0].state === 'DELIVERED');
    expect(receiver.ids(one.path)).toEqual([id, id]);
  });
});
