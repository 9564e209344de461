import { clockDefinitions, type ClockKind, type ClockTerms } from '@finharbor/contracts/clocks';
import type { WorkingDayCalendar } from '@finharbor/standards/working-days';
import type { Tx } from '../tenancy/tx.js';
import { type Clock, type ClockEvent, ClockState } from './clock.js';
import { readClock } from './clock-reading.js';

/** A clock as its row has it: `reading` is what was made of it last, `nextAt` when it speaks next. */
export interface KeptClock extends Clock {
  readonly startedOn: string;
  readonly nextAt: Date | null;
  /** Reminders that were sent, in working days before the end. */
  readonly reminded: readonly number[];
}

/** What happened to a clock, as JSON has it. */
export interface KeptEvent { kind: ClockEvent['kind']; at: string; days?: number }

interface Row {
  id: string; org_id: string; kind: ClockKind; subject_id: string; started_on: string; started_at: Date; terms: ClockTerms;
  trail: KeptEvent[];
  state: ClockState; due_at: Date | null; breached_at: Date | null; stopped_at: Date | null; next_at: Date | null; reminded: number[];
  version: number;
}

/** Kind of the due rows of clocks. */
export const clockDue = 'clock';

/** A clock that is about to start. */
export const newClock = (facts: Pick<KeptClock, 'id' | 'kind' | 'subjectId' | 'organisationId' | 'startedOn'>, at: Date): KeptClock => ({
  ...facts, trail: [{ kind: 'START', at }], terms: clockDefinitions[facts.kind], nextAt: null, reminded: [], version: 1,
  reading: { state: ClockState.UNSET, startedAt: at, dueAt: null, breachedAt: null, stoppedAt: null, used: null, left: null },
});

/**
 * Takes hold of clocks. Their due rows come first, as they do where a clock runs out: in the other order the two could wait for
 * each other.
 */
export async function lockClocks(tx: Tx, ids: readonly string[]): Promise<KeptClock[]> {
  if (ids.length === 0) return [];
  await tx.query(`select 1 from ${tx.schema}.due where kind = $1 and aggregate_id = any($2::uuid[]) order by aggregate_id for update`, [clockDue, ids]);
  const rows = await tx.query<Row>(
    `select *, started_on::text as started_on from ${tx.schema}.clocks where id = any($1::uuid[]) order by id for update`, [ids]);
  return rows.map(clockOf);
}

/** Writes what changed, and gives the clock's version, which rises with that. */
export async function saveClock(tx: Tx, clock: KeptClock): Promise<number> {
  const { reading } = clock;
  const [saved] = await tx.query<{ version: number }>(
    `insert into ${tx.schema}.clocks as kept (id, org_id, kind, subject_id, started_on, started_at, trail, terms, state, due_at, breached_at, stopped_at, next_at, reminded)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (id) do update set trail = excluded.trail, terms = excluded.terms, state = excluded.state, due_at = excluded.due_at,
       breached_at = excluded.breached_at, stopped_at = excluded.stopped_at, next_at = excluded.next_at, reminded = excluded.reminded,
       version = kept.version + 1
     where (kept.trail, kept.terms, kept.state, kept.due_at, kept.breached_at, kept.next_at, kept.reminded) is distinct from
       (excluded.trail, excluded.terms, excluded.state, excluded.due_at, excluded.breached_at, excluded.next_at, excluded.reminded)
     returning version`,
    [clock.id, clock.organisationId, clock.kind, clock.subjectId, clock.startedOn, reading.startedAt, JSON.stringify(clock.trail),
      JSON.stringify(clock.terms), reading.state, reading.dueAt, reading.breachedAt, reading.stoppedAt, clock.nextAt, clock.reminded],
  );
  return saved?.version ?? clock.version;
}

const clockOf = (row: Row): KeptClock => ({
  id: row.id, organisationId: row.org_id, kind: row.kind, subjectId: row.subject_id, startedOn: row.started_on, terms: row.terms,
  nextAt: row.next_at, reminded: row.reminded, version: row.version,
  trail: trailOf(row.trail),
  reading: {
    state: row.state, startedAt: row.started_at, dueAt: row.due_at, breachedAt: row.breached_at, stoppedAt: row.stopped_at,
    used: null, left: null,
  },
});

export const trailOf = (kept: readonly KeptEvent[]): ClockEvent[] =>
  kept.map(({ at, ...event }) => ({ ...event, at: new Date(at) }) as ClockEvent);

/** What readers are told of a clock beside its row: its terms, and how much is left. */
export function toldOf(
  { terms, trail }: { terms: ClockTerms; trail: readonly KeptEvent[] }, calendar: WorkingDayCalendar,
): Pick<ClockTerms, 'unit' | 'source'> & { days: number; minutesLeft: number | null } {
  const { left } = readClock(terms, trailOf(trail), calendar, new Date());
  return { days: terms.amount, unit: terms.unit, source: terms.source, minutesLeft: left === null ? null : Math.floor(left / 60_000) };
}
