import { type ClockTerms, ClockUnit } from '@finharbor/contracts/clocks';
import { addDays } from '@finharbor/standards/dates';
import {
  CalendarNotCoveredError, deadlineEnd, isStatutoryHoliday, isWorkingDay, localDate, type WorkingDayCalendar,
} from '@finharbor/standards/working-days';
import { type ClockEvent, type ClockReading, ClockState } from './clock.js';

const dayMs = 86_400_000;

/** A trail, read: instants as milliseconds. */
interface Course {
  readonly start: number;
  readonly stop: number | undefined;
  /** From the first until before the second; without end while it goes on. */
  readonly pauses: readonly (readonly [number, number])[];
  readonly extensions: readonly { readonly at: number; readonly days: number }[];
}

/**
 * What a clock says at an instant. Nothing else decides: the same trail under a corrected calendar gives another answer.
 *
 * Time is used from 24:00 of the day of the start on: on working days, or on all days, as the unit says; not while paused. The clock
 * ends at 24:00 of the first day on which its days are used up, in whose last moment it is not paused, and on which it may end:
 * a working day, or as `rollForward` says. What is done at its end is done too late.
 */
export function readClock(terms: ClockTerms, trail: readonly ClockEvent[], calendar: WorkingDayCalendar, at: Date): ClockReading {
  const course = courseOf(trail);
  const until = Math.min(at.getTime(), course.stop ?? Infinity);
  const { due, unknownUntil } = endOf(terms, course, calendar);
  const used = known(() => usedUntil(terms, course, calendar, until));
  const isLate = due !== undefined && due <= until;
  return {
    state: stateOf(course, at.getTime(), due, unknownUntil),
    startedAt: new Date(course.start),
    dueAt: dateOf(due),
    breachedAt: isLate ? dateOf(due) : null,
    stoppedAt: dateOf(course.stop),
    used: used ?? null,
    left: used === undefined ? null : Math.max(0, budgetAt(terms, course, isLate ? due : until) - used),
  };
}

/**
 * When to remind of a clock that ends at `dueAt`: the beginning of the working day that is so many before its last day. Undefined where
 * the calendar does not reach back, and where the clock had not started by then.
 */
export function reminderOf(startedAt: Date, dueAt: Date, workingDays: number, calendar: WorkingDayCalendar): Date | undefined {
  let date = localDate(new Date(dueAt.getTime() - 1));
  const found = known(() => {
    for (let left = workingDays; left > 0;) {
      date = addDays(date, -1);
      if (isWorkingDay(date, calendar)) left -= 1;
    }
    return beginningOf(date);
  });
  return found !== undefined && found > startedAt.getTime() ? new Date(found) : undefined;
}

/** The end of the working day that is so many after the last day of a clock. Undefined where the calendar does not reach. */
export function rungOf(dueAt: Date, workingDays: number, calendar: WorkingDayCalendar): Date | undefined {
  let date = localDate(new Date(dueAt.getTime() - 1));
  return known(() => {
    for (let left = workingDays; left > 0;) {
      date = addDays(date, 1);
      if (isWorkingDay(date, calendar)) left -= 1;
    }
    return deadlineEnd(date);
  });
}

function stateOf({ stop, pauses }: Course, now: number, due: number | undefined, unknownUntil: number | undefined): ClockState {
  if (stop !== undefined) {
    if (due !== undefined) return due <= stop ? ClockState.LATE : ClockState.MET;
    // Its end lies behind the first day that is not covered, or behind a pause.
    return unknownUntil === undefined || stop < unknownUntil ? ClockState.MET : ClockState.UNSET;
  }
  if (due !== undefined && due <= now) return ClockState.BREACHED;
  if (pauses.some(([from, to]) => from <= now && now < to)) return ClockState.PAUSED;
  return due === undefined ? ClockState.UNSET : ClockState.RUNNING;
}

/** The end of the clock; none while a pause keeps it open or the calendar does not reach, then with the end of the first day it lacks. */
function endOf(terms: ClockTerms, course: Course, calendar: WorkingDayCalendar): { due?: number; unknownUntil?: number } {
  const open = course.pauses.find(([, to]) => to === Infinity);
  const first = localDate(new Date(course.start));
  let used = 0;
  for (let date = first; ; date = addDays(date, 1)) {
    const end = deadlineEnd(date).getTime();
    if (open && open[0] < end) return {};
    try {
      if (date !== first) used += usedOn(date, terms, course, calendar, end);
      const isPaused = course.pauses.some(([from, to]) => from < end && end <= to);
      if (used >= budgetAt(terms, course, end) && !isPaused && mayEndOn(date, terms, calendar)) return { due: end };
    } catch (error) {
      if (error instanceof CalendarNotCoveredError) return { unknownUntil: end };
      throw error;
    }
  }
}

function usedUntil(terms: ClockTerms, course: Course, calendar: WorkingDayCalendar, until: number): number {
  let used = 0;
  for (let date = addDays(localDate(new Date(course.start)), 1); beginningOf(date) < until; date = addDays(date, 1)) {
    used += usedOn(date, terms, course, calendar, Math.min(until, beginningOf(date) + dayMs));
  }
  return used;
}

/** Time used on a day, until an instant of it. */
function usedOn(date: string, { unit }: ClockTerms, { pauses }: Course, calendar: WorkingDayCalendar, until: number): number {
  if (unit === ClockUnit.WORKING_DAYS && !isWorkingDay(date, calendar)) return 0;
  const from = beginningOf(date);
  return pauses.reduce((time, pause) => time - Math.max(0, Math.min(pause[1], until) - Math.max(pause[0], from)), until - from);
}

function mayEndOn(date: string, { unit, rollForward }: ClockTerms, calendar: WorkingDayCalendar): boolean {
  if (unit === ClockUnit.WORKING_DAYS || rollForward === 'NON_WORKDAY') return isWorkingDay(date, calendar);
  return rollForward === 'NONE' || !isStatutoryHoliday(date, calendar);
}

const budgetAt = ({ amount }: ClockTerms, { extensions }: Course, instant: number): number =>
  extensions.reduce((days, extension) => (extension.at < instant ? days + extension.days : days), amount) * dayMs;

const beginningOf = (date: string): number => deadlineEnd(date).getTime() - dayMs;
const dateOf = (instant: number | undefined): Date | null => (instant === undefined ? null : new Date(instant));

function known<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof CalendarNotCoveredError) return undefined;
    throw error;
  }
}

/** Throws what a service did wrong: a trail that does not begin with START, pauses twice, or goes on after STOP but by RESUME. */
export function courseOf(trail: readonly ClockEvent[]): Course {
  const pauses: [number, number][] = [];
  const extensions: { at: number; days: number }[] = [];
  let start: number | undefined;
  let stop: number | undefined;
  let last = -Infinity;
  for (const event of trail) {
    const at = event.at.getTime();
    const open = pauses.at(-1)?.[1] === Infinity;
    const fits = event.kind === 'START' ? start === undefined : start !== undefined
      && (event.kind === 'RESUME' ? open || stop !== undefined : stop === undefined && !(event.kind === 'PAUSE' && open));
    if (!fits || at < last) throw new Error(`${event.kind} at ${event.at.toISOString()} does not follow in the trail of a clock.`);
    last = at;
    if (event.kind === 'START') start = at;
    else if (event.kind === 'EXTEND') extensions.push({ at, days: event.days });
    else if (event.kind === 'PAUSE') pauses.push([at, Infinity]);
    else if (open) pauses.at(-1)![1] = at;
    else if (event.kind === 'RESUME') pauses.push([stop!, at]);
    stop = event.kind === 'STOP' ? at : undefined;
  }
  if (start === undefined) throw new Error('The trail of a clock begins with START.');
  return { start, stop, pauses, extensions };
}
