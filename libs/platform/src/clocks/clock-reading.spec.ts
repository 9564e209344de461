import { clockDefinitions, ClockKind, type ClockTerms, ClockUnit, reachingNobody } from '@finharbor/contracts/clocks';
import { OFFICIAL_CALENDAR, withOverrides, type WorkingDayCalendar } from '@finharbor/standards/working-days';
import fc from 'fast-check';
import { type ClockEvent, type ClockReading, ClockState } from './clock.js';
import { readClock, reminderOf } from './clock-reading.js';

const terms = (amount: number, more: Partial<ClockTerms> = {}): ClockTerms =>
  ({ unit: ClockUnit.WORKING_DAYS, amount, rollForward: 'NONE', reminders: [], source: 'test', ...more });
const natural = (amount: number, rollForward: ClockTerms['rollForward'] = 'NONE'): ClockTerms => terms(amount, { unit: ClockUnit.NATURAL_DAYS, rollForward });

/** An instant by what a clock on a wall in Wanzhou says. */
const wall = (text: string): Date => new Date(`${text.includes(' ') ? text.replace(' ', 'T') : `${text}T12:00`}:00+08:00`);
const trailOf = (...events: [kind: 'START' | 'PAUSE' | 'RESUME' | 'STOP', at: string][]): ClockEvent[] => events.map(([kind, at]) => ({ kind, at: wall(at) }));
const late = wall('2030-01-01');

/** The last day of a clock that nobody stops. */
function lastDay(of: ClockTerms, trail: ClockEvent[], calendar = OFFICIAL_CALENDAR): string | null {
  const { dueAt } = readClock(of, trail, calendar, trail.at(-1)!.at);
  if (!dueAt) return null;
  const end = new Date(dueAt.getTime() + 8 * 3_600_000 - 1).toISOString();
  expect(end.slice(10)).toBe('T23:59:59.999Z');
  return end.slice(0, 10);
}

describe('the vectors of domain.md 3.7', () => {
  it.each([
    ['2025-09-29', 1, '2025-09-30'], ['2025-09-29', 3, '2025-10-10'], ['2025-09-29', 5, '2025-10-13'], ['2025-09-29', 10, '2025-10-20'],
    ['2026-02-13', 1, '2026-02-14'], ['2026-02-13', 2, '2026-02-24'], ['2026-02-13', 5, '2026-02-27'], ['2026-02-13', 6, '2026-02-28'],
    ['2026-09-30', 1, '2026-10-08'], ['2026-09-30', 3, '2026-10-10'], ['2026-12-25', 5, null],
  ])('%s and %i working days: %s', (start, amount, end) => expect(lastDay(terms(amount), trailOf(['START', start]))).toBe(end));

  it('15 natural days from 2025-09-20 end in the holidays, or behind them', () => {
    const ends = (['NONE', 'STATUTORY_HOLIDAY', 'NON_WORKDAY'] as const).map((roll) => lastDay(natural(15, roll), trailOf(['START', '2025-09-20'])));
    expect(ends).toEqual(['2025-10-05', '2025-10-09', '2025-10-09']);
  });

  it('the day is that of Shanghai, which begins at 16:00 UTC', () => {
    expect(lastDay(terms(1), trailOf(['START', '2026-11-23 23:59']))).toBe('2026-11-24');
    expect(lastDay(terms(1), trailOf(['START', '2026-11-24 00:00']))).toBe('2026-11-25');
  });

  it('natural days ask no calendar unless they must roll', () => {
    expect(lastDay(natural(20), trailOf(['START', '2026-12-20']))).toBe('2027-01-09');
    expect(lastDay(natural(20, 'STATUTORY_HOLIDAY'), trailOf(['START', '2026-12-20']))).toBeNull();
  });
});

describe('states', () => {
  const one = terms(1); // started on Monday 2026-11-23, ends with Tuesday
  const start: [kind: 'START', at: string] = ['START', '2026-11-23 10:00'];
  it.each<[string, ClockState, [kind: 'PAUSE' | 'RESUME' | 'STOP', at: string][], string]>([
    ['runs until its last minute', ClockState.RUNNING, [], '2026-11-24 23:59'],
    ['is breached at 24:00', ClockState.BREACHED, [], '2026-11-25 00:00'],
    ['is met by what is done before', ClockState.MET, [['STOP', '2026-11-24 23:59']], '2026-12-01 00:00'],
    ['what is done at 24:00 is late', ClockState.LATE, [['STOP', '2026-11-25 00:00']], '2026-12-01 00:00'],
    ['is paused', ClockState.PAUSED, [['PAUSE', '2026-11-24 09:00']], '2026-12-01 00:00'],
    ['a pause after the end mends nothing', ClockState.BREACHED, [['PAUSE', '2026-11-25 09:00']], '2026-12-01 00:00'],
    ['what is done while it is paused is in time', ClockState.MET, [['PAUSE', '2026-11-24 09:00'], ['STOP', '2026-12-20 09:00']], '2026-12-21 00:00'],
    ['taken up again it runs, and what lay between was a pause', ClockState.RUNNING, [['STOP', '2026-11-24 12:00'], ['RESUME', '2026-11-26 12:00']], '2026-11-26 23:59'],
  ])('%s', (_what, state, events, at) => expect(readClock(one, trailOf(start, ...events), OFFICIAL_CALENDAR, wall(at)).state).toBe(state));

  it('says what is used and left, to the minute, of working days alone', () => {
    const hours = (text: string): (number | null)[] => {
      const { used, left } = readClock(terms(3), trailOf(['START', '2026-11-20 10:00'], ['PAUSE', '2026-11-24 06:00'], ['RESUME', '2026-11-25 18:00']), OFFICIAL_CALENDAR, wall(text));
      return [used! / 3_600_000, left! / 3_600_000];
    };
    expect(hours('2026-11-22 12:00')).toEqual([0, 72]); // the day of the start and the weekend
    expect(hours('2026-11-23 12:30')).toEqual([12.5, 59.5]);
    expect(hours('2026-11-25 12:00')).toEqual([30, 42]);
    expect(hours('2026-12-01 00:00')).toEqual([30 + 6 + 48 + 24, 0]);
  });

  it('is UNSET where the calendar does not reach, until it does', () => {
    const trail = trailOf(['START', '2026-12-25']);
    const unset = { state: ClockState.UNSET, dueAt: null, breachedAt: null, used: null, left: null };
    expect(readClock(terms(5), trail, OFFICIAL_CALENDAR, late)).toMatchObject(unset);
    const grown = withOverrides(OFFICIAL_CALENDAR, { years: [2027], holidays: ['2027-01-01'] });
    expect(lastDay(terms(5), trail, grown)).toBe('2027-01-04');
    // What was done before the first day that it lacks is in time whatever the calendar will say; what was done later nobody knows.
    expect(readClock(terms(5), trailOf(['START', '2026-12-25'], ['STOP', '2027-01-01 23:59']), OFFICIAL_CALENDAR, late)).toMatchObject({ state: ClockState.MET, dueAt: null });
    expect(readClock(terms(5), trailOf(['START', '2026-12-25'], ['STOP', '2027-01-02 00:00']), OFFICIAL_CALENDAR, late).state).toBe(ClockState.UNSET);
  });

  it('a corrected calendar corrects history: a breach that was none is none', () => {
    const trail = trailOf(['START', '2026-11-23'], ['STOP', '2026-11-25 15:00']);
    expect(readClock(terms(1), trail, OFFICIAL_CALENDAR, late).state).toBe(ClockState.LATE);
    const corrected = withOverrides(OFFICIAL_CALENDAR, { holidays: ['2026-11-24'] });
    expect(readClock(terms(1), trail, corrected, late)).toMatchObject({ state: ClockState.MET, breachedAt: null });
  });

  it('an extension gives days before the end, and none after it', () => {
    const extended = (at: string): string | null =>
      lastDay(natural(15), [...trailOf(['START', '2026-11-01']), { kind: 'EXTEND', at: wall(at), days: 15 }]);
    expect(extended('2026-11-16 23:59')).toBe('2026-12-01');
    expect(extended('2026-11-17 00:00')).toBe('2026-11-16');
  });

  it.each<[string, ClockEvent[]]>([
    ['nothing', []], ['no start', trailOf(['PAUSE', '2026-11-23'])], ['two starts', trailOf(['START', '2026-11-23'], ['START', '2026-11-24'])],
    ['a pause in a pause', trailOf(['START', '2026-11-23'], ['PAUSE', '2026-11-24'], ['PAUSE', '2026-11-25'])],
    ['an end of no pause', trailOf(['START', '2026-11-23'], ['RESUME', '2026-11-24'])],
    ['two stops', trailOf(['START', '2026-11-23'], ['STOP', '2026-11-24'], ['STOP', '2026-11-24'])],
    ['steps backwards', trailOf(['START', '2026-11-23'], ['STOP', '2026-11-22'])],
  ])('refuses a trail of %s', (_what, trail) => expect(() => readClock(terms(1), trail, OFFICIAL_CALENDAR, late)).toThrow('trail of a clock'));
});

describe('reminderOf', () => {
  const end = wall('2026-10-13 00:00'); // the last day is Monday 2026-10-12, after a worked Saturday
  const at = (started: string, days: number): string | undefined => reminderOf(wall(started), end, days, OFFICIAL_CALENDAR)?.toISOString();
  it('is the beginning of a working day so many before the last', () => {
    expect([0, 1, 2, 3, 4].map((days) => at('2026-09-01', days))).toEqual(
      ['2026-10-11T16:00:00.000Z', '2026-10-09T16:00:00.000Z', '2026-10-08T16:00:00.000Z', '2026-10-07T16:00:00.000Z', '2026-09-29T16:00:00.000Z']);
  });
  it('is none before the clock started, nor where the calendar does not reach back', () => {
    expect(at('2026-10-10 00:00', 1)).toBeUndefined();
    expect(at('2026-10-09 23:59', 1)).toBe('2026-10-09T16:00:00.000Z');
    expect(reminderOf(wall('2020-12-01'), wall('2021-01-02 00:00'), 3, OFFICIAL_CALENDAR)).toBeUndefined();
  });
});

/**
 * The oracle: the sentences of docs/clocks.md, minute by minute, in words of its own. It knows of a minute its wall-clock day, whether
 * that day is worked, and whether the clock is paused then; nothing of trails, ends of days or sums of intervals.
 */
function oracle(
  of: ClockTerms, startMinute: number, paused: (minute: number) => boolean, stop: number,
  off: ReadonlySet<string>, worked: ReadonlySet<string>, until: number,
): { due: number | null; used: number; state: ClockState } {
  const zone = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' });
  let [key, known] = [Number.NaN, { day: '', isHoliday: false, isWorked: false }];
  const factsOf = (minute: number): { day: string; isHoliday: boolean; isWorked: boolean } => {
    // A day of Shanghai begins at 16:00 UTC: its facts are asked of the time-zone database once.
    if (key === Math.floor((minute + 480) / 1440)) return known;
    key = Math.floor((minute + 480) / 1440);
    const parts = Object.fromEntries(zone.formatToParts(new Date(minute * 60_000)).map(({ type, value }) => [type, value]));
    const day = `${parts.year}-${parts.month}-${parts.day}`;
    const isWeekend = new Date(`${day}T00:00:00Z`).getUTCDay() % 6 === 0;
    known = { day, isHoliday: off.has(day), isWorked: worked.has(day) || (!isWeekend && !off.has(day)) };
    return known;
  };
  const startDay = factsOf(startMinute).day;
  let used = 0;
  let usedUntil = 0;
  let due: number | null = null;
  for (let minute = startMinute; minute < until; minute += 1) {
    const { day, isHoliday, isWorked } = factsOf(minute);
    const isPaused = paused(minute);
    if (day !== startDay && !isPaused && (of.unit === ClockUnit.NATURAL_DAYS || isWorked)) used += 1;
    if (minute < stop) usedUntil = used;
    const isLastOfDay = (minute + 481) % 1440 === 0;
    const mayEnd = of.unit === ClockUnit.WORKING_DAYS || of.rollForward === 'NON_WORKDAY' ? isWorked : of.rollForward === 'NONE' || !isHoliday;
    if (due === null && isLastOfDay && used >= of.amount * 1440 && !isPaused && mayEnd) due = minute + 1;
    if (due !== null && minute >= stop) break;
  }
  return { due, used: usedUntil, state: due !== null && due <= stop ? ClockState.LATE : ClockState.MET };
}

describe('the engine and a minute-by-minute oracle', () => {
  /** Asked minute after minute. */
  const pausedBy = (changes: readonly number[]): (minute: number) => boolean => {
    let passed = 0;
    return (minute) => {
      while (passed < changes.length && changes[passed] <= minute) passed += 1;
      return passed % 2 === 1;
    };
  };
  const base = Math.floor(wall('2026-09-14 00:00').getTime() / 60_000);
  const day = (offset: number): string => new Date((base + 480) * 60_000 + offset * 86_400_000).toISOString().slice(0, 10);
  const someDays = (maxLength: number): fc.Arbitrary<number[]> => fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength });
  const calendars = fc.record({ off: someDays(12), worked: someDays(6) });

  it('agree on end, state and time used, whatever the pauses, the calendar and the terms', () => {
    const unit = fc.constantFrom(...Object.values(ClockUnit));
    const roll = fc.constantFrom('NONE' as const, 'STATUTORY_HOLIDAY' as const, 'NON_WORKDAY' as const);
    const midnight = fc.integer({ min: 0, max: 20 }).map((days) => days * 1440);
    const minutes = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 30 * 1440 }), midnight), { maxLength: 8 });
    const [amounts, minuteOfDay, stops] = [8, 1439, 40 * 1440].map((max) => fc.integer({ min: 0, max }));
    fc.assert(fc.property(unit, roll, amounts, minuteOfDay, minutes, stops, calendars,
      (of, rollForward, amount, offset, changes, stopAfter, days) => {
        const start = base + offset;
        const later = changes.map((minute) => base + minute).filter((minute) => minute >= start).sort((a, b) => a - b);
        const pauses = later.slice(0, later.length - (later.length % 2));
        const stop = Math.max(start + stopAfter, later.at(-1) ?? 0);
        const worked = new Set(days.worked.map(day));
        const off = new Set(days.off.map(day).filter((one) => !worked.has(one)));
        const calendar: WorkingDayCalendar = { years: new Set([2026]), holidays: off, makeUpWorkdays: worked };
        const at = (minute: number): Date => new Date(minute * 60_000);
        const said = (changed: number[], end: ClockEvent[]): ClockReading => readClock(terms(amount, { unit: of, rollForward }), [
          { kind: 'START', at: at(start) }, ...changed.map((minute, index): ClockEvent => ({ kind: index % 2 === 0 ? 'PAUSE' : 'RESUME', at: at(minute) })), ...end,
        ], calendar, end.length > 0 ? wall('2026-12-30') : at(stop));
        const expected = (changed: number[]): ReturnType<typeof oracle> => oracle(
          terms(amount, { unit: of, rollForward }), start, pausedBy(changed), stop, off, worked, base + 90 * 1440);
        const stopped = said(pauses, [{ kind: 'STOP', at: at(stop) }]);
        const wanted = expected(pauses);
        expect({ due: stopped.dueAt!.getTime() / 60_000, state: stopped.state, used: stopped.used! / 60_000 }).toEqual(wanted);
        expect(said(pauses, []).state).toBe(wanted.state === ClockState.LATE ? ClockState.BREACHED : ClockState.RUNNING);
        if (later.length === pauses.length) return;
        const { due } = expected(later); // the last pause goes on
        const { dueAt, state } = said(later, []);
        const isBreach = due !== null && due <= stop;
        expect([dueAt && dueAt.getTime() / 60_000, state]).toEqual([due, isBreach ? ClockState.BREACHED : ClockState.PAUSED]);
      }), { numRuns: 200 });
  });
});

describe('definitions', () => {
  it.each(Object.values(ClockKind))('%s has days, a source and reminders that lie in it', (kind) => {
    const { amount, source, reminders, description } = clockDefinitions[kind];
    expect(amount).toBeGreaterThan(0);
    expect(source.length).toBeGreaterThan(3);
    expect(description).toMatch(/^[A-Z].*\.$/);
    for (const before of reminders) expect(before).toBeLessThan(amount);
    expect(reachingNobody(kind, clockDefinitions[kind])).toEqual([]);
  });
});
