import type { ClockKind } from '@finharbor/contracts/clocks';
import { newId } from '@finharbor/contracts/ids';
import { ReferenceDataKind } from '@finharbor/contracts/vocabulary';
import { localDate, type ReferenceRow, type WorkingDayCalendar } from '@finharbor/standards/working-days';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ReferenceCopies } from '../copies/reference-copies.js';
import { Due } from '../due/due.js';
import { type DueClock, OnDue } from '../due/on-due.js';
import type { Tx } from '../tenancy/tx.js';
import type { ClockEvent, ClockHandlers, ClockReading, ClockStart } from './clock.js';
import { clockDue, type KeptClock, lockClocks, newClock, saveClock } from './clock-rows.js';
import { followed, isPaused, latest, nextOf, read, remindersBy, rungsBy, toldTrail } from './clock-steps.js';
import { termsOn } from './clock-terms.js';

/** What clocks go by: the calendar, and the imported terms. */
interface Book {
  readonly calendar: WorkingDayCalendar;
  readonly imported: readonly ReferenceRow[];
}

const correction = 'clock.correction';
const correctedAtOnce = 500;
/** A correction begins behind these ids: at once, and again for clocks that a transaction started meanwhile by what held before. */
const [first, again] = ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001'];
const againMs = 5 * 60_000;

/**
 * The clocks of a service's records (docs/clocks.md). A service lists this class and ReferenceCopies among its providers, says by `handle`
 * what its clocks do, and starts and stops them in the transaction of what starts and stops them.
 */
@Injectable()
export class Clocks implements OnModuleInit {
  private readonly handlers = new Map<ClockKind, ClockHandlers>();

  constructor(private readonly due: Due, private readonly reference: ReferenceCopies) {}

  /** A changed calendar, or changed terms, correct every clock. */
  onModuleInit(): void {
    this.reference.onChange(async (tx, kind, organisationId) => {
      if (kind !== ReferenceDataKind.CALENDAR && kind !== ReferenceDataKind.SLA) return;
      const now = Date.now();
      await this.due.set(tx, { kind: correction, aggregateId: first, organisationId, dueAt: new Date(now) });
      await this.due.set(tx, { kind: correction, aggregateId: again, organisationId, dueAt: new Date(now + againMs) });
    });
  }

  handle(kinds: readonly ClockKind[], handlers: ClockHandlers): void {
    for (const kind of kinds) this.handlers.set(kind, handlers);
  }

  /** Starts a clock. One of the same kind, subject, organisation and day goes on, or again if it was stopped. */
  async start(tx: Tx, { kind, subjectId, organisationId, at = new Date() }: ClockStart): Promise<string> {
    const startedOn = localDate(at);
    const [there] = await tx.query<{ id: string }>(
      `select id from ${tx.schema}.clocks where org_id = $1 and kind = $2 and subject_id = $3 and started_on = $4`, [organisationId, kind, subjectId, startedOn]);
    if (there) {
      await this.change(tx, [there.id], ({ reading }) => (reading.stoppedAt ? { kind: 'RESUME', at } : undefined));
      return there.id;
    }
    const id = newId();
    await this.follow(tx, newClock({ id, kind, subjectId, organisationId, startedOn }, at), await this.book(tx), new Date());
    return id;
  }

  /** Time that passes from now on is not used. A clock that is paused already, or stopped, stays as it is. */
  pause(tx: Tx, ids: readonly string[], at = new Date()): Promise<void> {
    return this.change(tx, ids, ({ trail, reading }) => (reading.stoppedAt || isPaused(trail) ? undefined : { kind: 'PAUSE', at }));
  }

  resume(tx: Tx, ids: readonly string[], at = new Date()): Promise<void> {
    return this.change(tx, ids, ({ trail }) => (isPaused(trail) ? { kind: 'RESUME', at } : undefined));
  }

  /** Gives more days, unless it is stopped. What ran out already stays breached. */
  extend(tx: Tx, ids: readonly string[], days: number, at = new Date()): Promise<void> {
    return this.change(tx, ids, ({ reading }) => (reading.stoppedAt ? undefined : { kind: 'EXTEND', at, days }));
  }

  /** What was to be done is done. */
  stop(tx: Tx, ids: readonly string[], at = new Date()): Promise<void> {
    return this.change(tx, ids, ({ reading }) => (reading.stoppedAt ? undefined : { kind: 'STOP', at }));
  }

  /** Stops those of which everything is done, as their handlers say. */
  async settle(tx: Tx, ids: readonly string[]): Promise<void> {
    const book = await this.book(tx);
    for (const clock of await lockClocks(tx, ids)) {
      const done = clock.reading.stoppedAt ? undefined : await this.handlers.get(clock.kind)?.doneAt?.(tx, clock);
      if (done) await this.follow(tx, clock, book, new Date(), { kind: 'STOP', at: done });
    }
  }

  /**
   * Lets the clocks of a record follow it, which says in `happened` what became of them: those that began start, one for each kind and
   * day, and those that are there are read anew. For the worker, which holds no record.
   */
  async track(tx: Tx, subjectId: string, begun: readonly Required<Omit<ClockStart, 'subjectId'>>[]): Promise<void> {
    // Two moves of one record, followed at once, would start the same clock twice.
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 2))', [subjectId]);
    const kept = await tx.query<{ id: string; kind: ClockKind; day: string }>(
      `select id, kind, started_on::text as day from ${tx.schema}.clocks where subject_id = $1 order by id`, [subjectId]);
    for (const one of begun) {
      if (!kept.some(({ kind, day }) => kind === one.kind && day === localDate(one.at))) await this.start(tx, { ...one, subjectId });
    }
    const book = await this.book(tx);
    for (const clock of await lockClocks(tx, kept.map(({ id }) => id))) await this.follow(tx, clock, book, new Date());
  }

  /** Takes the end of running clocks for now: in a sandbox. Their dates stay as they were told. */
  async expire(tx: Tx, ids: readonly string[]): Promise<void> {
    const book = await this.book(tx);
    for (const clock of await lockClocks(tx, ids)) await this.follow(tx, clock, book, latest(new Date(), clock.reading.dueAt));
  }

  /** Clocks of a subject, for whoever wants to stop them. */
  async of(tx: Tx, subjectId: string, kind: ClockKind): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(`select id from ${tx.schema}.clocks where subject_id = $1 and kind = $2`, [subjectId, kind]);
    return rows.map(({ id }) => id);
  }

  @OnDue(clockDue)
  async ranOut({ aggregateId }: DueClock, tx: Tx): Promise<void> {
    const [clock] = await lockClocks(tx, [aggregateId]);
    // Its time has come, also where a sandbox moved the row of `due`, which is gone now.
    if (clock) await this.follow(tx, { ...clock, nextAt: null }, await this.book(tx), latest(new Date(), clock.nextAt));
  }

  /** Some clocks at a time. What an earlier round found goes on behind the last id of it. */
  @OnDue(correction)
  async correct({ aggregateId, organisationId }: DueClock, tx: Tx): Promise<void> {
    const rows = await tx.query<{ id: string }>(`select id from ${tx.schema}.clocks where id > $1 order by id limit ${correctedAtOnce}`, [aggregateId]);
    const book = await this.book(tx);
    for (const clock of await lockClocks(tx, rows.map(({ id }) => id))) await this.follow(tx, clock, book, new Date());
    const last = rows.at(correctedAtOnce - 1)?.id;
    if (last) await this.due.set(tx, { kind: correction, aggregateId: last, organisationId, dueAt: new Date() });
  }

  private async change(tx: Tx, ids: readonly string[], eventOf: (clock: KeptClock) => ClockEvent | undefined): Promise<void> {
    if (ids.length === 0) return;
    const book = await this.book(tx);
    for (const clock of await lockClocks(tx, ids)) {
      const event = eventOf(clock);
      if (event) await this.follow(tx, clock, book, new Date(), event);
    }
  }

  /** Reads a clock anew, with what happened to it; keeps what it says, sets its row in `due`, and does what is new in it. */
  private async follow(tx: Tx, kept: KeptClock, { calendar, imported }: Book, now: Date, event?: ClockEvent): Promise<void> {
    const handlers = this.handlers.get(kept.kind);
    const at = latest(now, kept.reading.breachedAt);
    const terms = termsOn(kept.kind, kept.startedOn, imported, handlers?.builtIn?.(kept.kind));
    const told = await handlers?.happened?.(tx, kept);
    const trail = event ? followed(kept, event) : kept.trail;
    let clock = read({ ...kept, terms, trail: told ? toldTrail(told, trail) : trail }, calendar, at);
    let passed = remindersBy(clock, calendar, at);
    let rungs = rungsBy(clock, calendar, at);
    if (!clock.reading.stoppedAt && ((clock.reading.breachedAt && !kept.reading.breachedAt) || passed.length + rungs.length > 0)) {
      const done = await handlers?.doneAt?.(tx, clock);
      if (done) clock = read({ ...clock, trail: followed(clock, { kind: 'STOP', at: done }) }, calendar, at);
      if (done) [passed, rungs] = [[], []];
    }
    clock = { ...clock, reminded: [...clock.reminded, ...passed, ...rungs.map((after) => -after)] };
    clock = { ...clock, nextAt: nextOf(clock, calendar) };
    clock = { ...clock, version: await saveClock(tx, clock) };
    const { id, organisationId, nextAt } = clock;
    const isMoved = nextAt?.getTime() !== kept.nextAt?.getTime();
    if (nextAt && isMoved) await this.due.set(tx, { kind: clockDue, aggregateId: id, organisationId, dueAt: nextAt });
    else if (!nextAt && kept.nextAt) await this.due.cancel(tx, clockDue, id);
    if (!saysTheSame(clock.reading, kept.reading)) await handlers?.moved?.(tx, clock);
    if (clock.reading.breachedAt && !kept.reading.breachedAt) await handlers?.breached(tx, clock);
    else if (!clock.reading.breachedAt && kept.reading.breachedAt) await handlers?.cleared(tx, clock);
    else if (passed.length > 0) await handlers?.reminded(tx, clock, Math.min(...passed));
    for (const after of rungs) await handlers?.escalated?.(tx, clock, after);
  }

  private async book(tx: Tx): Promise<Book> {
    return { calendar: await this.reference.calendar(tx), imported: await this.reference.serviceLevels(tx) };
  }
}

const saysTheSame = (one: ClockReading, other: ClockReading): boolean =>
  one.dueAt?.getTime() === other.dueAt?.getTime() && !one.breachedAt === !other.breachedAt;
