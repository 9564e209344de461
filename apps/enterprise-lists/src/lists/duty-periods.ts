import { addDays } from '@finharbor/standards/dates';
import { DutyFrequency } from '../vocabulary.js';

/** A period of a duty, and the day until whose end its list is in time. */
export interface DutyPeriod {
  period: string;
  dueOn: string;
}

const two = (value: number): string => String(value).padStart(2, '0');
const monthsOf: Record<DutyFrequency, number> = { MONTHLY: 1, QUARTERLY: 3 };

/** The period in which a day lies. `graceDays` natural days after its last day its list is still in time. */
export function dutyPeriodOf(day: string, frequency: DutyFrequency, graceDays: number): DutyPeriod {
  const [year, month] = day.split('-').map(Number);
  const number = Math.ceil(month / monthsOf[frequency]);
  const period = frequency === DutyFrequency.MONTHLY ? `${year}-${two(number)}` : `${year}-Q${number}`;
  return { period, dueOn: addDays(firstDayAfter(year, number * monthsOf[frequency]), graceDays - 1) };
}

/** The period behind one. */
export function dutyPeriodAfter(period: string, frequency: DutyFrequency, graceDays: number): DutyPeriod {
  const year = Number(period.slice(0, 4));
  const last = period[5] === 'Q' ? Number(period[6]) * 3 : Number(period.slice(5));
  return dutyPeriodOf(firstDayAfter(year, last), frequency, graceDays);
}

/** Periods of lists that keep the duty of a period: itself, and those that lie inside it. */
export function keepingPeriods(period: string): string[] {
  if (period[5] !== 'Q') return [period];
  const [year, quarter] = [period.slice(0, 4), Number(period[6])];
  return [period, ...[-2, -1, 0].map((offset) => `${year}-${two(quarter * 3 + offset)}`)];
}

const firstDayAfter = (year: number, month: number): string => (month === 12 ? `${year + 1}-01-01` : `${year}-${two(month + 1)}-01`);
