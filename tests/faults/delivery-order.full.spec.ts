import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import fc from 'fast-check';
import { record } from './support/report.js';
import { Cast, stories, tellAll, type Told } from './support/rig-story.js';

const length = 60;
const runs = 12;
const schemas = serviceNames.map(schemaOf);
/** Tables of the platform, which remember deliveries and not facts. */
const platform = ['outbox', 'delivery', 'inbox', 'dead_letters', 'due', 'idempotency_keys'];

describe('events that come again and again in any order', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await startTestFleet({ demonstration: false });
  }, 120_000);
  afterAll(() => fleet?.stop());

  /** Every row of every service that names something of the cast, in the words of the story and without times. */
  async function stateOf(cast: Cast): Promise<string[]> {
    const tables = await fleet.database.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1) and tablename <> all($2)`, [schemas, platform]);
    const rows: string[] = [];
    for (const { name } of tables) {
      for (const { row } of await fleet.database.query<{ row: Record<string, unknown> }>(`select to_jsonb(t) as row from ${name} t`)) {
        const facts = Object.fromEntries(Object.entries(row).filter(([column]) => !/_at$|^at$/.test(column)));
        const text = JSON.stringify(facts);
        if (cast.has(text)) rows.push(`${name} ${cast.take(text)}`);
      }
    }
    return rows.sort();
  }

  const shuffled = (story: Told[]): fc.Arbitrary<Told[]> =>
    fc.shuffledSubarray([...story, ...story, ...story], { minLength: story.length * 3 });

  it('end in the same state as told once, in order', async () => {
    let told = 0;
    await fc.assert(fc.asyncProperty(
      stories(length).chain((story) => fc.tuple(fc.constant(story), shuffled(story))),
      async ([story, mixed]) => {
        const [once, thrice] = [new Cast(story), new Cast(story)];
        await tellAll(fleet.database, once, story);
        await fleet.settle();
        await tellAll(fleet.database, thrice, mixed);
        await fleet.settle();
        const state = await stateOf(once);
        expect(state.length).toBeGreaterThan(0);
        expect(await stateOf(thrice)).toEqual(state);
        // The envelopes themselves once more, in another order.
        await fleet.database.query(schemas.map((schema) =>
          `update ${schema}.delivery set acked_at = null, attempt = attempt + 1, published_at = now() - interval '1 minute' - random() * interval '1 minute'`).join(';'));
        await fleet.settle();
        expect(await stateOf(thrice)).toEqual(state);
        expect(await stateOf(once)).toEqual(state);
        expect(await fleet.deadLetters()).toEqual([]);
        told += story.length;
      },
    ), { numRuns: runs, endOnFailure: true, reporter: ({ failed, seed, errorInstance }) => {
      // A story of some hundred events says nothing to a reader; what differs does.
      if (failed) throw new Error(`seed ${seed}`, { cause: errorInstance });
    } });
    record({
      rows: [14], fault: 'events come three times and in any order, and their envelopes again after that', acknowledged: told, lost: 0, doubled: 0,
      injected: `${runs} stories of fast-check, told in order and shuffled to the six real services; envelopes marked as unacknowledged`,
      note: 'every table of every service ends in the same state',
    });
  }, 600_000);
});
