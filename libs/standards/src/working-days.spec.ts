import fc from 'fast-check';
import { addDays, weekday } from './dates.js';
import { ANNOUNCED_YEARS } from './working-days.data.js';
import {
  CalendarNotCoveredError, OFFICIAL_CALENDAR, addNaturalDays, addWorkingDays, calendarOf, deadlineEnd, isStatutoryHoliday, isWorkingDay,
  localDate, withImportedDays, withOverrides,
} from './working-days.js';

const notCovered = (run: () => unknown) => {
  expect(run).toThrow(CalendarNotCoveredError);
  expect(run).toThrow(expect.objectContaining({ code: 'CALENDAR_NOT_COVERED' }));
};

describe('addWorkingDays', () => {
  it.each([
    ['2025-09-29', 1, '2025-09-30'], ['2025-09-29', 3, '2025-10-10'], ['2025-09-29', 5, '2025-10-13'], ['2025-09-29', 10, '2025-10-20'],
    ['2026-02-13', 1, '2026-02-14'], ['2026-02-13', 2, '2026-02-24'], ['2026-02-13', 5, '2026-02-27'], ['2026-02-13', 6, '2026-02-28'],
    ['2026-09-30', 1, '2026-10-08'], ['2026-09-30', 3, '2026-10-10'],
    ['2026-02-14', 0, '2026-02-14'], ['2026-11-21', 0, '2026-11-21'], ['2026-11-21', 1, '2026-11-23'],
    ['2020-12-31', 1, '2021-01-04'],
  ])('%s plus %i is %s', (start, n, expected) => expect(addWorkingDays(start, n)).toBe(expected));

  it('never guesses beyond the announced years', () => {
    expect(addWorkingDays('2026-12-25', 4)).toBe('2026-12-31');
    notCovered(() => addWorkingDays('2026-12-25', 5));
    notCovered(() => addWorkingDays('2019-05-01', 1));
    expect(() => addWorkingDays('2026-12-31', 1)).toThrow('does not cover 2027-01-01');
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d days', (n) => {
    expect(() => addWorkingDays('2026-01-05', n)).toThrow(RangeError);
    expect(() => addNaturalDays('2026-01-05', n, 'NONE')).toThrow(RangeError);
  });

  it('refuses what is no date', () => {
    expect(() => addWorkingDays('2026-02-30', 0)).toThrow(RangeError);
    expect(() => addWorkingDays('20260201', 1)).toThrow(RangeError);
  });

  it('lands on a working day, counts exactly, and adds up', () => {
    const day = fc.integer({ min: 0, max: 1800 }).map((offset) => addDays('2021-01-01', offset));
    fc.assert(fc.property(day, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 40 }), (start, n, more) => {
      const end = addWorkingDays(start, n);
      expect(isWorkingDay(end)).toBe(true);
      let worked = 0;
      for (let date = addDays(start, 1); date <= end; date = addDays(date, 1)) if (isWorkingDay(date)) worked += 1;
      expect(worked).toBe(n);
      expect(addWorkingDays(end, more)).toBe(addWorkingDays(start, n + more));
      expect(addWorkingDays(addDays(start, 1), n) >= end).toBe(true);
    }));
  });
});

describe('isWorkingDay', () => {
  it.each([
    ['2026-02-14', true], ['2026-02-28', true], ['2026-02-16', false], ['2026-02-21', false], ['2025-10-11', true], ['2025-10-08', false],
    ['2026-11-21', false], ['2026-11-23', true], ['2022-12-31', false],
  ])('%s: %s', (date, worked) => expect(isWorkingDay(date)).toBe(worked));

  it('throws outside the covered years and for what is no date', () => {
    notCovered(() => isWorkingDay('2027-01-01'));
    notCovered(() => isWorkingDay('2020-12-31'));
    notCovered(() => isStatutoryHoliday('2027-10-01'));
    expect(() => isWorkingDay('2026-13-01')).toThrow(RangeError);
    expect(() => isStatutoryHoliday('2026-13-01')).toThrow(RangeError);
  });
});

describe('addNaturalDays', () => {
  it.each([
    ['2025-09-20', 15, 'NONE', '2025-10-05'],
    ['2025-09-20', 15, 'STATUTORY_HOLIDAY', '2025-10-09'],
    ['2025-09-20', 15, 'NON_WORKDAY', '2025-10-09'],
    ['2026-11-01', 20, 'STATUTORY_HOLIDAY', '2026-11-21'],
    ['2026-11-01', 20, 'NON_WORKDAY', '2026-11-23'],
    ['2026-02-01', 13, 'NON_WORKDAY', '2026-02-14'],
    ['2023-09-01', 35, 'STATUTORY_HOLIDAY', '2023-10-07'],
    ['2025-09-20', 0, 'NON_WORKDAY', '2025-09-22'],
    ['2026-12-20', 20, 'NONE', '2027-01-09'],
  ] as const)('%s plus %i, %s, is %s', (start, n, roll, expected) => expect(addNaturalDays(start, n, roll)).toBe(expected));

  it('asks the calendar only where it moves', () => {
    notCovered(() => addNaturalDays('2026-12-20', 20, 'STATUTORY_HOLIDAY'));
    notCovered(() => addNaturalDays('2026-12-20', 20, 'NON_WORKDAY'));
  });
});

describe('calendars as values', () => {
  it('covers 2021 to 2026 with make-up workdays on weekends only', () => {
    expect([...OFFICIAL_CALENDAR.years]).toEqual([2021, 2022, 2023, 2024, 2025, 2026]);
    for (const date of OFFICIAL_CALENDAR.makeUpWorkdays) expect([0, 6]).toContain(weekday(date));
    for (const date of OFFICIAL_CALENDAR.holidays) expect(OFFICIAL_CALENDAR.makeUpWorkdays.has(date)).toBe(false);
    expect(OFFICIAL_CALENDAR.holidays.size).toBe(Object.values(ANNOUNCED_YEARS).reduce((sum, year) => sum + year.off.length, 0));
  });

  it('takes a new year and single days as overrides, and leaves the base alone', () => {
    const calendar = withOverrides(OFFICIAL_CALENDAR, {
      years: [2027], holidays: ['2027-01-01', '2026-02-28', '2026-12-30'], workdays: ['2026-11-21', '2026-10-07'],
    });
    expect(addWorkingDays('2026-12-25', 5, calendar)).toBe('2027-01-05');
    expect(isWorkingDay('2026-02-28', calendar)).toBe(false);
    expect(isWorkingDay('2026-11-21', calendar)).toBe(true);
    expect(isWorkingDay('2026-10-07', calendar)).toBe(true);
    expect(isStatutoryHoliday('2026-10-07', calendar)).toBe(false);
    expect(addNaturalDays('2026-12-20', 10, 'STATUTORY_HOLIDAY', calendar)).toBe('2026-12-31');
    expect(addNaturalDays('2026-11-01', 20, 'NON_WORKDAY', calendar)).toBe('2026-11-21');
    expect(isWorkingDay('2026-02-28')).toBe(true);
    notCovered(() => isWorkingDay('2027-01-04'));
  });

  it('can be made of announced years alone', () => {
    const calendar = calendarOf({ 2030: { off: ['01-01'], work: ['01-05'] } });
    expect(isWorkingDay('2030-01-01', calendar)).toBe(false);
    expect(isWorkingDay('2030-01-05', calendar)).toBe(true);
    notCovered(() => isWorkingDay('2026-01-05', calendar));
  });
});

describe('instants in Asia/Shanghai', () => {
  it('ends a deadline at 24:00 local time', () => {
    expect(deadlineEnd('2026-11-23').toISOString()).toBe('2026-11-23T16:00:00.000Z');
    expect(deadlineEnd('2026-12-31').toISOString()).toBe('2026-12-31T16:00:00.000Z');
    expect(() => deadlineEnd('2026-11-31')).toThrow(RangeError);
  });

  it('knows the local date of an instant', () => {
    expect(localDate(new Date('2026-11-22T15:59:59.999Z'))).toBe('2026-11-22');
    expect(localDate(new Date('2026-11-22T16:00:00Z'))).toBe('2026-11-23');
    expect(() => localDate(new Date('x'))).toThrow(RangeError);
  });

  it('agrees with the time-zone database', () => {
    const zone = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' });
    fc.assert(fc.property(fc.date({ min: new Date('1992-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), (instant) => {
      expect(localDate(instant)).toBe(zone.format(instant));
      const end = deadlineEnd(localDate(instant));
      expect(end > instant).toBe(true);
      expect(end.getTime() - instant.getTime()).toBeLessThanOrEqual(86_400_000);
    }));
  });
});

describe('withImportedDays', () => {
  const year = (key: string, ...days: [string, boolean][]) =>
    [{ key, data: {} }, ...days.map(([day, off]) => ({ key: day, data: { off } }))];

  it('lets a clock cross New Year once the year is announced, and not before', () => {
    const rows = year('2027', ['2027-01-01', true], ['2027-01-03', false]);
    expect(() => addWorkingDays('2026-12-25', 5)).toThrow(CalendarNotCoveredError);
    // 28 to 31 December, then the make-up Sunday: 1 January is off, 2 January a Saturday.
    expect(addWorkingDays('2026-12-25', 5, withImportedDays(OFFICIAL_CALENDAR, rows))).toBe('2027-01-03');
  });

  it('replaces a year whole: days that it does not name are plain again', () => {
    const calendar = withImportedDays(OFFICIAL_CALENDAR, year('2026', ['2026-01-01', true]));
    expect(['2026-10-01', '2026-10-10', '2026-01-01', '2025-10-01'].map((day) => isWorkingDay(day, calendar))).toEqual([true, false, false, false]);
  });

  it('takes a day without its year as a correction of that day, and changes nothing without rows', () => {
    const calendar = withImportedDays(OFFICIAL_CALENDAR, [{ key: '2026-12-31', data: { off: true } }]);
    expect([isWorkingDay('2026-12-31', calendar), isWorkingDay('2026-12-30', calendar), isWorkingDay('2026-10-01', calendar)]).toEqual([false, true, false]);
    expect(withImportedDays(OFFICIAL_CALENDAR, [])).toBe(OFFICIAL_CALENDAR);
  });
});
