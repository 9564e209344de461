import { delayAfter, delaysSeconds, longestRetryAfterSeconds, pauseAfter, retryAfterSeconds } from './schedule.js';

const now = Date.parse('2026-11-22T10:00:00Z');

describe('the schedule', () => {
  it('has ten attempts over 75 hours', () => {
    expect(delaysSeconds).toHaveLength(10);
    expect(delaysSeconds.reduce((sum, seconds) => sum + seconds, 0)).toBe(75 * 3_600 + 35 * 60 + 5);
    expect(Array.from({ length: 10 }, (_, at) => delayAfter(at + 1, 0, 0.5))).toEqual([...delaysSeconds.slice(1), undefined]);
  });

  it('scatters what failed together', () => {
    expect([delayAfter(2, 0, 0), delayAfter(2, 0, 1)]).toEqual([270, 330]);
    expect(new Set(Array.from({ length: 20 }, () => delayAfter(3))).size).toBeGreaterThan(15);
  });

  it('waits as long as it is asked to, where that is longer, but tries no oftener', () => {
    expect(delayAfter(1, 120, 0.5)).toBe(120);
    expect(delayAfter(4, 120, 0.5)).toBe(7_200);
    expect(delayAfter(10, 120)).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it('is a number of seconds or a date', () => {
    expect(retryAfterSeconds('120', now)).toBe(120);
    expect(retryAfterSeconds('Sun, 22 Nov 2026 10:02:00 GMT', now)).toBe(120);
  });

  it('is as good as none when it is neither, or in the past, and has an end', () => {
    for (const header of [undefined, '', 'soon', '-5', '1e9', '0x10', 'Sun, 22 Nov 2020 10:02:00 GMT', '0']) expect(retryAfterSeconds(header, now)).toBe(0);
    for (const header of ['9999999999', 'Fri, 31 Dec 9999 23:59:59 GMT']) expect(retryAfterSeconds(header, now)).toBe(longestRetryAfterSeconds);
  });
});

describe('the breaker', () => {
  it('leaves an endpoint alone after four failures in a row, longer each time, but for no more than minutes', () => {
    expect([0, 1, 3, 4, 5, 8, 10, 1_000].map((failures) => pauseAfter(failures, 0.5))).toEqual([0, 0, 0, 5, 10, 80, 300, 300]);
  });
});
