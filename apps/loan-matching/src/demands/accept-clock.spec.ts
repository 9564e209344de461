import { acceptBy } from './accept-clock.js';

describe('acceptBy', () => {
  it('ends with the next working day in Shanghai, make-up Saturdays and the holiday week considered', () => {
    expect(acceptBy(new Date('2026-02-13T04:00:00Z'), 1)?.toISOString()).toBe('2026-02-14T16:00:00.000Z');
    expect(acceptBy(new Date('2026-09-30T04:00:00Z'), 1)?.toISOString()).toBe('2026-10-08T16:00:00.000Z');
    expect(acceptBy(new Date('2026-11-20T04:00:00Z'), 3)?.toISOString()).toBe('2026-11-25T16:00:00.000Z');
  });

  it('counts from the day in Shanghai, which begins at 16:00 UTC', () => {
    expect(acceptBy(new Date('2026-11-23T15:59:59Z'), 1)?.toISOString()).toBe('2026-11-24T16:00:00.000Z');
    expect(acceptBy(new Date('2026-11-23T16:00:00Z'), 1)?.toISOString()).toBe('2026-11-25T16:00:00.000Z');
  });

  it('gives no deadline outside the calendar', () => {
    expect(acceptBy(new Date('2026-12-31T04:00:00Z'), 1)).toBeUndefined();
    expect(acceptBy(new Date('2031-05-05T04:00:00Z'), 1)).toBeUndefined();
  });
});
