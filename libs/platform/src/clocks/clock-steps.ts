import type { WorkingDayCalendar } from '@finharbor/standards/working-days';
import { type ClockEvent, ClockState } from './clock.js';
import { readClock, reminderOf, rungOf } from './clock-reading.js';
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

/** Rungs of the ladder whose time has come and that nobody was told of. */
export function rungsBy(clock: KeptClock, calendar: WorkingDayCalendar, at: Date): number[] {
  return rungs(clock, calendar).filter(({ time }) => time <= at).map(({ after }) => after);
}

/** When a clock speaks next: a reminder, its end, or a rung of its ladder. */
export function nextOf(clock: KeptClock, calendar: WorkingDayCalendar): Date | null {
  const times = [...remindersOf(clock, calendar), ...rungs(clock, calendar)].map(({ time }) => time);
  if (clock.reading.state === ClockState.RUNNING) times.push(clock.reading.dueAt!);
  return times.length > 0 ? new Date(Math.min(...times.map(Number))) : null;
}

/** The trail that the record tells, with the extensions that were given until it stopped. */
export function toldTrail(told: readonly ClockEvent[], kept: readonly ClockEvent[]): readonly ClockEvent[] {
  const stop = told.at(-1)!.kind === 'STOP' ? told.at(-1)!.at : undefined;
  const extensions = kept.filter(({ kind, at }) => kind === 'EXTEND' && at >= told[0].at && (!stop || at < stop));
  return [...told, ...extensions].sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** Rungs above the lowest, which is the end itself. That they were told is kept with the reminders, as negative days. */
function rungs(
  { terms: { ladder = [] }, reading: { state, dueAt }, reminded }: KeptClock, calendar: WorkingDayCalendar,
): { after: number; time: Date }[] {
  if (state !== ClockState.BREACHED || !dueAt) return [];
  return ladder.filter(({ after }) => after > 0 && !reminded.includes(-after)).flatMap(({ after }) => {
    const time = rungOf(dueAt, after, calendar);
    return time ? [{ after, time }] : [];
  });
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
