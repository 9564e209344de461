import { daysInMonth } from '@finharbor/standards/dates';

/**
 * Full months from one ISO date to another (民法典 202: a month ends on the day with the same number, or on its last day
 * where there is none). Negative where `to` lies before `from`.
 */
export function fullMonthsBetween(from: string, to: string): number {
  const [fromYear, fromMonth, fromDay] = from.split('-').map(Number);
  const [year, month, day] = to.split('-').map(Number);
  const months = (year - fromYear) * 12 + month - fromMonth;
  const reached = day >= fromDay || day === daysInMonth(year, month);
  return reached ? months : months - 1;
}
