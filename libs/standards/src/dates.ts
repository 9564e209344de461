/** Calendar dates as `YYYY-MM-DD` strings: no time, no zone, compared with `<`. */

import { toHalfWidth } from './text.js';

const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_MS = 86_400_000;

/** Days in a month, 1 to 12, of the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** True for `YYYY-MM-DD` naming a day that exists, years 0001 to 9999. */
export function isIsoDate(text: string): boolean {
  const match = ISO.exec(text);
  return match !== null && exists(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** The ISO date, or undefined where there is no such day (2023-02-29). */
export function isoDate(year: number, month: number, day: number): string | undefined {
  if (!exists(year, month, day)) return undefined;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** `date` plus `days` natural days (negative: before). Throws RangeError for what is no date or leaves the years 0001 to 9999. */
export function addDays(date: string, days: number): string {
  const moved = new Date(utcMidnight(date) + days * DAY_MS);
  const year = Number.isNaN(moved.getTime()) ? 0 : moved.getUTCFullYear();
  if (year < 1 || year > 9999) throw new RangeError(`${date} plus ${days} days is outside the years 0001 to 9999`);
  return moved.toISOString().slice(0, 10);
}

/** 0 Sunday to 6 Saturday. Throws RangeError for what is no date. */
export function weekday(date: string): number {
  return new Date(utcMidnight(date)).getUTCDay();
}

const SEPARATED = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/;
const CHINESE = /^(\d{4})年(\d{1,2})月(\d{1,2})[日号]?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const EXCEL_SERIAL = /^(\d{5})(?:\.\d+)?$/;
/** Day 0 of Excel's 1900 date system for serials after its imaginary 1900-02-29 (serial 60). */
const EXCEL_EPOCH = '1899-12-30';

/**
 * Reads the date spellings of real lists: `2009-04-28`, `2009/4/28`, `2009.4.28`, `2009年4月28日`, `20090428`, each
 * separated form with a clock time behind it, and Excel's serial number (`39931`, five digits: 1927 to 2173).
 * Full-width digits are read too. Returns the ISO date, or undefined where the text is no date or no such day exists.
 * What could be read in two ways is refused: `4/28/2009`, two-digit years, instants with a zone (`...Z`, `+08:00`).
 */
export function parseDate(text: string): string | undefined {
  const plain = toPlain(text);
  let match = SEPARATED.exec(plain);
  if (match) return isoDate(Number(match[1]), Number(match[3]), Number(match[4]));
  match = CHINESE.exec(plain.replace(/ /g, '')) ?? COMPACT.exec(plain);
  if (match) return isoDate(Number(match[1]), Number(match[2]), Number(match[3]));
  match = EXCEL_SERIAL.exec(plain);
  return match ? addDays(EXCEL_EPOCH, Number(match[1])) : undefined;
}

function toPlain(text: string): string {
  return toHalfWidth(text).replace(/[\u200b-\u200f\ufeff]/g, '').trim();
}

function exists(year: number, month: number, day: number): boolean {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

function utcMidnight(date: string): number {
  if (!isIsoDate(date)) throw new RangeError(`not a date (YYYY-MM-DD): ${date.slice(0, 40)}`);
  return Date.parse(`${date}T00:00:00Z`);
}
