import { ClockKind } from '@finharbor/contracts/clocks';
import { courseOf } from '@finharbor/platform/clocks/clock-reading';
import type { Move } from '@finharbor/platform/clocks/courses';
import fc from 'fast-check';
import { coursesOf, type DemandClockKind, demandClockKinds } from './course.js';

const { DEMAND_ACCEPT, DEMAND_CONTACT, DEMAND_DECISION, DEMAND_LENDING, DEMAND_ANSWER } = ClockKind;

/** Moves an hour after each other, from noon on; stages are written with a `+`. */
const moves = (...names: string[]): Move[] => names.map((name, hour) => ({
  state: name.startsWith('+') ? null : name, stage: name.startsWith('+') ? name.slice(1) : null, at: new Date(Date.UTC(2026, 10, 23, 4 + hour)),
}));
/** Courses as `KIND hour …`. */
const written = (kind: DemandClockKind, names: string[], isReferral = false): string[] =>
  coursesOf(kind, moves(...names), isReferral).map((course) => course.map((event) => `${event.kind} ${event.at.getUTCHours() - 4}`).join(' '));

describe('the clocks of a demand', () => {
  it('run each for its step', () => {
    const all = ['SUBMITTED', 'ROUTED', 'ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE', 'APPROVED', '+CREDITED', '+LENT'];
    expect(written(DEMAND_ACCEPT, all)).toEqual(['START 1 STOP 2']);
    expect(written(DEMAND_CONTACT, all)).toEqual(['START 2 STOP 3']);
    expect(written(DEMAND_DECISION, all)).toEqual(['START 2 STOP 5']);
    expect(written(DEMAND_LENDING, all)).toEqual(['START 5 STOP 7']);
    expect(written(DEMAND_ANSWER, all)).toEqual([]);
  });

  it('are paused while the other side must act, which each time has one of its own', () => {
    const asked = ['ROUTED', 'ACCEPTED', 'ACTION_REQUIRED', 'ACCEPTED', 'CONTACTED', 'COUNTER_OFFERED', 'REJECTED'];
    expect(written(DEMAND_CONTACT, asked)).toEqual(['START 1 PAUSE 2 RESUME 3 STOP 4']);
    expect(written(DEMAND_DECISION, asked)).toEqual(['START 1 PAUSE 2 RESUME 3 PAUSE 5 STOP 6']);
    expect(written(DEMAND_ANSWER, asked)).toEqual(['START 2 STOP 3 RESUME 5 STOP 6']); // of one day: one clock
  });

  it('pause the loan too, and begin no decision anew, while the bank waits for what the contract needs', () => {
    const asked = ['ACCEPTED', 'APPROVED', '+CREDITED', 'APPROVED_ACTION_REQUIRED', 'APPROVED', '+LENT'];
    expect(written(DEMAND_LENDING, asked)).toEqual(['START 1 PAUSE 3 RESUME 4 STOP 5']);
    expect(written(DEMAND_ANSWER, asked)).toEqual(['START 3 STOP 4']);
    expect([...written(DEMAND_CONTACT, asked), ...written(DEMAND_DECISION, asked)]).toEqual(['START 0 STOP 1', 'START 0 STOP 1']);
    expect(written(DEMAND_LENDING, ['APPROVED', 'APPROVED_ACTION_REQUIRED', 'CUSTOMER_DECLINED'])).toEqual(['START 0 PAUSE 1 STOP 2']);
  });

  it('are those of the referral, where it comes from one', () => {
    const claimed = ['ACCEPTED', '+DOCKED', 'APPROVED', '+LENT'];
    expect(demandClockKinds.map((kind) => written(kind, claimed, true)).flat()).toEqual(['START 2 STOP 3']);
    expect(written(DEMAND_CONTACT, claimed)).toEqual(['START 0 STOP 1']);
  });

  it('have a trail that the engine reads, whatever the moves are and in whatever times', () => {
    const names = ['SUBMITTED', 'ROUTED', 'ACCEPTED', 'CONTACTED', 'ACTION_REQUIRED', 'COUNTER_OFFERED', 'APPROVED', 'APPROVED_ACTION_REQUIRED', 'REJECTED', '+DOCKED', '+LENT', '+ENDED'];
    const move = fc.record({ name: fc.constantFrom(...names), day: fc.integer({ min: 0, max: 4 }) });
    fc.assert(fc.property(fc.array(move, { maxLength: 12 }), (told) => {
      const history = told.map(({ name, day }) => ({ ...moves(name)[0], at: new Date(Date.UTC(2026, 10, 20 + day)) }));
      for (const kind of demandClockKinds) {
        const courses = coursesOf(kind, history, false);
        for (const course of courses) expect(() => courseOf(course)).not.toThrow();
        expect(new Set(courses.map(([{ at }]) => at.getTime())).size).toBe(courses.length);
      }
    }));
  });
});
