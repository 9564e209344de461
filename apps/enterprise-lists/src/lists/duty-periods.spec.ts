import { DutyFrequency } from '../vocabulary.js';
import { dutyPeriodAfter, dutyPeriodOf, keepingPeriods } from './duty-periods.js';

const { MONTHLY, QUARTERLY } = DutyFrequency;

describe('periods of a duty', () => {
  it.each([
    ['2026-11-22', MONTHLY, 0, '2026-11', '2026-11-30'], ['2026-12-31', MONTHLY, 5, '2026-12', '2027-01-05'], ['2024-02-29', MONTHLY, 0, '2024-02', '2024-02-29'],
    ['2026-11-22', QUARTERLY, 0, '2026-Q4', '2026-12-31'], ['2026-01-01', QUARTERLY, 15, '2026-Q1', '2026-04-15'], ['2026-06-30', QUARTERLY, 0, '2026-Q2', '2026-06-30'],
  ])('%s %s %i: %s until %s', (day, frequency, grace, period, dueOn) => expect(dutyPeriodOf(day, frequency, grace)).toEqual({ period, dueOn }));

  it.each([
    ['2026-11', MONTHLY, '2026-12'], ['2026-12', MONTHLY, '2027-01'], ['2026-Q3', QUARTERLY, '2026-Q4'], ['2026-Q4', QUARTERLY, '2027-Q1'],
  ])('%s is followed by its next', (period, frequency, next) => expect(dutyPeriodAfter(period, frequency, 0).period).toBe(next));

  it('are kept by lists for themselves or for a part of them', () => {
    expect(keepingPeriods('2026-Q4')).toEqual(['2026-Q4', '2026-10', '2026-11', '2026-12']);
    expect(['2026-11', '2026', '2026-H2'].map(keepingPeriods)).toEqual([['2026-11'], ['2026'], ['2026-H2']]);
  });
});
