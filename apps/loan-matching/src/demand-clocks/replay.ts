import type { ClockTerms } from '@finharbor/contracts/clocks';
import type { ClockEvent } from '@finharbor/platform/clocks/clock';
import { readClock, reminderOf, rungOf } from '@finharbor/platform/clocks/clock-reading';
import type { WorkingDayCalendar } from '@finharbor/standards/working-days';

/** What would have been told of a number of clocks. */
export interface Replayed {
  clocks: number;
  reminders: number;
  breaches: number;
  /** By rung, how many clocks came to it. */
  rungs: { after: number; clocks: number }[];
}

/** What a clock would have said under other terms, by what happened to it: what was done when is taken as it was. */
export function replay(
  clocks: readonly { trail: readonly ClockEvent[]; terms: ClockTerms }[], calendar: WorkingDayCalendar, now: Date,
): Replayed {
  const sum: Replayed = { clocks: clocks.length, reminders: 0, breaches: 0, rungs: [] };
  for (const { trail, terms } of clocks) {
    const { startedAt, dueAt, breachedAt, stoppedAt } = readClock(terms, trail, calendar, now);
    const cameTo = (time: Date | undefined): boolean => time !== undefined && time <= now && (!stoppedAt || time < stoppedAt);
    if (dueAt) sum.reminders += terms.reminders.filter((days) => cameTo(reminderOf(startedAt, dueAt, days, calendar))).length;
    if (!breachedAt) continue;
    sum.breaches += 1;
    for (const { after } of terms.ladder ?? []) {
      if (after > 0 && !cameTo(rungOf(breachedAt, after, calendar))) continue;
      const rung = sum.rungs.find((one) => one.after === after);
      if (rung) rung.clocks += 1;
      else sum.rungs.push({ after, clocks: 1 });
    }
  }
  sum.rungs.sort((a, b) => a.after - b.after);
  return sum;
}
