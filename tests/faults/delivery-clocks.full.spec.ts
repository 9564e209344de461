import { join } from 'node:path';
import { until } from '@finharbor/testing/until';
import { expectExact, figures, open, recovered, settle } from './support/oracle.js';
import { eventCount, record } from './support/report.js';
import { Rig, type Settings } from './support/rig.js';
import { RedisServer } from './support/servers.js';
import { root } from '../../tools/lib/workspace.mjs';

const tenMinutes = 600_000;
const skewed = (ms: number, more: Settings = {}): Settings => ({ RIG_IMPORT: join(root, 'tests/faults/support/rig-skew.mjs'), RIG_SKEW_MS: ms, ...more });
/** Ahead, and after some seconds behind. */
const backwards = skewed(tenMinutes, { RIG_JUMP_MS: -2 * tenMinutes });

describe('processes whose clocks are wrong', () => {
  let redis: RedisServer;
  let rig: Rig;

  beforeEach(async () => {
    rig = await Rig.create('redis://127.0.0.1:0');
    redis = await RedisServer.start(rig.run);
    rig.redisUrl = redis.url;
  }, 60_000);
  afterEach(() => rig?.stop());

  it('lose and double nothing, also when Redis is killed', async () => {
    const half = { RIG_PRODUCE: eventCount() / 2, RIG_RATE: 300, RIG_NAMES: 'outlet.registered' };
    await Promise.all([rig.add('harbors').start(backwards), rig.add('harbors').start(skewed(-tenMinutes))]);
    await Promise.all([rig.add('partners').start({ ...half, ...skewed(tenMinutes) }), rig.add('partners').start({ ...half, ...backwards })]);
    await until('half is promised', () => rig.promised().length >= eventCount() / 2, 120_000);
    await redis.kill();
    await redis.start();
    const recoverySeconds = await recovered(rig);
    await until('all is promised', () => rig.promised().length >= eventCount(), 120_000);
    await settle(rig, Date.now());
    const found = await expectExact(rig, eventCount());
    expect(recoverySeconds).toBeLessThan(10);
    expect(found.envelopes).toBeLessThanOrEqual(1.2);
    record({
      rows: [16, 3], fault: 'clocks are wrong by ten minutes and jump back by twenty; Redis is killed', injected: 'Date shifted in each of four processes; kill -9',
      recoverySeconds, ...figures(found),
    });
  }, 200_000);

  it('put nothing off until their own hour comes', async () => {
    const [fast, slow] = [rig.add('harbors'), rig.add('harbors')];
    await fast.start(skewed(tenMinutes, { RIG_TROUBLE: 1 }));
    await rig.add('partners').start({ RIG_PRODUCE: 100, RIG_NAMES: 'outlet.registered', ...skewed(0) });
    await until('all is promised', () => rig.promised().length >= 100);
    await until('envelopes were put off', async () => Number(await redis.send('ZCARD', `${rig.prefix}:harbors:delayed`)) > 0);
    await fast.signal('SIGKILL');
    const over = Date.now();
    await slow.start(skewed(-tenMinutes));
    const recoverySeconds = await settle(rig, over);
    const found = await expectExact(rig, 100);
    expect(recoverySeconds).toBeLessThan(10);
    record({
      rows: [16], fault: 'a consumer ahead of time puts envelopes off and dies; one that is behind must take them', recoverySeconds, ...figures(found),
      injected: 'Date shifted by ten minutes ahead and behind; handlers fail as if the database were away; kill -9',
    });
  }, 120_000);

  it('and that are three at once publish every event once and handle every clock once, on time', async () => {
    const clocks = 200;
    const setting = { RIG_CLOCKS: clocks, RIG_CLOCK_MS: 10_000, RIG_PRODUCE: eventCount() / 2, RIG_NAMES: 'outlet.registered', RIG_RATE: 400 };
    await rig.add('harbors').start();
    const copies = [rig.add('partners', { ...setting, ...skewed(tenMinutes) }), rig.add('partners', { ...setting, ...skewed(-tenMinutes) }), rig.add('partners')];
    await Promise.all(copies.map((copy) => copy.start()));
    const set = (): [string, string][] => rig.ledger().filter((line) => line.startsWith('clock ')).map((line) => line.split(' ').slice(1) as [string, string]);
    await until('the clocks are set', () => set().length === (2 * clocks * 4) / 5, 60_000);
    await until('some ran out', async () => await rig.count('select count(*) from partners.rig_clocks') > 0);
    await copies[2].crash();
    await until('no clock runs any more', async () => await rig.count('select count(*) from partners.due') === 0, 60_000);
    await until('all is promised', () => rig.promised().length >= eventCount(), 120_000);
    await settle(rig, Date.now());
    const found = await expectExact(rig, eventCount());
    expect(await open(rig)).toBe(0);
    const handled = await rig.database.query<{ id: string; due: Date; late: number }>(
      'select id, due_at as due, extract(epoch from at - due_at)::float as late from partners.rig_clocks');
    expect(handled.map(({ id, due }) => `${id} ${due.toISOString()}`).sort()).toEqual(set().map(([id, at]) => `${id} ${at}`).sort());
    expect(handled.filter(({ late }) => late < 0)).toEqual([]);
    const latest = Math.max(...handled.map(({ late }) => late));
    expect(latest).toBeLessThan(10);
    const [{ envelopes, events }] = await rig.database.query<{ envelopes: number; events: number }>(
      `select count(*)::int as envelopes, count(distinct event ->> 'i')::int as events from partners.delivery, jsonb_array_elements(body::jsonb) event`);
    expect(envelopes).toBe(events); // no event lies in two envelopes for the one consumer
    record({
      rows: [22, 16], fault: 'three relays and three schedulers at once, their clocks twenty minutes apart', injected: 'Date shifted; one is killed -9 in between',
      ...figures(found), recoverySeconds: latest,
      note: `${handled.length} clocks handled once each, moved ones when moved to, cancelled ones not; the latest ${latest.toFixed(1)} s late by the database's clock`,
    });
  }, 200_000);
});
