import { clockDefinitions, type ClockKind, type ClockTerms } from '@finharbor/contracts/clocks';
import { localDate, type ReferenceRow, type WorkingDayCalendar } from '@finharbor/standards/working-days';
import { readClock } from './clock-reading.js';

/**
 * The terms of a clock that starts on a day (ISO): the newest imported ones that hold by then, or those that are built in. A row has
 * the key `kind day` and says what is other than built in.
 */
export function termsOn(
  kind: ClockKind, day: string, imported: readonly ReferenceRow[], builtIn: ClockTerms = clockDefinitions[kind],
): ClockTerms {
  const { unit, amount, rollForward, reminders, source, ladder } = builtIn;
  const held = imported.filter(({ key }) => key.startsWith(`${kind} `) && key.slice(kind.length + 1) <= day).map(({ key }) => key).sort();
  const newest = imported.find(({ key }) => key === held.at(-1))?.data;
  return { unit, amount, rollForward, reminders, source, ...(ladder && { ladder }), ...newest };
}

/** When a clock that starts at an instant will run out if nothing becomes of it. Null where the calendar does not reach: never a guess. */
export const endOf = (
  kind: ClockKind, start: Date, calendar: WorkingDayCalendar, imported: readonly ReferenceRow[], builtIn?: ClockTerms,
): Date | null => readClock(termsOn(kind, localDate(start), imported, builtIn), [{ kind: 'START', at: start }], calendar, start).dueAt;
