import { clockDefinitions, ClockKind, type ClockTerms } from '@finharbor/contracts/clocks';
import type { ClockEvent } from '@finharbor/platform/clocks/clock';
import { OFFICIAL_CALENDAR } from '@finharbor/standards/working-days';
import { replay } from './replay.js';

const now = new Date('2025-03-31T12:00:00+08:00');
const at = (day: number, hour = 10): Date => new Date(`2025-03-${String(day).padStart(2, '0')}T${hour}:00:00+08:00`);
const trail = (started: number, stopped?: number): ClockEvent[] => [{ kind: 'START', at: at(started) }, ...(stopped ? [{ kind: 'STOP' as const, at: at(stopped) }] : [])];
const terms: ClockTerms = { ...clockDefinitions[ClockKind.DEMAND_ACCEPT], ladder: [{ after: 0, tell: ['HOLDER'] }, { after: 2, tell: ['FINANCE_OFFICE'] }] };

describe('replay', () => {
  // Monday the 3rd: a working day later is the end of the 4th, two more the end of the 6th.
  const past = [trail(3, 4), trail(3, 5), trail(3, 7), trail(3)];

  it('tells what was told', () => {
    expect(replay(past.map((one) => ({ trail: one, terms })), OFFICIAL_CALENDAR, now)).toEqual({
      clocks: 4, reminders: 4, breaches: 3, rungs: [{ after: 0, clocks: 3 }, { after: 2, clocks: 2 }],
    });
  });

  it('tells what other terms would have told', () => {
    const other: ClockTerms = { ...terms, amount: 3, reminders: [1, 0], ladder: [{ after: 0, tell: ['HOLDER'] }, { after: 1, tell: ['HOLDER'] }] };
    expect(replay(past.map((one) => ({ trail: one, terms: other })), OFFICIAL_CALENDAR, now)).toEqual({
      clocks: 4, reminders: 5, breaches: 2, rungs: [{ after: 0, clocks: 2 }, { after: 1, clocks: 1 }],
    });
  });
});
