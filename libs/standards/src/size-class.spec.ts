import fc from 'fast-check';
import { SIZE_TABLES } from './size-class.data.js';
import { type SizeClass, type SizeGroup, type SizeIndicators, sizeClass, sizeGroupOfIndustry } from './size-class.js';

const ORDER: SizeClass[] = ['MICRO', 'SMALL', 'MEDIUM', 'LARGE'];
const GROUPS = Object.keys(SIZE_TABLES[0]!.rows) as SizeGroup[];

describe('sizeClass', () => {
  it.each<[SizeIndicators, SizeClass]>([
    [{ group: 'INDUSTRY', employees: 1000, revenue: 40000 }, 'LARGE'],
    [{ group: 'INDUSTRY', employees: 999, revenue: 90000 }, 'MEDIUM'],
    [{ group: 'INDUSTRY', employees: 300, revenue: 1999 }, 'SMALL'],
    [{ group: 'INDUSTRY', employees: 19, revenue: 9000 }, 'MICRO'],
    [{ group: 'RETAIL', employees: 10, revenue: 100 }, 'SMALL'],
    [{ group: 'REAL_ESTATE_DEV', revenue: 250000, assets: 9999 }, 'MEDIUM'],
    [{ group: 'AGRI', revenue: 50 }, 'SMALL'],
    [{ group: 'AGRI', revenue: 49.99 }, 'MICRO'],
    [{ group: 'AGRI', revenue: '49.9999' }, 'MICRO'],
    [{ group: 'AGRI', revenue: '50.00', employees: 0 }, 'SMALL'],
    [{ group: 'OTHER', employees: 300 }, 'LARGE'],
    [{ group: 'OTHER', employees: 0 }, 'MICRO'],
    [{ group: 'LEASING_BUSINESS', employees: 300, assets: 120000 }, 'LARGE'],
    [{ group: 'CONSTRUCTION', revenue: 80000, assets: 79999.99 }, 'MEDIUM'],
    [{ group: 'PROPERTY_MGMT', employees: 99, revenue: 5000 }, 'MICRO'],
  ])('%j is %s', (indicators, expected) => expect(sizeClass(indicators)).toBe(expected));

  /** domain.md 3.3, independent of the data module: employees, revenue, assets as large/medium/small. */
  it.each<[SizeGroup, string, string, string]>([
    ['AGRI', '', '20000/500/50', ''], ['INDUSTRY', '1000/300/20', '40000/2000/300', ''],
    ['CONSTRUCTION', '', '80000/6000/300', '80000/5000/300'],
    ['WHOLESALE', '200/20/5', '40000/5000/1000', ''], ['RETAIL', '300/50/10', '20000/500/100', ''],
    ['TRANSPORT', '1000/300/20', '30000/3000/200', ''],
    ['WAREHOUSE', '200/100/20', '30000/1000/100', ''], ['POST', '1000/300/20', '30000/2000/100', ''],
    ['LODGING', '300/100/10', '10000/2000/100', ''],
    ['CATERING', '300/100/10', '10000/2000/100', ''], ['INFO_TRANSMISSION', '2000/100/10', '100000/1000/100', ''],
    ['SOFTWARE_IT', '300/100/10', '10000/1000/50', ''], ['REAL_ESTATE_DEV', '', '200000/1000/100', '10000/5000/2000'],
    ['PROPERTY_MGMT', '1000/300/100', '5000/1000/500', ''], ['LEASING_BUSINESS', '300/100/10', '', '120000/8000/100'],
    ['OTHER', '300/100/10', '', ''],
  ])('%s has the limits of the table, each included', (group, employees, revenue, assets) => {
    const columns = Object.entries({ employees, revenue, assets }).filter(([, limits]) => limits !== '')
      .map(([name, limits]) => [name, limits.split('/').map(Number)] as const);
    const at = (step: number, less = 0) => Object.fromEntries(columns.map(([name, limits]) => [name, limits[step]! - less]));
    for (const [step, expected, below] of [[0, 'LARGE', 'MEDIUM'], [1, 'MEDIUM', 'SMALL'], [2, 'SMALL', 'MICRO']] as const) {
      expect(sizeClass({ group, ...at(step) })).toBe(expected);
      for (const [name] of columns) {
        expect(sizeClass({ group, ...at(step), [name]: at(step, 0.01)[name] })).toBe(below);
        expect(sizeClass({ group, ...at(step), [name]: undefined })).toBe('UNKNOWN');
      }
    }
  });

  it('has 16 groups', () => expect(GROUPS).toHaveLength(16));

  it.each([
    undefined, null, '', ' ', 'N/A', '-1', -1, Number.NaN, Number.POSITIVE_INFINITY, '1e9',
  ])('%j counts as missing: UNKNOWN, never MICRO', (missing) => {
    expect(sizeClass({ group: 'INDUSTRY', employees: 5, revenue: missing })).toBe('UNKNOWN');
    expect(sizeClass({ group: 'AGRI', revenue: missing })).toBe('UNKNOWN');
  });

  it('ignores indicators that the group does not use', () => {
    expect(sizeClass({ group: 'AGRI', revenue: 600, employees: null, assets: 'N/A' })).toBe('MEDIUM');
  });

  it('passes on that a group is not covered or not known', () => {
    expect(sizeClass({ group: 'NOT_APPLICABLE', employees: 5, revenue: 5, assets: 5 })).toBe('NOT_APPLICABLE');
    expect(sizeClass({ group: 'UNKNOWN', employees: 5, revenue: 5, assets: 5 })).toBe('UNKNOWN');
  });

  it('takes the edition of the day, and knows none before the first', () => {
    expect(sizeClass({ group: 'AGRI', revenue: 50 }, '2017-12-28')).toBe('SMALL');
    expect(sizeClass({ group: 'AGRI', revenue: 50 }, '2026-11-21')).toBe('SMALL');
    expect(sizeClass({ group: 'AGRI', revenue: 50 }, '2017-12-27')).toBe('UNKNOWN');
    expect(SIZE_TABLES.map(({ validFrom }) => validFrom)).toEqual(SIZE_TABLES.map(({ validFrom }) => validFrom).sort());
  });

  it('never falls when an indicator rises', () => {
    const amount = fc.integer({ min: 0, max: 250_000 });
    fc.assert(fc.property(fc.constantFrom(...GROUPS), amount, amount, amount, amount, (group, employees, revenue, assets, more) => {
      const lower = ORDER.indexOf(sizeClass({ group, employees, revenue, assets }));
      const higher = ORDER.indexOf(sizeClass({ group, employees: employees + more, revenue: revenue + more, assets: assets + more }));
      expect(lower).toBeGreaterThanOrEqual(0);
      expect(higher).toBeGreaterThanOrEqual(lower);
    }));
  });
});

describe('sizeGroupOfIndustry', () => {
  it.each<[string, SizeIndicators['group'] | undefined]>([
    ['A01', 'AGRI'], ['A04', 'AGRI'], ['A05', 'AGRI'], ['B06', 'INDUSTRY'], ['C13', 'INDUSTRY'], ['4390', 'INDUSTRY'], ['D46', 'INDUSTRY'],
    ['E47', 'CONSTRUCTION'], ['E50', 'CONSTRUCTION'], ['F51', 'WHOLESALE'], ['F52', 'RETAIL'], ['5211', 'RETAIL'],
    ['G53', 'NOT_APPLICABLE'], ['G5320', 'NOT_APPLICABLE'], ['G54', 'TRANSPORT'], ['G58', 'TRANSPORT'], ['G591', 'TRANSPORT'],
    ['G5910', 'TRANSPORT'],
    ['G592', 'WAREHOUSE'], ['G5990', 'WAREHOUSE'], ['G59', 'UNKNOWN'], ['G590', 'UNKNOWN'], ['G60', 'POST'], ['H61', 'LODGING'],
    ['H62', 'CATERING'],
    ['I63', 'INFO_TRANSMISSION'], ['I64', 'INFO_TRANSMISSION'], ['I65', 'SOFTWARE_IT'], ['J66', 'NOT_APPLICABLE'],
    ['J69', 'NOT_APPLICABLE'],
    ['K70', 'UNKNOWN'], ['K7010', 'REAL_ESTATE_DEV'], ['K702', 'PROPERTY_MGMT'], ['K7020', 'PROPERTY_MGMT'], ['K7030', 'OTHER'],
    ['K7040', 'NOT_APPLICABLE'],
    ['K7090', 'OTHER'], ['L71', 'LEASING_BUSINESS'], ['L72', 'LEASING_BUSINESS'], ['M75', 'OTHER'], ['N79', 'OTHER'], ['O82', 'OTHER'],
    ['P83', 'NOT_APPLICABLE'], ['Q84', 'NOT_APPLICABLE'], ['Q85', 'OTHER'], ['R90', 'OTHER'], ['S91', 'NOT_APPLICABLE'],
    ['T97', 'NOT_APPLICABLE'],
    ['T96', undefined], ['', undefined], ['99', undefined],
  ])('%s is %s', (code, group) => expect(sizeGroupOfIndustry(code)).toBe(group));

  it('knows a group for every division', () => {
    for (let division = 1; division <= 97; division += 1) {
      expect(sizeGroupOfIndustry(String(division).padStart(2, '0'))).toBeDefined();
    }
  });
});
