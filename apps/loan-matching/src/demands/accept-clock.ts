import { addWorkingDays, CalendarNotCoveredError, deadlineEnd, localDate, OFFICIAL_CALENDAR, type WorkingDayCalendar } from '@finharbor/standards/working-days';

/** Kind of the clock that runs while a bank has not accepted a demand. */
export const acceptClock = 'demand.accept';

/**
 * By when a bank should accept a demand routed to it now: the end of the n-th working day, today not counted. Undefined
 * where the calendar does not reach that far: a deadline is never guessed, and a choice never fails for want of one.
 */
export function acceptBy(now: Date, workingDays: number, calendar: WorkingDayCalendar = OFFICIAL_CALENDAR): Date | undefined {
  try {
    return deadlineEnd(addWorkingDays(localDate(now), workingDays, calendar));
  } catch (error) {
    if (error instanceof CalendarNotCoveredError) return undefined;
    throw error;
  }
}
