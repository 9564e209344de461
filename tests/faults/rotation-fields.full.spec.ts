import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FinHarborClient } from '@finharbor/client/client';
import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { type Fleet, fleetUrls, startFleet } from '../../tools/lib/fleet.mjs';
import { Balancer } from './support/balancer.js';
import { fieldRows } from './support/field-rows.js';
import { FieldTraffic, type Person } from './support/field-traffic.js';
import { record } from './support/report.js';

/** Those that hold personal data have two processes each behind a balancer; the others have no part in it but their own secrets. */
const holding = ['partners', 'enterprise-lists', 'loan-matching', 'feedback'];
const beside = ['product-catalog', 'harbors'];
/** Three batches of the re-encryption, so that there is a middle to be killed in. */
const pushedRows = 1_500;
const secret = (): string => randomBytes(32).toString('base64url');

/** What the killed process encrypts anew: a column, and how it begins before and after. */
interface Step {
  table: 'data_keys' | 'enterprises';
  column: string;
  before: string;
  after: string;
}

describe('field keys and suites that are exchanged in traffic', () => {
  let fleet: TestFleet;
  let balancer: Balancer | undefined;
  let administrator: FinHarborClient;
  let traffic: FieldTraffic | undefined;
  let third: () => Promise<Fleet>;
  const copies: Fleet[] = [];
  const singles: Fleet[] = [];
  const [k1, k2] = [`k1:${secret()}`, `k2:${secret()}`];
  /** When what was done: for the reader of failures. */
  const steps: string[] = [];
  const step = (what: string): void => void steps.push(`${new Date().toISOString().slice(11, 23)} ${what}`);
  /** What a process that starts from now on is told. */
  const env: Record<string, string> = { FIELD_KEYS: k1, FIELD_SUITE: 'AES', SHUTDOWN_LINGER_MS: '3000', AUDIT_SEAL_SECONDS: '1', RATE_LIMIT_FACTOR: '0' };

  beforeAll(async () => {
    fleet = await startTestFleet({
      env,
      start: async (options, reached) => {
        const urls = [await fleetUrls(), await fleetUrls(), await fleetUrls()];
        balancer = await Balancer.start(holding.map((name) =>
          ({ name, port: Number(new URL(reached[name]).port), copies: [urls[0][name], urls[1][name]] })));
        const launch = (index: number, only: string[]): Promise<Fleet> =>
          startFleet({ ...options, env, reached, only, logDir: `${options.logDir}-${index}` }, urls[index]);
        third = () => launch(2, ['enterprise-lists']);
        copies.push(...await Promise.all([launch(0, holding), launch(1, holding)]));
        singles.push(await startFleet({ ...options, env, only: ['gateway', ...beside] }, reached));
        for (const name of holding) await balancer.takes(name, 2);
        const stop = async (): Promise<void> => void await Promise.all([...copies, ...singles].map((one) => one.stop()));
        return { url: reached.gateway, services: singles[0].services, stop };
      },
    });
    administrator = fleet.administrator('security-');
    await fleet.settle();
  }, 180_000);
  afterAll(async () => {
    await traffic?.end();
    await fleet?.stop();
    await balancer?.stop();
  }, 60_000);

  /** Every process in turn, the services at once, is told something else. */
  async function rollOut(): Promise<void> {
    for (const { services } of copies) {
      await Promise.all(holding.map(async (name) => {
        await services[name].stop();
        await services[name].start();
      }));
      for (const name of holding) await balancer!.takes(name, 2);
      step('one process of each was replaced');
    }
    for (const name of beside) await singles[0].services[name].stop();
    await Promise.all(beside.map((name) => singles[0].services[name].start()));
  }

  /** Re-encrypts until one process is killed in the middle of it; how many rows it had done by then, of how many. */
  async function killedInTheMiddle({ table, column, before, after }: Step): Promise<[done: number, all: number]> {
    const name = `enterprise_lists.${table}`;
    await fleet.database.query(`
      create or replace function enterprise_lists.dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.03); return new; end $$;
      create trigger dawdle before update on ${name} for each row
        when (starts_with(old.${column}, '${before}') and starts_with(new.${column}, '${after}') and hashtext(old.id::text) % 20 = 0)
        execute function enterprise_lists.dawdle()`);
    const counts = async (): Promise<[number, number]> => {
      const [{ done, all }] = await fleet.database.query<{ done: number; all: number }>(
        `select count(*) filter (where starts_with(${column}, '${after}'))::int as done, count(*)::int as all from ${name} where ${column} is not null`);
      return [done, all];
    };
    const begun = (await counts())[0];
    const { services } = await third();
    await until('some rows are encrypted anew', async () => (await counts())[0] >= begun + 500, 90_000);
    await services['enterprise-lists'].stop('SIGKILL');
    step('one was killed');
    const [done, all] = await counts();
    expect(all - done).toBeGreaterThan(200);
    await fleet.database.query(`drop trigger dawdle on ${name}`);
    return [done, all];
  }

  /** Waits until nothing is left in any service; stored answers of seven days ago are forgotten by then. */
  async function nothingLeft(key: string): Promise<void> {
    await traffic!.pause();
    traffic!.forget();
    for (const schema of serviceNames.map(schemaOf)) {
      await fleet.database.query(`delete from ${schema}.idempotency_keys where not starts_with(fingerprint, $1)`, [key]);
    }
    await traffic!.begin();
    for (const name of serviceNames) {
      await until(`${name} has nothing left`, async () => {
        const { left } = (await administrator.get(`/v1/operations/${name}/field-keys`)) as { left: { rows: number }[] };
        return left.every(({ rows }) => rows === 0);
      }, 90_000);
    }
    step('nothing is left');
  }

  async function records(what: 'person-reports' | 'person-erasures', { phone }: Person): Promise<number> {
    let found = 0;
    for (const name of serviceNames) {
      const { records } = (await administrator.post(`/v1/operations/${name}/${what}`, { identifier: phone, reason: '本人要求删除' })) as { records: unknown[] };
      found += records.length;
    }
    return found;
  }

  /** Somebody whom three services know, with a view of its contact that was answered before. */
  async function someone(): Promise<Person & { demand: string; issue: string; bank: string; key: string }> {
    const person = traffic!.person();
    const [demand, issue] = [await traffic!.apply(person), await traffic!.complain(person)];
    await traffic!.push(1, person);
    const { bank } = traffic!.demands.get(demand)!;
    const key = `key-${person.phone}`;
    expect((await traffic!.ask(bank, `/v1/demands/${demand}/contact-views`, { body: { reason: '回访' }, key })).status).toBe(201);
    traffic!.demands.delete(demand);
    traffic!.issues.delete(issue);
    return { ...person, demand, issue, bank, key };
  }

  async function erase(person: Awaited<ReturnType<typeof someone>>): Promise<void> {
    expect(await records('person-erasures', person)).toBe(4); // demand, issue and its note, contact
    await expectGone(person);
  }

  async function expectGone(person: Awaited<ReturnType<typeof someone>>): Promise<void> {
    expect(await records('person-reports', person)).toBe(0);
    const view = { body: { reason: '回访' } };
    const asked = await Promise.all([
      traffic!.ask(person.bank, `/v1/demands/${person.demand}/contact-views`, view),
      traffic!.ask(person.bank, `/v1/demands/${person.demand}/contact-views`, { ...view, key: person.key }),
      traffic!.ask('bank', `/v1/issues/${person.issue}/contact-views`, view),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([404, 404, 404]);
  }

  /** How often each thing was done, by what it left. */
  async function counted(): Promise<Record<string, number>> {
    const [counts] = await fleet.database.query<Record<string, number>>(
      `select (select count(*)::int from loan_matching.demands) as demands, (select count(*)::int from feedback.issues) as issues,
              (select count(*)::int from enterprise_lists.push_lists) as lists,
              (select count(*)::int from loan_matching.audit where action = 'demand.contact-view')
                + (select count(*)::int from feedback.audit where action = 'issue.contact-view') as views`);
    return counts;
  }

  const holds = (texts: Record<string, string | null> | undefined, wanted: Record<string, string>): boolean =>
    Object.entries(wanted).every(([name, text]) => texts?.[name] === text);

  /** What the processes wrote about the first requests that failed: for the reader. */
  const explained = (): string[] => (traffic!.failures.length > 0 ? steps : []).concat(traffic!.failures.slice(0, 20).flatMap((failure) => {
    const [, id] = failure.split(' ');
    if (id.length < 36) return [failure];
    const logs = holding.flatMap((name) => [0, 1].map((index) => join(`${fleet.logDir}-${index}`, `${name}.log`))).concat(join(fleet.logDir, 'gateway.log'));
    const lines = logs.flatMap((log) => readFileSync(log, 'utf8').split('\n').filter((line) => line.includes(id)).map((line) => `  ${log}: ${line}`));
    return [failure, ...lines];
  }));

  it('fail no request, and every text is read as it was entered', async () => {
    traffic = new FieldTraffic(fleet);
    const before = await counted();
    await traffic.begin();
    await until('there is somebody to look at', () => traffic!.demands.size > 1 && traffic!.issues.size > 1);
    const [early, late] = [await someone(), await someone()];
    await traffic.push(pushedRows);
    await traffic.pause();
    traffic.forget(); // a first answer about somebody who will be erased is not given again
    await traffic.begin();
    const begun = Date.now();

    env.FIELD_KEYS = `${k1},${k2}`;
    await rollOut();
    Object.assign(env, { FIELD_KEYS: `${k2},${k1}` });
    const rewrapped = await killedInTheMiddle({ table: 'data_keys', column: 'wrapped', before: 'v1.k1.', after: 'v1.k2.' });
    await erase(early);
    await rollOut();
    await nothingLeft('v1.k2.');
    Object.assign(env, { FIELD_KEYS: k2, FIELD_SUITE: 'SM4' });
    const resealed = await killedInTheMiddle({ table: 'enterprises', column: 'contact_phone_encrypted', before: 'd1.', after: 'd2.' });
    await erase(late);
    await rollOut();
    await nothingLeft('v2.k2.');
    const seconds = (Date.now() - begun) / 1_000;
    await traffic.pause();
    expect(explained()).toEqual([]);
    for (const person of [early, late]) await expectGone(person);
    await fleet.settle();

    // The key and the suite that went are needed by nothing; the last ones open everything, and it is what was entered.
    const rows = await fieldRows(fleet.database, new FieldCipher(k2, 'SM4'));
    expect(new Set(rows.flatMap(({ sealedAs }) => sealedAs))).toEqual(new Set(['d2.']));
    const texts = (table: string): Map<string, Record<string, string | null>> =>
      new Map(rows.filter((row) => row.table === table).map((row) => [row.id, row.texts]));
    const [demands, issues, contacts] = [texts('demands'), texts('issues'), texts('enterprises')];
    const ids = new Map((await fleet.database.query<{ id: string; code: string }>('select id, credit_code as code from enterprise_lists.enterprises')).map(({ id, code }) => [code, id]));
    const wrong = [
      ...[...traffic.demands].filter(([id, { name, phone }]) => !holds(demands.get(id), { contact_name: name, contact_phone: phone })),
      ...[...traffic.issues].filter(([id, { name, phone }]) =>
        !holds(issues.get(id), { registrant_name: name, registrant_phone: phone, title: name })),
      ...[...traffic.contacts].filter(([code, { name, phone }]) => phone !== early.phone && phone !== late.phone
        && !holds(contacts.get(ids.get(code)!), { contact_name: name, contact_phone: phone })),
    ];
    expect(wrong).toEqual([]);
    const ofErased = rows.flatMap((row) => Object.values(row.texts)).filter((text) =>
      [early, late].some(({ name, phone }) => text !== null && (text.includes(name) || text.includes(phone))));
    expect(ofErased).toEqual([]);

    // Beside the two who were erased, and what was seen of them.
    const acknowledged = {
      demands: traffic.demands.size + 2, issues: traffic.issues.size + 2, lists: traffic.lists.length, views: traffic.views + 2,
    };
    const there = Object.fromEntries(Object.entries(await counted()).map(([what, count]) => [what, count - before[what]]));
    expect(there).toEqual(acknowledged);
    expect(await fleet.deadLetters()).toEqual([]);
    expect(await fleet.auditProblems()).toEqual([]);
    record({
      rows: [25], fault: 'the field keys and the encryption suite are exchanged in traffic, and the process that encrypts anew is killed',
      injected: `FIELD_KEYS as k1, k1+k2, k2+k1, k2 and FIELD_SUITE from AES to SM4, each by rolling restarts of two processes of each service; kill -9 after ${
        rewrapped.join(' of ')} data keys and after ${resealed.join(' of ')} rows; two people erased meanwhile`,
      acknowledged: Object.values(acknowledged).reduce((sum, one) => sum + one), lost: 0, doubled: 0,
      note: `0 of ${traffic.requests} requests failed, without retries, in ${seconds.toFixed(0)} s; ${traffic.repeats} repeated requests got their first answer; the erased are gone, the audit trail verifies`,
    });
  }, 600_000);
});
