import { newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { accept, answer, Receiver } from '@finharbor/testing/receiver';
import { until } from '@finharbor/testing/until';
import { AppModule } from '../src/app.module.js';
import { StatusService } from '../src/webhooks/status.service.js';

interface Endpoint {
  id: string;
  state: string;
  stateReason: string | null;
  publicKey: string | null;
  secrets: { id: string; publicKey: string | null }[];
}

describe('webhook endpoints', () => {
  let app: TestApp;
  let receiver: Receiver;
  let other: Caller;
  const path = '/v1/webhook-endpoints';

  const newBank = async (): Promise<Caller> => {
    const id = newId();
    await app.database.query(`insert into partners.organisations (id, kind) values ($1, 'BANK')`, [id]);
    return callerOf('bank', id);
  };
  /** Answers challenges at the path, and takes everything else. */
  const good = (at: string): string => {
    receiver.behave(at, (response) => {
      const { data } = JSON.parse(receiver.at(at).at(-1)!.body) as { data: { challenge?: string } };
      response.writeHead(200).end(` ${data.challenge ?? ''}\n`);
    });
    return receiver.url(at);
  };
  const create = async (caller: Caller, input: object = {}): Promise<Endpoint> =>
    (await app.post(caller, path, { url: good(`/${newId()}`), ...input }).expect(201)).body as Endpoint;
  const tell = (caller: Caller): Promise<void> => app.deliver('issue.registered', { issueId: newId(), harborId: newId() }, { organisationId: caller.organisationId! });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const deliveries = async (caller: Caller, query = ''): Promise<any[]> => (await app.get(caller, `/v1/webhook-deliveries?${query}`).expect(200)).body.items;
  const delivered = (caller: Caller, count: number): Promise<unknown> => until(`${count} are delivered`, async () => (await deliveries(caller, 'state=DELIVERED')).length === count);

  beforeAll(async () => {
    [app, receiver] = await Promise.all([startTestApp(AppModule, 'partners'), Receiver.start()]);
    await app.app.listen(0, '127.0.0.1'); // else supertest would, and with many requests at once end with the first
    other = await newBank();
  });
  afterAll(async () => {
    await app?.close();
    await receiver?.stop();
  });

  it('are in use when they answered their challenge, and else say what was wrong until they do', async () => {
    const bank = await newBank();
    const made = await create(bank, { description: '核心系统', types: ['issue.registered'] });
    expect(made).toEqual({
      id: expect.any(String), url: expect.stringContaining(receiver.url('/')), description: '核心系统', types: ['issue.registered'], scheme: 'ED25519', state: 'ACTIVE',
      stateReason: null, failingSince: null, createdAt: expect.any(String), publicKey: expect.stringMatching(/^whpk_/), secret: null,
      secrets: [{ id: expect.any(String), publicKey: made.publicKey, createdAt: expect.any(String), expiresAt: null }],
    });
    receiver.behave('/wrong', answer(200, 'hello'));
    const refused = await create(bank, { url: receiver.url('/wrong') });
    expect([refused.state, refused.stateReason]).toEqual(['PENDING', expect.stringContaining('challenge')]);
    expect((await app.post(bank, `${path}/${refused.id}/challenge`).expect(200)).body.state).toBe('PENDING');
    good('/wrong');
    expect((await app.post(bank, `${path}/${refused.id}/challenge`).expect(200)).body).toMatchObject({ state: 'ACTIVE', stateReason: null });
    await app.post(bank, `${path}/${refused.id}/challenge`).expect(409);
    const [challenge] = receiver.at('/wrong');
    expect(JSON.parse(challenge.body)).toMatchObject({ type: 'cn.finharbor.webhook.challenge.v1', recipient: bank.organisationId, subject: `webhook-endpoint/${refused.id}` });
    expect(challenge.headers['webhook-signature']).toMatch(/^v1a,/);
    for (const url of ['ftp://bank.example.cn', 'http://169.254.169.254/', 'https://user@bank.example.cn/', 'no url']) {
      expect((await app.post(bank, path, { url }).expect(400)).body.errors).toMatchObject([{ field: 'url' }]);
    }
    await app.post(bank, path, { url: receiver.url('/x'), types: ['demand.submitted'] }).expect(400);
  });

  it('are nobody else’s', async () => {
    const bank = await newBank();
    const { id, secrets: [secret] } = await create(bank);
    await app.post(bank, `${path}/${id}/test-events`, {}).expect(201);
    const [delivery] = await deliveries(bank);
    for (const caller of [other, callerOf('supervisor'), callerOf('department')]) {
      await app.get(caller, `${path}/${id}`).expect(404);
      await app.patch(caller, `${path}/${id}`, {}).set('if-match', '"1"').expect(404);
      await app.delete(caller, `${path}/${id}`).expect(404);
      await app.delete(caller, `${path}/${id}/secrets/${secret.id}`).expect(404);
      for (const verb of ['challenge', 'pause', 'resume', 'test-events', 'secrets']) await app.post(caller, `${path}/${id}/${verb}`, {}).expect(404);
      await app.post(caller, `${path}/${id}/replays`, { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' }).expect(404);
      await app.get(caller, `/v1/webhook-deliveries/${delivery.id}`).expect(404);
      await app.post(caller, `/v1/webhook-deliveries/${delivery.id}/replay`).expect(404);
      expect((await app.get(caller, path).expect(200)).body.items).toEqual([]);
      expect(await deliveries(caller)).toEqual([]);
    }
    await app.get(callerOf('harbor-staff', bank.organisationId!), path).expect(403);
  });

  it('show a shared secret once, and the same answer to the same request', async () => {
    const bank = await newBank();
    const [key, url] = [newId(), good('/hmac')];
    const first = await app.post(bank, path, { url, scheme: 'HMAC' }, key).expect(201);
    const again = await app.post(bank, path, { url, scheme: 'HMAC' }, key).expect(201);
    expect(first.body).toMatchObject({ publicKey: null, secret: expect.stringMatching(/^whsec_/) });
    expect(again.text).toBe(first.text);
    const { items } = (await app.get(bank, path).expect(200)).body;
    expect(items).toMatchObject([{ id: first.body.id, scheme: 'HMAC', publicKey: null }]);
    expect(JSON.stringify(items)).not.toContain('whsec_');
    const [row] = await app.database.query<{ row: string }>('select t::text as row from partners.webhook_secrets t where endpoint_id = $1', [first.body.id]);
    expect(row.row).not.toContain('whsec_');
  });

  it('change as they were read, move only to where a challenge is answered, and are deleted with what waits', async () => {
    const bank = await newBank();
    const { id } = await create(bank);
    const { headers: { etag } } = await app.get(bank, `${path}/${id}`).expect(200);
    await app.patch(bank, `${path}/${id}`, { types: [] }).expect(428);
    await app.patch(bank, `${path}/${id}`, { types: [] }).set('if-match', '*').expect(412);
    const changed = await app.patch(bank, `${path}/${id}`, { types: ['issue.closed'] }).set('if-match', etag).expect(200);
    expect(changed.body).toMatchObject({ types: ['issue.closed'] });
    await app.patch(bank, `${path}/${id}`, { types: [] }).set('if-match', etag).expect(412);
    receiver.behave('/away', answer(503));
    const next = changed.headers.etag;
    expect((await app.patch(bank, `${path}/${id}`, { url: receiver.url('/away') }).set('if-match', next).expect(422)).body.code).toBe('WEBHOOK_CHALLENGE_FAILED');
    const moved = await app.patch(bank, `${path}/${id}`, { url: good('/moved'), description: '新址' }).set('if-match', next).expect(200);
    expect(moved.body).toMatchObject({ url: receiver.url('/moved'), description: '新址', types: ['issue.closed'], state: 'ACTIVE' });
    await app.post(bank, `${path}/${id}/pause`).expect(200);
    await app.deliver('issue.closed', { issueId: newId(), harborId: newId() }, { organisationId: bank.organisationId! });
    await app.delete(bank, `${path}/${id}`).expect(204);
    await app.get(bank, `${path}/${id}`).expect(404);
    await app.delete(bank, `${path}/${id}`).expect(404);
    expect(await deliveries(bank)).toMatchObject([{ endpointId: id, state: 'CANCELLED' }]);
    expect(await app.database.query('select 1 from partners.webhook_secrets where endpoint_id = $1', [id])).toEqual([]);
    const trail = await app.database.query<{ action: string }>('select action from partners.audit where resource_id = $1 order by id', [id]);
    expect(trail.map(({ action }) => action.split('.')[1])).toEqual(['create', 'update', 'update', 'pause', 'delete']);
  });

  it('get the events that they want, wait while they are paused, and nothing of before', async () => {
    const bank = await newBank();
    await tell(bank);
    const at = `/${newId()}`;
    const wants = await create(bank, { url: good(at), types: ['issue.registered'] });
    await create(bank, { types: ['demand.chosen'] });
    await tell(bank);
    await delivered(bank, 1);
    await app.post(bank, `${path}/${wants.id}/pause`).expect(200);
    await app.post(bank, `${path}/${wants.id}/pause`).expect(409);
    await tell(bank);
    const [waiting, ...rest] = await deliveries(bank);
    expect([waiting.state, rest.map(({ state }) => state as string)]).toEqual(['PENDING', ['DELIVERED']]);
    await app.post(bank, `${path}/${wants.id}/resume`).expect(200);
    await delivered(bank, 2);
    const { items } = (await app.get(bank, '/v1/events').expect(200)).body as { items: { id: string }[] };
    expect(receiver.ids(at).slice(1)).toEqual(items.slice(1).map(({ id }) => id));
    expect(receiver.at(at).slice(1).map(({ body }) => body)).toEqual(items.slice(1).map((item) => JSON.stringify(item)));
  });

  it('are tried out by an event that says so and that no feed has', async () => {
    const bank = await newBank();
    const at = `/${newId()}`;
    const { id } = await create(bank, { url: good(at) });
    const test = (await app.post(bank, `${path}/${id}/test-events`, {}).expect(201)).body;
    const like = (await app.post(bank, `${path}/${id}/test-events`, { type: 'demand.chosen' }).expect(201)).body;
    expect([test.type, like.type, test.state]).toEqual(['webhook.test', 'demand.chosen', 'PENDING']);
    await delivered(bank, 2);
    const bodies = receiver.at(at).slice(1).map(({ body }) => JSON.parse(body) as { id: string; test: boolean; type: string });
    expect(bodies.find((one) => one.id === test.eventId)).toMatchObject({ type: 'cn.finharbor.webhook.test.v1', test: true, data: { endpointId: id } });
    expect(bodies.find((one) => one.id === like.eventId)).toMatchObject({ type: 'cn.finharbor.demand.chosen.v1', test: true, subject: `webhook-endpoint/${id}` });
    expect((await app.get(bank, '/v1/events').expect(200)).body.items).toEqual([]);
    const detail = (await app.get(bank, `/v1/webhook-deliveries/${test.id}`).expect(200)).body;
    expect(detail).toMatchObject({ state: 'DELIVERED', attemptCount: 1, status: 200, attempts: [{ number: 1, status: 200, error: null, answer: expect.any(String) }] });
    await app.post(bank, `${path}/${id}/pause`).expect(200);
    await app.post(bank, `${path}/${id}/test-events`, {}).expect(409);
  });

  it('are signed with all keys that have not run out', async () => {
    const bank = await newBank();
    const at = `/${newId()}`;
    const { id, publicKey, secrets: [first] } = await create(bank, { url: good(at) });
    const rotated = (await app.post(bank, `${path}/${id}/secrets`, { overlapHours: 2 }).expect(201)).body as Endpoint;
    expect(rotated.publicKey).not.toBe(publicKey);
    expect(rotated.secrets).toMatchObject([
      { publicKey: rotated.publicKey, expiresAt: null }, { id: first.id, publicKey, expiresAt: expect.any(String) },
    ]);
    await app.post(bank, `${path}/${id}/test-events`, {}).expect(201);
    await delivered(bank, 1);
    expect(String(receiver.at(at).at(-1)!.headers['webhook-signature']).split(' ')).toHaveLength(2);
    await app.delete(bank, `${path}/${id}/secrets/${rotated.secrets[0].id}`).expect(409);
    await app.delete(bank, `${path}/${id}/secrets/${first.id}`).expect(204);
    await app.post(bank, `${path}/${id}/test-events`, {}).expect(201);
    await delivered(bank, 2);
    expect(String(receiver.at(at).at(-1)!.headers['webhook-signature']).split(' ')).toHaveLength(1);
    for (let count = 0; count < 3; count += 1) await app.post(bank, `${path}/${id}/secrets`, {}).expect(201);
    await app.post(bank, `${path}/${id}/secrets`, {}).expect(409);
    await app.post(bank, `${path}/${id}/secrets`, { overlapHours: 0 }).expect(201);
    expect((await app.get(bank, `${path}/${id}`).expect(200)).body.secrets).toHaveLength(1);
  });

  it('are sent again what is asked for, by one delivery or by a window, with the same ids', async () => {
    const bank = await newBank();
    const at = `/${newId()}`;
    await tell(bank); // before it was there
    const { id } = await create(bank, { url: good(at) });
    await tell(bank);
    await delivered(bank, 1);
    const [delivery] = await deliveries(bank);
    const again = (await app.post(bank, `/v1/webhook-deliveries/${delivery.id}/replay`).expect(201)).body;
    expect(again).toMatchObject({ eventId: delivery.eventId, isReplay: true, state: 'PENDING' });
    await delivered(bank, 2);
    expect(receiver.ids(at).slice(1)).toEqual([delivery.eventId, delivery.eventId]);
    const window = { from: '2026-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
    const replay = async (more: object = {}): Promise<unknown> => (await app.post(bank, `${path}/${id}/replays`, { ...window, ...more }).expect(201)).body;
    await app.post(bank, `${path}/${id}/pause`).expect(200);
    expect(await replay({ state: 'FAILED' })).toEqual({ count: 0, continueFrom: null });
    expect(await replay({ to: '2026-01-02T00:00:00Z' })).toEqual({ count: 0, continueFrom: null });
    expect(await replay({ state: 'DELIVERED' })).toEqual({ count: 1, continueFrom: null });
    expect(await replay()).toEqual({ count: 1, continueFrom: null }); // the other one waits already
    await app.post(bank, `/v1/webhook-deliveries/${delivery.id}/replay`).expect(409);
    await app.post(bank, `${path}/${id}/resume`).expect(200);
    await delivered(bank, 4);
    expect(new Set(receiver.ids(at).slice(1)).size).toBe(2);
    await app.post(bank, `${path}/${id}/replays`, { from: window.to, to: window.from }).expect(400);
  });

  it('are found again by what was sent to them', async () => {
    const bank = await newBank();
    const at = `/${newId()}`;
    const one = await create(bank, { url: good(at) });
    const two = await create(bank, { types: ['demand.chosen'] });
    await tell(bank);
    await tell(bank);
    await app.post(bank, `${path}/${two.id}/test-events`, {}).expect(201);
    await delivered(bank, 3);
    const [test, second, first] = await deliveries(bank);
    const ids = async (query: string): Promise<string[]> => (await deliveries(bank, query)).map((found) => found.id as string);
    expect(await ids(`endpointId=${one.id}`)).toEqual([second.id, first.id]);
    expect(await ids('type=webhook.test')).toEqual([test.id]);
    expect(await ids(`eventId=${first.eventId}`)).toEqual([first.id]);
    expect(await ids('state=PENDING')).toEqual([]);
    expect(await ids(`from=${second.createdAt}`)).toEqual([test.id, second.id]);
    expect(await ids(`to=${second.createdAt}`)).toEqual([first.id]);
    const page = (await app.get(bank, '/v1/webhook-deliveries?limit=2').expect(200)).body;
    expect((await deliveries(bank, `limit=2&cursor=${page.nextCursor}`)).map((found) => found.id)).toEqual([first.id]);
    await app.get(bank, `/v1/webhook-deliveries?limit=2&type=webhook.test&cursor=${page.nextCursor}`).expect(400);
  });

  it('are at most twenty, also when many are made at once', async () => {
    const bank = await newBank();
    receiver.behave('/many', accept);
    await app.database.query(
      `insert into partners.webhook_endpoints (id, org_id, url, scheme, state) select gen_random_uuid(), $1, $2, 'HMAC', 'PENDING' from generate_series(1, 18)`,
      [bank.organisationId, receiver.url('/many')]);
    const answers = await Promise.all(Array.from({ length: 4 }, () => app.post(bank, path, { url: receiver.url('/many') })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
  });

  it('fare as anybody may know: rounded, and not at all where there were few', async () => {
    await app.database.query('delete from partners.webhook_deliveries');
    const bank = await newBank();
    const { id } = await create(bank);
    const add = (state: string, count: number): Promise<unknown> => app.database.query(
      `insert into partners.webhook_deliveries (org_id, endpoint_id, event_id, type, state, next_attempt_at, created_at, first_attempt_at)
       select $1, $2, gen_random_uuid(), 'webhook.test', $3, null, now() - interval '1 hour', now() - interval '1 hour' + make_interval(secs => n * 0.01)
       from generate_series(1, $4) n`, [bank.organisationId, id, state, count]);
    const figures = async (): Promise<object> => (await app.get(callerOf('anonymous'), '/v1/status').expect(200)).body.webhooks;
    await add('DELIVERED', 19);
    expect(await figures()).toEqual({ success: null, firstAttemptP95Ms: null, backlog: 0 });
    await add('FAILED', 1);
    expect(await figures()).toEqual({ success: null, firstAttemptP95Ms: null, backlog: 0 }); // as it was a moment before
    const told = await app.app.get(StatusService).figures(performance.now() + 20_000);
    expect(told).toEqual({ success: 0.95, firstAttemptP95Ms: 200, backlog: 0 });
    expect(await app.app.get(StatusService).figures(performance.now() + 20_000)).toBe(told);
  });
});
