import { isQuiet, parseQuietHours } from './quiet-hours.js';

/** A time of the day in Asia/Shanghai, winter and summer. */
const at = (time: string): Date[] => ['2026-01-15', '2026-07-15'].map((day) => new Date(`${day}T${time}+08:00`));
const quiet = (hours: string, time: string): boolean[] => at(time).map((instant) => isQuiet(parseQuietHours(hours), instant));

describe('quiet hours', () => {
  it.each([
    ['21:00-08:00', '20:59:59.999', false], ['21:00-08:00', '21:00:00', true], ['21:00-08:00', '00:00:00', true],
    ['21:00-08:00', '07:59:59.999', true], ['21:00-08:00', '08:00:00', false], ['21:00-08:00', '12:00:00', false],
    ['12:30-14:00', '12:29:59', false], ['12:30-14:00', '12:30:00', true], ['12:30-14:00', '13:59:59', true], ['12:30-14:00', '14:00:00', false],
    ['00:00-06:00', '23:59:00', false], ['00:00-06:00', '00:00:00', true], ['22:00-00:00', '23:59:00', true], ['22:00-00:00', '00:00:00', false],
  ])('%s at %s: %s', (hours, time, wanted) => expect(quiet(hours, time)).toEqual([wanted, wanted]));

  it('need not be', () => {
    expect(parseQuietHours('')).toBeUndefined();
    expect(quiet('', '03:00:00')).toEqual([false, false]);
  });

  it.each(['21-8', '21:00', '24:00-08:00', '21:60-08:00', '21:00-21:00', ' 21:00-08:00', '21:00–08:00'])('are not written %p', (text) => {
    expect(() => parseQuietHours(text)).toThrow('quiet hours');
  });
});
