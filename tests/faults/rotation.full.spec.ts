import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FinHarborClient } from '@finharbor/client/client';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { type Fleet, fleetUrls, startFleet } from '../../tools/lib/fleet.mjs';
import { Balancer } from './support/balancer.js';
import { record } from './support/report.js';
import { type Credentials, TokenTraffic } from './support/token-traffic.js';

const names = ['partners', 'gateway'];
const secret = (): string => randomBytes(32).toString('base64url');

interface Key { kid: string; state: string; retiresAt: string | null }

/** Two processes of partners and two of the gateway behind a balancer, as everywhere; the other services have no part in this. */
describe('keys that are exchanged in traffic', () => {
  let fleet: TestFleet;
  let balancer: Balancer | undefined;
  let administrator: FinHarborClient;
  let traffic: TokenTraffic | undefined;
  const copies: Fleet[] = [];
  /** When which process was replaced: for the reader of failures. */
  const steps: string[] = [];
  const old = secret();
  /** What a process that starts from now on is told. */
  const env: Record<string, string> = {
    SERVICE_KEY: old, FIELD_KEYS: `k1:${secret()}`, ACCESS_TOKEN_SECONDS: '10', SIGNING_KEY_LEAD_SECONDS: '5',
    SHUTDOWN_LINGER_MS: '5000', AUDIT_SEAL_SECONDS: '1', RATE_LIMIT_FACTOR: '0',
  };

  beforeAll(async () => {
    fleet = await startTestFleet({
      demonstration: false, env,
      start: async (options, reached) => {
        const urls = [await fleetUrls(), await fleetUrls()];
        balancer = await Balancer.start(names.map((name) =>
          ({ name, port: Number(new URL(reached[name]).port), copies: urls.map((one) => one[name]) })));
        for (const [index, own] of urls.entries()) {
          copies.push(await startFleet({ ...options, env, reached, only: names, logDir: `${options.logDir}-${index}` }, own));
        }
        for (const name of names) await balancer.takes(name, 2);
        const stop = async (): Promise<void> => void await Promise.all(copies.map((copy) => copy.stop()));
        return { url: reached.gateway, services: copies[0].services, stop };
      },
    });
    administrator = fleet.administrator('security-');
  }, 120_000);
  afterAll(async () => {
    await traffic?.stop();
    await fleet?.stop();
    await balancer?.stop();
  }, 60_000);

  const keys = async (): Promise<Key[]> => ((await administrator.get('/v1/signing-keys')) as { items: Key[] }).items;
  const rotate = async (): Promise<string> => ((await administrator.post('/v1/signing-keys', undefined)) as Key).kid;
  /** Waits until a key has signed a token of somebody, and so is the one that signs. */
  const signs = (kid: string): Promise<unknown> => until(`${kid} signs`, () => (traffic!.signers.get(kid) ?? 0) > 0);
  /** Gives every process other service keys, one process after the other. */
  const rollOut = async (serviceKeys: string[]): Promise<void> => {
    env.SERVICE_KEY = serviceKeys.join();
    for (const name of names) {
      for (const [index, { services }] of copies.entries()) {
        steps.push(`${new Date().toISOString().slice(11, 23)} ${name} ${index} is stopped`);
        await services[name].stop();
        steps.push(`${new Date().toISOString().slice(11, 23)} it has ended`);
        await services[name].start();
        await balancer!.takes(name, 2);
      }
    }
  };
  /** What the processes wrote about the first requests that failed, and when they were replaced: for the reader. */
  const explained = (): string[] => traffic!.failures.slice(0, 30).flatMap((failure) => {
    const [, id] = failure.split(' ');
    const lines = names.flatMap((name) => [0, 1].flatMap((index) =>
      readFileSync(join(`${fleet.logDir}-${index}`, `${name}.log`), 'utf8').split('\n').filter((line) => line.includes(id)).map((line) => `  ${name} ${index}: ${line}`)));
    return [failure, ...lines];
  }).concat(traffic!.failures.length > 0 ? steps : []);

  it('fail no request: keys that sign tokens, one after the other, and the key between the gateway and the services', async () => {
    const credentials = JSON.parse(readFileSync(join(fleet.dir, 'admin-client.json'), 'utf8')) as Credentials;
    const [{ kid: first }] = await keys();
    const early = balancer!.turnedAway.length; // before partners was there, the gateway looked for it
    traffic = new TokenTraffic(fleet.url, credentials);
    await signs(first);

    const begun = Date.now();
    for (let times = 0; times < 3; times++) await signs(await rotate());
    const rotation = (Date.now() - begun) / 3_000;

    // Each step of the service key in the middle of a rotation of the others.
    const fresh = secret();
    for (const serviceKeys of [[old, fresh], [fresh, old], [fresh]]) {
      const next = await rotate();
      await rollOut(serviceKeys);
      await signs(next);
    }
    const gone = await until('the first keys are retired', async () => {
      const retired = (await keys()).filter(({ state }) => state === 'RETIRED');
      return retired.length >= 3 && retired;
    }, 120_000);
    await traffic.stop();
    expect([explained(), balancer!.turnedAway.slice(early)]).toEqual([[], []]);

    expect(traffic.signers.size).toBe(7);
    expect(gone.at(-1)!.kid).toBe(first);
    const { keys: published } = await (await fetch(new URL('/oauth/jwks', fleet.url))).json() as { keys: { kid: string }[] };
    expect(published.map(({ kid }) => kid).sort()).toEqual((await keys()).filter(({ state }) => state !== 'RETIRED').map(({ kid }) => kid).sort());
    const there = await fleet.database.query<{ name: string; times: number }>(
      `select name, count(*)::int as times from partners.organisation_names where name like '轮换 %' group by name`);
    const lost = traffic.registered.filter((name) => !there.some((row) => row.name === name)).length;
    const doubled = there.filter(({ times }) => times > 1).length;
    expect([lost, doubled, there.length]).toEqual([0, 0, traffic.registered.length]);
    const [{ made, retired, unused }] = await fleet.database.query<Record<string, number>>(
      `select (select count(*)::int from partners.audit where action = 'signing-key.make') as made,
              (select count(*)::int from partners.audit where action = 'signing-key.retire') as retired,
              (select count(*)::int from partners.signing_keys where retired_at is not null and private_jwk_encrypted is not null) as unused`);
    expect([made, retired >= 3, unused]).toEqual([7, true, 0]);
    record({
      rows: [25], fault: 'token signing keys and the service key are exchanged in traffic',
      injected: '6 rotations of the signing key, and SERVICE_KEY as old, old+new, new+old, new by rolling restarts of two partners and two gateways',
      acknowledged: traffic.registered.length, lost, doubled,
      note: `0 of ${traffic.requests} requests failed, without retries; a new key signs ${rotation.toFixed(1)} s after it was asked for (5 s of it the configured lead)`,
    });
  }, 400_000);

  it('that are known go on verifying tokens while partners is away', async () => {
    const other = new TokenTraffic(fleet.url, JSON.parse(readFileSync(join(fleet.dir, 'admin-client.json'), 'utf8')) as Credentials, 0);
    const greet = async ({ text }: { text: string }): Promise<unknown> =>
      other.ask('/graphql', { method: 'POST', body: '{"query":"{ __typename }"}', headers: { authorization: `Bearer ${text}`, 'content-type': 'application/json' } });
    // Each gateway has seen the keys, and none of them the tokens that are shown later.
    const shown = await Promise.all(Array.from({ length: 8 }, () => other.token()));
    const kept = await Promise.all(Array.from({ length: 4 }, () => other.token()));
    await Promise.all(shown.map(greet));
    for (const { services } of copies) await services.partners.stop('SIGKILL');
    for (const token of kept) expect(await greet(token)).toEqual({ data: { __typename: 'Query' } });
    await other.stop();
  }, 60_000);
});
