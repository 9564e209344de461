import fc from 'fast-check';
import { addDays, daysInMonth, isIsoDate, isoDate, parseDate, weekday } from './dates.js';

const anyDate = fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('parseDate', () => {
  it.each([
    ['2009-04-28', '2009-04-28'],
    ['2009/4/28', '2009-04-28'],
    ['2009.4.28', '2009-04-28'],
    ['2009年4月28日', '2009-04-28'],
    ['2009 年 4 月 28 日', '2009-04-28'],
    ['2009年04月28号', '2009-04-28'],
    ['20090428', '2009-04-28'],
    ['２００９－４－２８', '2009-04-28'],
    [' 2009-4-28\u3000', '2009-04-28'],
    ['\ufeff2009-04-28', '2009-04-28'],
    ['2009/4/28 0:00', '2009-04-28'],
    ['2009-04-28 00:00:00', '2009-04-28'],
    ['2009-04-28T12:30:15.123', '2009-04-28'],
    ['39931', '2009-04-28'],
    ['39931.5', '2009-04-28'],
    ['45658', '2025-01-01'],
    ['2024-02-29', '2024-02-29'],
    ['2000-2-29', '2000-02-29'],
  ])('%s is %s', (text, expected) => expect(parseDate(text)).toBe(expected));

  it.each([
    '', '-', 'N/A', '2023-02-29', '1900-02-29', '2009-13-01', '2009-00-10', '2009-04-31', '20090431', '2009-4/28', '0000-01-01',
    '4/28/2009', '28.4.2009', '09-04-28', '2009', '2009-04', '2009年4月', '39931000', '1234', '2009-04-28Z',
    '2009-04-28T00:00:00Z', '2009-04-28T00:00:00+08:00', '2009-04-28 x', '长期', '二〇〇九年四月二十八日',
  ])('%j is refused', (text) => expect(parseDate(text)).toBeUndefined());

  it('reads back every spelling of every day', () => {
    fc.assert(fc.property(anyDate, (date) => {
      const [year, month, day] = date.split('-');
      const [m, d] = [Number(month), Number(day)];
      for (const spelling of [date, `${year}/${m}/${d}`, `${year}.${month}.${d}`, `${year}年${m}月${d}日`, `${year}${month}${day}`]) {
        expect(parseDate(spelling)).toBe(date);
      }
    }));
  });
});

describe('calendar arithmetic', () => {
  it('knows which days exist', () => {
    expect(isIsoDate('2024-02-29')).toBe(true);
    expect(isIsoDate('2100-02-29')).toBe(false);
    expect(isIsoDate('2024-2-29')).toBe(false);
    expect(isIsoDate('2024-02-29 ')).toBe(false);
    expect(isoDate(2023, 2, 29)).toBeUndefined();
    expect(isoDate(2023, 2, 28)).toBe('2023-02-28');
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((month) => daysInMonth(2023, month)).reduce((a, b) => a + b)).toBe(365);
    expect(daysInMonth(2000, 2)).toBe(29);
    expect(daysInMonth(1900, 2)).toBe(28);
  });

  it('moves by days across months, years and leap days', () => {
    expect(addDays('2025-09-20', 15)).toBe('2025-10-05');
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    fc.assert(fc.property(anyDate, fc.integer({ min: -1000, max: 1000 }), (date, days) => {
      fc.pre(date > '0004' && date < '9996');
      expect(addDays(addDays(date, days), -days)).toBe(date);
      expect(weekday(addDays(date, days))).toBe((((weekday(date) + days) % 7) + 7) % 7);
    }));
  });

  it('refuses what is no date and what leaves the calendar', () => {
    expect(() => addDays('2023-02-29', 1)).toThrow(RangeError);
    expect(() => weekday('today')).toThrow(RangeError);
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError);
    expect(() => addDays('0001-01-01', -1)).toThrow(RangeError);
    expect(() => addDays('2025-01-01', Number.NaN)).toThrow(RangeError);
  });

  it('knows weekdays', () => {
    expect(weekday('2026-11-21')).toBe(6);
    expect(weekday('2026-02-13')).toBe(5);
    expect(weekday('2025-10-05')).toBe(0);
  });
});
