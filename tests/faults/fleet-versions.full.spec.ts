import { rmSync } from 'node:fs';
import { until } from '@finharbor/testing/until';
import { FleetCopies } from './support/fleet-copies.js';
import { buildNextVersion, migrateTo } from './support/fleet-next.js';
import { judgeFleet } from './support/fleet-oracle.js';
import { Load } from './support/load.js';
import { record } from './support/report.js';

describe('the next version beside this one', () => {
  let fleet: FleetCopies;
  let load: Load | undefined;
  let next: string;

  beforeAll(async () => {
    next = buildNextVersion();
    fleet = await FleetCopies.start({ lingerMs: 2_500 });
    await fleet.fleet.settle();
  }, 240_000);
  afterAll(async () => {
    load?.kill();
    await fleet?.stop();
    rmSync(next, { recursive: true, force: true });
  }, 60_000);

  const number = async (sql: string, parameters: unknown[] = []): Promise<number> =>
    Number((await fleet.fleet.database.query<{ number: string }>(`select (${sql})::int as number`, parameters))[0].number);

  /** Replies that the next version told of: in the outbox still, in an envelope, and counted by the harbors. */
  const waiting = (): Promise<number> => number(`select count(*) from feedback.outbox where name = 'issue.replied'`);
  const told = (): Promise<number> => number(
    `select count(*) from feedback.delivery, jsonb_array_elements(body::jsonb) event where event ->> 'n' = 'issue.replied'`);
  const counted = (): Promise<number> => number('select coalesce(sum(reply_total), 0) from harbors.harbor_totals');

  /** The other copy of each serves meanwhile. */
  const changeAll = async (copy: number, home?: string): Promise<void> => {
    await Promise.all(fleet.names.map((name) => fleet.change(copy, name, home)));
  };

  it('serves the same traffic, forward and back again, and loses and doubles nothing', async () => {
    load = Load.start(fleet.fleet, { users: 5, mix: { apply: 3, complain: 5, push: 1, offer: 1, organise: 1, look: 2 } });
    await load.more(50);
    migrateTo(next, fleet.fleet.database.adminUrl); // while this version serves
    await load.more(30);
    await changeAll(1, next);
    await load.more(120);
    await until('replies are told', async () => await told() > 0);
    await until('what the next version tells, the next version counts', async () => await counted() > 0, 60_000);

    // All of the next version, then back: what it told and did not yet send, and what was sent and not yet counted, waits for it.
    await changeAll(0, next);
    await load.more(60);
    await changeAll(0);
    await changeAll(1);
    await fleet.fleet.database.query(
      `insert into feedback.outbox (event_id, name, org_id, aggregate_id, aggregate_version, payload)
       select gen_random_uuid(), 'issue.replied', org_id, id, 2, jsonb_build_object('issueId', id, 'harborId', harbor_id) from feedback.issues limit 3`);
    await load.more(60);
    expect(await waiting()).toBe(3);
    await fleet.fleet.database.query(
      `insert into feedback.delivery (id, consumer, body, published_at)
       select gen_random_uuid(), 'harbors', jsonb_build_array(jsonb_build_object('i', gen_random_uuid(), 'n', 'issue.replied', 'o', org_id, 'a', id, 'v', 2,
         'p', jsonb_build_object('issueId', id, 'harborId', harbor_id)))::text, now() - interval '1 minute' from feedback.issues limit 2`);
    await until('an older consumer was handed what it does not know', async () => await number(`select count(*) from feedback.delivery where acked_at is null and attempt > 1`) > 0);
    const before = await counted();
    await load.more(120);
    expect(await fleet.fleet.deadLetters()).toEqual([]);
    expect([await counted(), await waiting()]).toEqual([before, 3]);

    // And forward for good: nothing that waited is lost.
    await changeAll(0, next);
    await changeAll(1, next);
    const ledger = await load.stop();
    load = undefined;
    const { acknowledged, lost, doubled, problems } = await judgeFleet(fleet.fleet, ledger);
    expect({ lost, doubled, problems }).toEqual({ lost: 0, doubled: 0, problems: [] });
    expect([await counted(), await waiting()]).toEqual([await told(), 0]);
    expect(await told()).toBeGreaterThanOrEqual(before + 5);
    record({
      rows: [23], fault: 'old and new version side by side, forward, back and forward again, under load',
      injected: 'a next version with an added column, a payload that grows and an event that the old one does not know; each process replaced in turn',
      acknowledged, lost, doubled, note: `${await told()} events of the new kind: the old relay left them, the old consumer put them off, the new version applied each once`,
    });
  }, 900_000);
});
