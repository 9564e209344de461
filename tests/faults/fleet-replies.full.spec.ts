import { newId } from '@finharbor/contracts/ids';
import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import type { Role } from '@finharbor/security/tokens/caller';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { startFleet } from '../../tools/lib/fleet.mjs';
import { auditedCommit, Hold } from './support/fleet-hold.js';
import { type Write, Writes } from './support/fleet-writes.js';
import { record } from './support/report.js';

/** A write whose first answer never arrived, as it was sent. */
interface Sent extends Write {
  key: string;
}

interface Answer {
  status: number;
  replayed: string | null;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

describe('a crash between the commit and the answer', () => {
  let fleet: TestFleet;
  let databaseHold: Hold;
  const serviceHolds: Record<string, Hold> = {};
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    fleet = await startTestFleet({
      start: async (options, urls) => {
        const databaseUrl = new URL(options.databaseUrl);
        databaseHold = await Hold.start(databaseUrl.host);
        databaseUrl.port = String(databaseHold.port);
        for (const name of serviceNames) serviceHolds[name] = await Hold.start(new URL(urls[name]).host);
        const reached = { ...urls, ...Object.fromEntries(serviceNames.map((name) => [name, `http://127.0.0.1:${serviceHolds[name].port}`])) };
        return startFleet({ ...options, reached, databaseUrl: databaseUrl.href }, urls);
      },
    });
    await fleet.settle();
  }, 180_000);
  afterAll(async () => {
    await fleet?.stop();
    for (const hold of [databaseHold, ...Object.values(serviceHolds)]) await hold?.stop();
  }, 60_000);

  async function authorization(role: Role, index: number): Promise<Record<string, string>> {
    if (role === 'anonymous') return {};
    const { clientId, clientSecret } = fleet.credentials(role, index);
    if (!tokens.has(clientId)) {
      const answer = await fetch(new URL('/oauth/token', fleet.url), {
        method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }),
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      });
      tokens.set(clientId, ((await answer.json()) as { access_token: string }).access_token);
    }
    return { authorization: `Bearer ${tokens.get(clientId)}` };
  }

  async function send({ path, body, as: [role, index = 0], secret, contentType, key }: Sent, requestId = key): Promise<Answer> {
    const answer = await fetch(new URL(path, fleet.url), {
      method: 'POST', body: contentType ? body as string : JSON.stringify(body),
      headers: {
        ...await authorization(role, index), 'idempotency-key': key, 'x-request-id': requestId, 'content-type': contentType ?? 'application/json',
        connection: 'close', ...(secret && { 'access-secret': secret }),
      },
    });
    return { status: answer.status, replayed: answer.headers.get('idempotent-replayed'), body: await answer.json() };
  }

  /** Asks again with the same key until there is an answer that is one. */
  const definite = (write: Sent): Promise<Answer> => until(`an answer to ${write.name}`, async () => {
    const answer = await send(write, newId()).catch(() => undefined);
    const code = answer?.body.code ?? answer?.body.errors?.[0].extensions.code;
    return answer && answer.status < 500 && !['SERVICE_UNAVAILABLE', 'SERVICE_TIMEOUT', 'IDEMPOTENCY_IN_FLIGHT'].includes(code) ? answer : false;
  });

  /** How often the first tries took effect, by the audit trail, which is written with the effect. */
  async function effects(writes: Sent[]): Promise<Record<string, number>> {
    const rows = await fleet.database.query<{ key: string; count: number }>(
      `select split_part(request_id, ' ', 2) as key, count(*)::int as count from (${serviceNames.map((name) => `select request_id, action from ${schemaOf(name)}.audit`).join(' union all ')}) audit
       where split_part(request_id, ' ', 2) = any($1) and action not like 'worker:%' and action <> 'receipt.issue' group by 1`, [writes.map(({ key }) => key)]);
    return Object.fromEntries(writes.map(({ name, key }) => [name, rows.find((row) => row.key === key)?.count ?? 0]));
  }

  /** Sends writes at once, lets them be done and their answers be lost with the processes named, and asks again. */
  async function lose(writes: Write[], hold: (sent: Sent[]) => Promise<unknown>, victims: string[]): Promise<Answer[]> {
    const sent = writes.map((write): Sent => ({ ...write, key: newId() }));
    for (const { as: [role, index = 0] } of sent) await authorization(role, index);
    const held = hold(sent);
    const first = Promise.allSettled(sent.map((write) => send(write)));
    await Promise.race([held, first.then((results) => { throw new Error(`Something was answered: ${JSON.stringify(results)}`); })]);
    await Promise.all(victims.map((name) => fleet.services[name].stop('SIGKILL')));
    for (const one of [databaseHold, ...Object.values(serviceHolds)]) one.release();
    for (const result of await first) expect(result.status === 'rejected' || result.value.status === 503 || result.value.body.errors !== undefined).toBe(true);
    await Promise.all(victims.map((name) => fleet.services[name].start()));
    const second = await Promise.all(sent.map(definite));
    const third = await Promise.all(sent.map(definite));
    for (const [index, { name, path }] of sent.entries()) {
      if (path === '/graphql') {
        // A mutation has no key: what was done is not allowed again, or adds nothing.
        const code = second[index].body.errors?.[0].extensions.code;
        expect([name, code]).toEqual([name, /^push-list\.(recommend|dispatch)$/.test(name) ? undefined : 'ILLEGAL_STATE']);
        continue;
      }
      expect([name, second[index]]).toEqual([name, { status: name === 'api-client.lock' ? 200 : 201, replayed: 'true', body: expect.anything() }]);
      expect([name, third[index]]).toEqual([name, second[index]]);
    }
    expect(await effects(sent)).toEqual(Object.fromEntries(sent.map(({ name }) => [name, 1])));
    return second;
  }

  const victimsOf = (writes: Write[]): string[] => [...new Set(writes.map(({ service }) => service))];

  it.each<[string, (writes: Write[]) => [(sent: Sent[]) => Promise<unknown>, string[]]]>([
    ['of the service, right after the commit', (writes) => [() => databaseHold.next(auditedCommit, writes.length), victimsOf(writes)]],
    ['of the gateway, before it passes the answer on', (writes) => [
      (sent) => Promise.all(victimsOf(writes).map((service) => {
        const keys = sent.filter((write) => write.service === service).map(({ key }) => key).join('|');
        return serviceHolds[service].next({ asked: [new RegExp(`x-request-id: (${keys})`, 'i')] }, writes.filter((write) => write.service === service).length);
      })), ['gateway'],
    ]],
  ])('%s loses no write of any kind: the same key gives the same answer', async (what, crash) => {
    const story = await Writes.begin(fleet);
    let count = 0;
    for (let wave = await story.next([]); wave.length > 0;) {
      count += wave.length;
      const answers = await lose(wave, ...crash(wave));
      await fleet.settle();
      wave = await story.next(answers.map(({ body }) => body));
    }
    expect(await fleet.deadLetters()).toEqual([]);
    expect(story.kinds).toBeGreaterThanOrEqual(24);
    record({
      rows: [21], fault: `a crash ${what}`, injected: `the answers to ${count} writes of ${story.kinds} kinds are held back, then kill -9`,
      acknowledged: count, lost: 0, doubled: 0, note: 'the retry with the same Idempotency-Key gave the stored answer; a repeated mutation did nothing more',
    });
  }, 400_000);
});
