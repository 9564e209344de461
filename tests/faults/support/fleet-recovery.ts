import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import type { TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';

/** The least id of our kind that could be made at this time: ids begin with the ms since 1970. */
const firstIdAt = (ms: number): string => {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
};

/** Seconds from a moment until every event that was committed before it has taken effect, whatever has been committed since. */
export async function effectsSince(fleet: TestFleet, since: number): Promise<number> {
  const open = serviceNames.map(schemaOf).map((schema) => `(select count(*) from ${schema}.outbox where created_at < $1)
    + (select count(*) from ${schema}.delivery where acked_at is null and id < $2)`).join(' + ');
  await until('all that was committed took effect', async () => {
    const [{ left }] = await fleet.database.query<{ left: string }>(`select ${open} as left`, [new Date(since), firstIdAt(since)]);
    return Number(left) === 0;
  }, 60_000);
  return (Date.now() - since) / 1_000;
}

/** Envelopes sent over envelopes there were. */
export async function envelopesSent(fleet: TestFleet): Promise<number> {
  const [{ ratio }] = await fleet.database.query<{ ratio: number }>(
    `select (sum(attempt)::float / count(*)) as ratio from (${serviceNames.map((name) => `select attempt from ${schemaOf(name)}.delivery`).join(' union all ')}) sent`);
  return ratio;
}
