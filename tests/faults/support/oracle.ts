import { catalogue, type EventName } from '@finharbor/contracts/events/catalogue';
import { schemaOf, type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { until } from '@finharbor/testing/until';
import type { Rig } from './rig.js';

/** What the producers' ledgers and the database say of each other. */
export interface Verdict {
  /** Events whose commit was confirmed to the producer. */
  acknowledged: number;
  /** Of these and each of their consumers, those without an effect. */
  lost: number;
  /** Effects beyond the first of an event and a consumer. */
  doubled: number;
  /** Effects of events that nobody tried to commit, or that took effect at one consumer and not at another. */
  strange: number;
  /** Envelopes sent over envelopes there were. */
  envelopes: number;
}

/** Events that are not relayed yet and envelopes that are not acknowledged, over all services. */
export async function open(rig: Rig): Promise<number> {
  const parts = serviceNames.map(schemaOf).map((schema) =>
    `(select count(*) from ${schema}.outbox) + (select count(*) from ${schema}.delivery where acked_at is null)`);
  return rig.count(`select ${parts.join(' + ')} as count`);
}

/** Waits until nothing is on its way any more; the seconds that took, from `since`. */
export async function settle(rig: Rig, since: number, withinMs = 60_000): Promise<number> {
  let left = 0;
  await until('everything is delivered', async () => {
    for (const one of rig.processes) if (!one.isAlive && one.isWanted) throw new Error(`${one.name} ended by itself; see ${one.log}`);
    return (left = await open(rig)) === 0;
  }, withinMs).catch((error: Error) => { throw new Error(`${error.message} ${left} are open.`); });
  return (Date.now() - since) / 1_000;
}

/**
 * Waits until everything that was promised by now took effect at every consumer; the seconds since then. What is promised
 * meanwhile is not waited for, so that it can be asked under load.
 */
export async function recovered(rig: Rig, since = Date.now()): Promise<number> {
  const promised = new Set(rig.promised());
  const names = new Map(rig.ledger().map((line) => line.split(' ')).map(([, id, name]) => [id, name as EventName]));
  for (const service of serviceNames) {
    let ids = [...promised].filter((id) => catalogue[names.get(id)!].consumers.includes(service));
    await until(`${service} has applied what was promised`, async () => {
      ids = (await rig.database.query<{ id: string }>(
        `select id from unnest($1::uuid[]) id where not exists (select from ${schemaOf(service)}.rig_effects where aggregate_id = id)`, [ids],
      )).map(({ id }) => id);
      return ids.length === 0;
    }).catch((error: Error) => { throw new Error(`${error.message} ${ids.length} are missing.`); });
  }
  return (Date.now() - since) / 1_000;
}

/** How often envelopes were sent, beyond the first time. */
export const resent = (rig: Rig): Promise<number> =>
  rig.count(`select ${serviceNames.map((service) => `(select coalesce(sum(attempt - 1), 0) from ${schemaOf(service)}.delivery)`).join(' + ')} as count`);

/** Compares; call it after `settle`. */
export async function verdict(rig: Rig): Promise<Verdict> {
  const tried = new Map<string, EventName>();
  const promised = new Set<string>();
  for (const line of rig.ledger()) {
    const [sign, id, name] = line.split(' ');
    if (sign === '+') tried.set(id, name as EventName);
    if (sign === '=') promised.add(id);
  }
  const effects = new Map<ServiceName, Map<string, number>>();
  for (const service of serviceNames) {
    const rows = await rig.database.query<{ id: string; times: number }>(
      `select aggregate_id as id, count(*)::int as times from ${schemaOf(service)}.rig_effects group by 1`);
    effects.set(service, new Map(rows.map(({ id, times }) => [id, times])));
  }
  const result = { acknowledged: promised.size, lost: 0, doubled: 0, strange: 0 };
  for (const seen of effects.values()) {
    for (const [id, times] of seen) {
      result.doubled += times - 1;
      if (!tried.has(id)) result.strange += 1;
    }
  }
  for (const [id, name] of tried) {
    const { consumers } = catalogue[name];
    const reached = consumers.filter((consumer) => effects.get(consumer)!.has(id)).length;
    if (promised.has(id)) result.lost += consumers.length - reached;
    else if (reached !== 0 && reached !== consumers.length) result.strange += 1;
  }
  const [{ sent, envelopes }] = await rig.database.query<{ sent: string; envelopes: string }>(
    `select coalesce(sum(attempt), 0) as sent, count(*) as envelopes from (${
      serviceNames.map((service) => `select attempt from ${schemaOf(service)}.delivery`).join(' union all ')}) all_of_them`);
  return { ...result, envelopes: Number(envelopes) === 0 ? 1 : Number(sent) / Number(envelopes) };
}

/** Fails unless all `count` events were promised, each took effect once at each consumer, and none was parked. */
export async function expectExact(rig: Rig, count: number): Promise<Verdict> {
  const found = await verdict(rig);
  expect(found).toMatchObject({ lost: 0, doubled: 0, strange: 0 });
  expect(found.acknowledged).toBeGreaterThanOrEqual(count);
  const parked = await rig.database.query(serviceNames.map((service) => `select name, error from ${schemaOf(service)}.dead_letters`).join(' union all '));
  expect(parked).toEqual([]);
  return found;
}

/** What a row of the report takes from a verdict; `before` were promised by an earlier test of the same rig. */
export const figures = ({ acknowledged, lost, doubled, envelopes }: Verdict, before = 0): Omit<Verdict, 'strange'> =>
  ({ acknowledged: acknowledged - before, lost, doubled, envelopes });
