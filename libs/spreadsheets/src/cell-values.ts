import { addDays } from '@finharbor/standards/dates';

/** `_x000D_` is how workbooks write what XML cannot hold, and `_x005F_` the underscore in front of what only looks like it. */
export const escapedText = (text: string): string =>
  text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : text;

/** Number formats that every workbook has and that show a date; 27 to 36 and 50 to 58 are the Chinese ones. */
const isBuiltInDate = (id: number): boolean => (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);

/** Whether a number format shows a day: it names years or days, or months without hours and seconds. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return isBuiltInDate(id);
  const letters = code.split(';', 1)[0].replace(/"[^"]*"|\\.|\[[^\]]*\]|_.|\*./g, '').toLowerCase().replace('general', '');
  return /[yd]/.test(letters) || (/m/.test(letters) && !/[hs]/.test(letters) && !/[0#]/.test(letters));
}

/** Where day numbers begin: 1900 as everywhere, or 1904 as on old Macintoshes. */
const days1904 = 1462;
const lastDay = 2_958_465;

/** The day that a spreadsheet shows for a number, with its time where there is one; the number itself where it is none of 1900 to 9999. */
export function dayText(serial: number, is1904: boolean): string {
  const shifted = serial + (is1904 ? days1904 : 0);
  if (!(shifted >= 1 && shifted < lastDay + 1)) return plainNumber(serial);
  // Of a day, a millionth is less than a second: what floating point leaves is rounded away.
  const seconds = Math.round((shifted % 1) * 86_400);
  const whole = Math.floor(shifted) + (seconds === 86_400 ? 1 : 0);
  const day = dayOf(whole);
  if (seconds % 86_400 === 0) return day;
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${day} ${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Lists have few different days, and calendars are dear. */
const days = new Map<number, string>();

/** The 1900 system has a 29 February 1900, day 60, that never was. */
function dayOf(whole: number): string {
  let day = days.get(whole);
  if (day === undefined) {
    day = whole === 60 ? '1900-02-29' : addDays('1899-12-30', whole < 60 ? whole + 1 : whole);
    if (days.size < 50_000) days.set(whole, day);
  }
  return day;
}

/** Without an exponent, as lists write numbers. */
export function plainNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}

const exact = /^-?\d{1,15}(?:\.\d{0,5}[1-9])?$/;

/**
 * A number of a workbook as people write it: without exponent, without the tail that floating point adds (81.579999999999998).
 * From 15 digits on a spreadsheet has lost the last ones: such a number keeps its exponent, so that no rule takes it for a code.
 */
export function numberText(raw: string): string {
  if (raw.length <= 15 && exact.test(raw)) return raw;
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  return Math.abs(value) >= 1e15 ? value.toExponential() : plainNumber(value);
}
