import { newId } from '@finharbor/contracts/ids';
import { until } from '@finharbor/testing/until';
import { figures, open, resent, settle, verdict } from './support/oracle.js';
import { eventCount, record } from './support/report.js';
import { Rig, type RigProcess } from './support/rig.js';

const poisoned = 10;

describe('events that cannot be applied', () => {
  let rig: Rig;
  let consumer: RigProcess;

  beforeAll(async () => {
    rig = await Rig.create();
    await rig.boot({ harbors: 2 });
    [consumer] = rig.of('harbors');
  }, 60_000);
  afterAll(() => rig?.stop());

  const list = (): Promise<{ items: { id: string; name: string; reason: string }[] }> => consumer.ask('/v1/operations/harbors/dead-letters?limit=100');
  const applied = (): Promise<number> => rig.count('select count(*) from harbors.rig_effects');

  it('hold up none of their neighbours, are put aside, and take effect when they are replayed after the cure', async () => {
    const malformed = newId();
    await rig.database.query(
      `insert into partners.outbox (event_id, name, org_id, aggregate_id, aggregate_version, payload) values ($1, 'outlet.registered', $1, $1, 1, '{}')`, [malformed]);
    await rig.add('partners', { RIG_NAMES: 'outlet.registered', RIG_PRODUCE: eventCount(), RIG_RATE: 800, RIG_POISON: eventCount() / poisoned }).start();
    await until('all is promised', () => rig.promised().length >= eventCount(), 120_000);
    const over = Date.now();
    await until('the neighbours are applied', async () => await applied() === eventCount() - poisoned);
    const neighbourSeconds = (Date.now() - over) / 1_000;
    await until('the poisonous are parked', async () => (await list()).items.length === poisoned + 1, 60_000);
    expect(await settle(rig, over)).toBeLessThan(60);
    expect((await verdict(rig)).lost).toBe(poisoned); // and nothing else
    expect((await list()).items.filter(({ name, reason }) => name !== 'outlet.registered' || !reason)).toEqual([]);

    const [letter] = (await list()).items.filter(({ id }) => id !== malformed);
    await expect(consumer.ask(`/v1/operations/harbors/dead-letters/${letter.id}/replay`, {})).rejects.toThrow('ILLEGAL_STATE'); // it is not cured
    await rig.database.query('insert into harbors.rig_cures default values');
    const cured = (await list()).items.filter(({ id }) => id !== malformed);
    expect(cured).toHaveLength(poisoned);
    for (const { id } of cured) await consumer.ask(`/v1/operations/harbors/dead-letters/${id}/replay`, {});
    await expect(consumer.ask(`/v1/operations/harbors/dead-letters/${letter.id}/replay`, {})).rejects.toThrow('404'); // twice is not possible
    await expect(consumer.ask(`/v1/operations/harbors/dead-letters/${malformed}/replay`, {})).rejects.toThrow('ILLEGAL_STATE');
    expect((await list()).items.map(({ id }) => id)).toEqual([malformed]);

    // The envelopes that held them come once more: what was replayed is not applied again.
    await rig.database.query(`update partners.delivery set acked_at = null, attempt = attempt + 1, published_at = now() - interval '1 minute'`);
    await until('the envelopes are sent again', async () => await resent(rig) > 0);
    await settle(rig, Date.now());
    const found = await verdict(rig);
    expect(found).toMatchObject({ acknowledged: eventCount(), lost: 0, doubled: 0, strange: 0 });
    expect(await open(rig)).toBe(0);
    const { acknowledged, lost, doubled } = figures(found);
    record({
      rows: [13], fault: 'poison events among good ones', injected: `${poisoned} at which the handler throws, one that is no valid payload`, acknowledged, lost, doubled,
      recoverySeconds: neighbourSeconds,
      note: 'neighbours applied (recovery), poison parked, refused before its cure, replayed after it, and once only when the envelopes came again',
    });
  }, 240_000);
});
