/**
 * Working days and deadlines in Asia/Shanghai. Civil Code (民法典) art. 201 to 204: the day on which a period begins is not
 * counted; a period ends at 24:00 of its last day; a last day that is a statutory holiday moves to the day after it.
 */
import { ANNOUNCED_YEARS, type AnnouncedYear } from './working-days.data.js';
import { addDays, weekday } from './dates.js';

/** A calendar is a value, so that a deployment can lay its own days over the vendored ones. */
export interface WorkingDayCalendar {
  /** Years whose holidays are announced. A day of any other year is never guessed. */
  readonly years: ReadonlySet<number>;
  /** ISO dates off by announcement: statutory holidays with their shifted days and the weekends inside. */
  readonly holidays: ReadonlySet<string>;
  /** ISO dates of weekend days worked in exchange. */
  readonly makeUpWorkdays: ReadonlySet<string>;
}

/**
 * Where the last day of a period of natural days goes: NONE stays; STATUTORY_HOLIDAY leaves announced holidays (art. 203
 * read narrowly: a plain weekend stays); NON_WORKDAY leaves weekends too. Readings differ: record which one was used.
 */
export type RollForward = 'NONE' | 'STATUTORY_HOLIDAY' | 'NON_WORKDAY';

/** Thrown for a day in a year whose holidays the calendar does not know. */
export class CalendarNotCoveredError extends Error {
  readonly code = 'CALENDAR_NOT_COVERED';
  override readonly name = 'CalendarNotCoveredError';
  readonly year: number;

  constructor(readonly date: string) {
    super(`the working-day calendar does not cover ${date}`);
    this.year = Number(date.slice(0, 4));
  }
}

/** Makes a calendar of announced years, days as MM-DD. */
export function calendarOf(announced: Readonly<Record<number, AnnouncedYear>>): WorkingDayCalendar {
  const days = (kind: keyof AnnouncedYear) =>
    Object.entries(announced).flatMap(([year, of]) => of[kind].map((day) => `${year}-${day}`));
  return { years: new Set(Object.keys(announced).map(Number)), holidays: new Set(days('off')), makeUpWorkdays: new Set(days('work')) };
}

/** The vendored calendar: 2021 to 2026. */
export const OFFICIAL_CALENDAR: WorkingDayCalendar = calendarOf(ANNOUNCED_YEARS);

/** Changes to lay over a calendar: newly announced years, and ISO dates that become holidays or workdays. */
export interface CalendarOverrides {
  years?: Iterable<number>;
  holidays?: Iterable<string>;
  workdays?: Iterable<string>;
}

/** A new calendar; `base` stays as it is. A day in both lists is a workday. */
export function withOverrides(base: WorkingDayCalendar, overrides: CalendarOverrides): WorkingDayCalendar {
  const holidays = new Set([...base.holidays, ...(overrides.holidays ?? [])]);
  const makeUpWorkdays = new Set(base.makeUpWorkdays);
  for (const day of overrides.holidays ?? []) makeUpWorkdays.delete(day);
  for (const day of overrides.workdays ?? []) {
    holidays.delete(day);
    makeUpWorkdays.add(day);
  }
  return { years: new Set([...base.years, ...(overrides.years ?? [])]), holidays, makeUpWorkdays };
}

/** A row of imported reference data, as services tell it to each other: `key` and what it says. */
export interface ReferenceRow {
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * A calendar with imported years laid over it. A row whose key is a year says that the rows state that year whole: days that
 * `base` has in it go. A row whose key is an ISO date is a day off (`off` true) or a weekend day worked (`off` false).
 */
export function withImportedDays(base: WorkingDayCalendar, rows: readonly ReferenceRow[]): WorkingDayCalendar {
  if (rows.length === 0) return base;
  const stated = rows.filter(({ key }) => /^\d{4}$/.test(key)).map(({ key }) => key);
  const kept = (days: ReadonlySet<string>): string[] => [...days].filter((day) => !stated.includes(day.slice(0, 4)));
  const days = (off: boolean): string[] => rows.filter(({ key, data }) => key.length === 10 && data.off === off).map(({ key }) => key);
  return withOverrides({ years: base.years, holidays: new Set(kept(base.holidays)), makeUpWorkdays: new Set(kept(base.makeUpWorkdays)) },
    { years: stated.map(Number), holidays: days(true), workdays: days(false) });
}

/** True where `date` (ISO) is worked. Throws CalendarNotCoveredError, and RangeError for what is no date. */
export function isWorkingDay(date: string, calendar: WorkingDayCalendar = OFFICIAL_CALENDAR): boolean {
  const day = weekday(date);
  assertCovered(date, calendar);
  if (calendar.makeUpWorkdays.has(date)) return true;
  return day !== 0 && day !== 6 && !calendar.holidays.has(date);
}

/** True where `date` (ISO) is off by announcement; a plain weekend is not. Throws like `isWorkingDay`. */
export function isStatutoryHoliday(date: string, calendar: WorkingDayCalendar = OFFICIAL_CALENDAR): boolean {
  weekday(date);
  assertCovered(date, calendar);
  return calendar.holidays.has(date);
}

/**
 * The n-th working day after `start`, which itself is not counted (art. 201); n = 0 is `start` as it is.
 * Throws CalendarNotCoveredError where counting leaves the covered years, RangeError for a negative or broken n.
 */
export function addWorkingDays(start: string, n: number, calendar: WorkingDayCalendar = OFFICIAL_CALENDAR): string {
  assertCount(n);
  let date = addDays(start, 0);
  for (let left = n; left > 0;) {
    date = addDays(date, 1);
    if (isWorkingDay(date, calendar)) left -= 1;
  }
  return date;
}

/**
 * The n-th natural day after `start`, which itself is not counted, moved forward as `rollForward` says. Only moving asks
 * the calendar, so only then CalendarNotCoveredError is thrown; RangeError for a negative or broken n.
 */
export function addNaturalDays(
  start: string,
  n: number,
  rollForward: RollForward,
  calendar: WorkingDayCalendar = OFFICIAL_CALENDAR,
): string {
  assertCount(n);
  let date = addDays(start, n);
  if (rollForward === 'NONE') return date;
  const mustMove = rollForward === 'STATUTORY_HOLIDAY' ? isStatutoryHoliday : (day: string) => !isWorkingDay(day, calendar);
  while (mustMove(date, calendar)) date = addDays(date, 1);
  return date;
}

/** Asia/Shanghai is UTC+8 all year since 1991-09-15; earlier instants had summer time and are not asked here. */
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** The instant at which a deadline of a date ends: 24:00 in Asia/Shanghai (art. 203). Throws RangeError for what is no date. */
export function deadlineEnd(date: string): Date {
  return new Date(Date.parse(`${addDays(date, 1)}T00:00:00Z`) - SHANGHAI_OFFSET_MS);
}

/** The date in Asia/Shanghai at an instant. Throws RangeError for an invalid Date. */
export function localDate(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

function assertCovered(date: string, calendar: WorkingDayCalendar): void {
  if (!calendar.years.has(Number(date.slice(0, 4)))) throw new CalendarNotCoveredError(date);
}

function assertCount(n: number): void {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`not a number of days: ${n}`);
}
