import { newId } from '@finharbor/contracts/ids';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { jest } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { createDatabase, eventually, idleHandlers } from './harness.js';

const broken = new Set<string>();

@Injectable()
class Clocks {
  @OnDue('answer')
  answer(clock: DueClock, tx: Tx): Promise<void> {
    return this.ran(clock, tx);
  }

  @OnDue('confirmation')
  confirmation(clock: DueClock, tx: Tx): Promise<void> {
    return this.ran(clock, tx);
  }

  private async ran({ kind, aggregateId }: DueClock, tx: Tx): Promise<void> {
    await tx.query('insert into feedback.effects (event_id, name) values ($1, $2)', [aggregateId, kind]);
    if (broken.has(aggregateId)) throw new Error('this clock is broken');
  }
}

@Module({ imports: [PlatformModule.for({ service: identityOf('feedback'), entities: [] })], providers: [Clocks, idleHandlers('feedback')] })
class ClockModule {}

@Module({ imports: [PlatformModule.for({ service: identityOf('feedback'), entities: [] })], providers: [idleHandlers('feedback')] })
class ModuleWithoutClocks {}

describe('clocks', () => {
  let database: TestDatabase;
  const apps: TestApp[] = [];
  const [bank, otherBank] = [callerOf('bank'), callerOf('bank')];
  const soon = 60 * 60 * 1000;

  beforeEach(async () => { database = await createDatabase(); });
  afterEach(async () => {
    broken.clear();
    for (const app of apps.splice(0)) await app.close();
    await database.drop();
  });

  /** Without handlers the service has no loop of its own that claims. */
  async function start(module: typeof ClockModule = ModuleWithoutClocks): Promise<TestApp> {
    const app = await startTestApp(module, 'feedback', {}, database);
    apps.push(app);
    return app;
  }

  const set = (app: TestApp, aggregateId: string, dueAt: Date, kind = 'answer', caller = bank): Promise<void> =>
    app.app.get(Tenancy).run(caller, (tx) =>
      app.app.get(Due).set(tx, { kind, aggregateId, organisationId: caller.organisationId!, dueAt }));
  const ran = (): Promise<{ event_id: string; name: string }[]> => database.query('select event_id, name from feedback.effects order by number');
  const clocks = (): Promise<{ aggregate_id: string; due_at: Date }[]> => database.query('select aggregate_id, due_at from feedback.due order by due_at');

  it('run out by themselves, each once, whichever replica claims them', async () => {
    await database.query(`insert into feedback.due select 'answer', gen_random_uuid(), gen_random_uuid(), now() - interval '1 s' from generate_series(1, 200)`);
    const due = await clocks();
    await start(ClockModule);
    await start(ClockModule);
    const [one, other] = apps.map((app) => app.app.get(Due));
    const drain = async (replica: Due): Promise<void> => { while (await replica.handleNext()); };
    await Promise.all([drain(one), drain(other), drain(one), drain(other)]);
    await eventually('all ran out', async () => (await clocks()).length === 0);
    const done = (await ran()).map((row) => row.event_id);
    expect(done.sort()).toEqual(due.map((row) => row.aggregate_id).sort());
  });

  it('do not wait for one that another replica is handling', async () => {
    const app = await start(ClockModule);
    const [held, free] = [newId(), newId()];
    await database.query(`insert into feedback.due values ('answer', '${held}', '${newId()}', now() - interval '1 hour')`);
    await database.query(`begin; select 1 from feedback.due where aggregate_id = '${held}' for update`);
    await set(app, free, new Date(Date.now() - 1));
    await eventually('the free one ran out', async () => (await ran()).some((row) => row.event_id === free));
    expect((await ran()).map((row) => row.event_id)).toEqual([free]);
    await database.query('commit');
    await eventually('so did the other', async () => (await ran()).length === 2);
  });

  it('are claimed by the loop of the service, without being asked', async () => {
    await set(await start(ClockModule), newId(), new Date(Date.now() - 1));
    await eventually('it ran out', async () => (await ran()).length === 1);
  });

  it('go by the clock of the database, not of the process', async () => {
    const app = await start(ClockModule);
    await set(app, newId(), new Date(Date.now() + soon));
    jest.useFakeTimers({ now: Date.now() + 2 * soon, doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'queueMicrotask', 'hrtime', 'clearImmediate'] });
    try {
      expect([await app.app.get(Due).handleNext(), await ran()]).toEqual([false, []]);
      await database.query(`update feedback.due set due_at = now()`);
      await app.app.get(Due).handleNext(); // or the service's own loop does
    } finally {
      jest.useRealTimers();
    }
    await eventually('it ran out', async () => (await ran()).length === 1);
  });

  it('are one per kind and record: setting again moves one, cancelling stops it', async () => {
    const app = await start();
    const due = app.app.get(Due);
    const [id, later] = [newId(), new Date(Date.now() + soon)];
    await set(app, id, new Date());
    await set(app, id, later);
    await set(app, id, later, 'confirmation');
    expect((await clocks()).map((row) => [row.aggregate_id, row.due_at])).toEqual([[id, later], [id, later]]);
    await app.app.get(Tenancy).run(bank, (tx) => due.cancel(tx, 'answer', id));
    await app.app.get(Tenancy).run(bank, (tx) => due.cancel(tx, 'answer', id));
    expect(await clocks()).toHaveLength(1);
  });

  it('are moved and stopped by their owner alone', async () => {
    const app = await start();
    const [id, dueAt] = [newId(), new Date(Date.now() + soon)];
    await set(app, id, dueAt);
    await app.app.get(Tenancy).run(otherBank, (tx) => app.app.get(Due).cancel(tx, 'answer', id));
    await expect(set(app, id, new Date(), 'answer', otherBank)).rejects.toThrow('row-level security');
    expect(await clocks()).toEqual([{ aggregate_id: id, due_at: dueAt }]);
    await expect(app.app.get(Tenancy).run(bank, (tx) => app.app.get(Due).set(tx, { kind: 'x', aggregateId: newId(), organisationId: otherBank.organisationId!, dueAt })))
      .rejects.toThrow('row-level security');
  });

  it('stay when their handler fails, with nothing half-done, and do not hold up those behind them', async () => {
    const app = await start(ClockModule);
    const [bad, good] = [newId(), newId()];
    broken.add(bad);
    await set(app, bad, new Date(Date.now() - 2_000));
    await set(app, good, new Date(Date.now() - 1_000));
    await eventually('the one behind ran out', async () => (await ran()).length > 0);
    expect((await ran()).map((row) => row.event_id)).toEqual([good]);
    expect((await clocks()).map((row) => row.aggregate_id)).toEqual([bad]);
    broken.clear();
    await eventually('it is tried again', async () => (await clocks()).length === 0);
    expect((await ran()).map((row) => row.event_id)).toEqual([good, bad]);
  });

  it('of a kind that nobody handles wait', async () => {
    const app = await start(ClockModule);
    await set(app, newId(), new Date(Date.now() - 1), 'unheard-of');
    expect(await app.app.get(Due).handleNext()).toBe(false);
    expect(await clocks()).toHaveLength(1);
  });

  it('have one handler per kind, or the service does not start', async () => {
    @Injectable()
    class MoreClocks {
      @OnDue('answer')
      again(_clock: DueClock, _tx: Tx): Promise<void> {
        return Promise.resolve();
      }
    }
    @Module({ imports: [ClockModule], providers: [MoreClocks] })
    class TwiceModule {}
    await expect(start(TwiceModule)).rejects.toThrow(/^answer has two handlers: (Clocks.answer and MoreClocks.again|MoreClocks.again and Clocks.answer)\.$/);
  });
});
