import { lprOn } from './lpr.js';

describe('lprOn', () => {
  it.each([['2026-04-19', '2026-03-20'], ['2026-04-20', '2026-04-20'], ['2027-01-01', '2026-04-20'], ['2019-08-20', '2019-08-20']])(
    'on %s is the quote of %s', (date, quoted) => expect(lprOn(date)?.date).toBe(quoted));

  it('is nothing before the first quote', () => expect(lprOn('2019-08-19')).toBeUndefined());

  it('is what was imported, where that corrects or continues what is built in', () => {
    const imported = [{ date: '2026-04-20', oneYear: '2.95', fiveYear: '3.45' }, { date: '2026-11-20', oneYear: '2.90', fiveYear: '3.40' }];
    expect([lprOn('2026-05-01', imported)?.oneYear, lprOn('2026-11-19', imported)?.oneYear, lprOn('2026-11-20', imported)?.fiveYear]).toEqual(['2.95', '2.95', '3.40']);
  });
});
