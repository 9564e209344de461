import { localDate } from '@finharbor/standards/working-days';
import type { ClockEvent } from './clock.js';

/** From when on a record stood where: a state of its workflow, or a stage beside it that it reached. */
export interface Move {
  readonly state: string | null;
  readonly stage: string | null;
  readonly at: Date;
}

/** When a clock of a record runs, by the moves of the record. */
export interface Run {
  /** States in which the clock runs. */
  readonly in: readonly string[];
  /** States in which the other side must act: it is paused. In any other it is done. */
  readonly waits?: readonly string[];
  /** Stages with which it is done too. */
  readonly until?: readonly string[];
  /** Begins anew each time. */
  readonly again?: boolean;
}

/**
 * What happened to the clocks of a kind, made of the moves of a record, oldest first: none before the record came so far. What begins on
 * one day is one clock, as everywhere.
 */
export function coursesBy({ in: states, waits = [], until = [], again = false }: Run, moves: readonly Move[]): ClockEvent[][] {
  const courses: ClockEvent[][] = [];
  let last = -Infinity;
  for (const { state, stage, at: told } of moves) {
    if (stage !== null && !until.includes(stage)) continue;
    last = Math.max(last, told.getTime());
    const at = new Date(last);
    const course = courses.at(-1);
    const before = course?.at(-1)?.kind;
    const goesOn = before !== undefined && before !== 'STOP';
    if (state !== null && states.includes(state)) {
      if (before === 'PAUSE') course!.push({ kind: 'RESUME', at });
      else if (!course || (again && !goesOn && !isSameDay(course[0].at, at))) courses.push([{ kind: 'START', at }]);
      else if (again && !goesOn) course.push({ kind: 'RESUME', at });
    } else if (goesOn && state !== null && waits.includes(state)) {
      if (before !== 'PAUSE') course!.push({ kind: 'PAUSE', at });
    } else if (goesOn) {
      course!.push({ kind: 'STOP', at });
    }
  }
  return courses;
}

/** What happened to the clock that started on the day of an instant. */
export const courseOn = (courses: readonly ClockEvent[][], start: Date): ClockEvent[] | undefined =>
  courses.find(([{ at }]) => isSameDay(at, start));

const isSameDay = (one: Date, other: Date): boolean => localDate(one) === localDate(other);
