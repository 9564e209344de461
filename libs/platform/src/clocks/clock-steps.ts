import type { WorkingDayCalendar } from '@finharbor/standards/working-days';
import { type ClockEvent, ClockState } from './clock.js';
import { readClock, reminderOf } from './clock-reading.js';
import type { KeptClock } from './clock-rows.js';

/** The clock as it says at an instant. */
export const read = (clock: KeptClock, calendar: WorkingDayCalendar, at: Date): KeptClock =>
  ({ ...clock, reading: readClock(clock.terms, clock.trail, calendar, at) });

/** The trail with what happened: behind what is there, also when it is told late. What was told as breached was stopped after that. */
export function followed({ trail, reading }: KeptClock, event: ClockEvent): readonly ClockEvent[] {
  return [...trail, { ...event, at: latest(event.at, trail.at(-1)!.at, event.kind === 'STOP' ? reading.breachedAt : null) }];
}

/** Reminders whose time has come and that were not sent. Where it ran out already, there is nothing to remind of. */
export function remindersBy(clock: KeptClock, calendar: WorkingDayCalendar, at: Date): number[] {
  return remindersOf(clock, calendar).filter(({ time }) => time <= at).map(({ workingDays }) => workingDays);
}

/** When a clock speaks next: a reminder, or its end. */
export function nextOf(clock: KeptClock, calendar: WorkingDayCalendar): Date | null {
  if (clock.reading.state !== ClockState.RUNNING) return null;
  const times = [...remindersOf(clock, calendar).map(({ time }) => time), clock.reading.dueAt!];
  return new Date(Math.min(...times.map(Number)));
}

function remindersOf(
  { terms, reading: { state, startedAt, dueAt }, reminded }: KeptClock, calendar: WorkingDayCalendar,
): { workingDays: number; time: Date }[] {
  if (state !== ClockState.RUNNING || !dueAt) return [];
  return terms.reminders.filter((workingDays) => !reminded.includes(workingDays)).flatMap((workingDays) => {
    const time = reminderOf(startedAt, dueAt, workingDays, calendar);
    return time ? [{ workingDays, time }] : [];
  });
}

export const isPaused = (trail: readonly ClockEvent[]): boolean => trail.filter(({ kind }) => kind !== 'EXTEND').at(-1)?.kind === 'PAUSE';

export const latest = (...instants: (Date | null)[]): Date =>
  new Date(Math.max(...instants.map((instant) => instant?.getTime() ?? -Infinity)));
