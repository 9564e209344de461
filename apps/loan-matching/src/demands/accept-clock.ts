import { clockDefinitions, ClockKind } from '@finharbor/contracts/clocks';
import { endOf } from '@finharbor/platform/clocks/clock-terms';
import { OFFICIAL_CALENDAR, type ReferenceRow, type WorkingDayCalendar } from '@finharbor/standards/working-days';

/**
 * By when a bank should accept a demand routed to it now, as its clock will say (demand-clocks/): the end of the n-th working day, today
 * not counted, unless other terms were imported. Undefined where the calendar does not reach that far: a deadline is never guessed, and
 * a choice never fails for want of one.
 */
export function acceptBy(
  now: Date, workingDays: number, calendar: WorkingDayCalendar = OFFICIAL_CALENDAR, imported: readonly ReferenceRow[] = [],
): Date | undefined {
  const kind = ClockKind.DEMAND_ACCEPT;
  return endOf(kind, now, calendar, imported, { ...clockDefinitions[kind], amount: workingDays }) ?? undefined;
}
