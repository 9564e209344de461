import { ClockKind } from '@finharbor/contracts/clocks';
import type { ClockEvent } from '@finharbor/platform/clocks/clock';
import { localDate } from '@finharbor/standards/working-days';

/** From when on a demand stood where: a state (SUBMITTED, ROUTED, …), or a stage of its progress that it reached. */
export interface Move {
  readonly state: string | null;
  readonly stage: string | null;
  readonly at: Date;
}

interface Run {
  /** States in which the clock runs. */
  readonly in: readonly string[];
  /** States in which the other side must act: it is paused. In any other it is done. */
  readonly waits: readonly string[];
  /** Stages with which it is done too. */
  readonly until: readonly string[];
  /** A demand of a referral has the clock as well; its others are those of the referral. */
  readonly ofReferrals: boolean;
  /** Begins anew each time. */
  readonly again: boolean;
}

const waits = ['ACTION_REQUIRED', 'COUNTER_OFFERED'];
const run = (states: readonly string[], more: Partial<Run> = {}): Run =>
  ({ in: states, waits, until: [], ofReferrals: false, again: false, ...more });
const deciding = ['ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE'];

/** When each clock of a demand runs. */
const runs = {
  [ClockKind.DEMAND_ACCEPT]: run(['ROUTED'], { waits: [] }),
  [ClockKind.DEMAND_CONTACT]: run(['ACCEPTED'], { until: ['DOCKED'] }),
  [ClockKind.DEMAND_DECISION]: run(deciding),
  [ClockKind.DEMAND_DECISION_LIMIT]: run(deciding),
  [ClockKind.DEMAND_LENDING]: run(['APPROVED', 'CONTRACTED'], { waits: ['ACTION_REQUIRED'], until: ['LENT', 'ENDED'], ofReferrals: true }),
  [ClockKind.DEMAND_ANSWER]: run(waits, { waits: [], ofReferrals: true, again: true }),
} satisfies Partial<Record<ClockKind, Run>>;

export type DemandClockKind = keyof typeof runs;

export const demandClockKinds = Object.keys(runs) as DemandClockKind[];

/**
 * What happened to the clocks of a kind, made of the moves of a demand, oldest first: none before the demand came so far. What begins on
 * one day is one clock, as everywhere.
 */
export function coursesOf(kind: DemandClockKind, moves: readonly Move[], isReferral: boolean): ClockEvent[][] {
  const { in: states, waits: pauses, until, ofReferrals, again } = runs[kind];
  const courses: ClockEvent[][] = [];
  if (isReferral && !ofReferrals) return courses;
  let last = -Infinity;
  for (const { state, stage, at: told } of moves) {
    if (stage !== null && !until.includes(stage)) continue;
    last = Math.max(last, told.getTime());
    const at = new Date(last);
    const course = courses.at(-1);
    const before = course?.at(-1)?.kind;
    const goesOn = before !== undefined && before !== 'STOP';
    if (state !== null && states.includes(state)) {
      if (before === 'PAUSE') course!.push({ kind: 'RESUME', at });
      else if (!course || (again && !goesOn && !isSameDay(course[0].at, at))) courses.push([{ kind: 'START', at }]);
      else if (again && !goesOn) course.push({ kind: 'RESUME', at });
    } else if (goesOn && state !== null && pauses.includes(state)) {
      if (before !== 'PAUSE') course!.push({ kind: 'PAUSE', at });
    } else if (goesOn) {
      course!.push({ kind: 'STOP', at });
    }
  }
  return courses;
}

export const isSameDay = (one: Date, other: Date): boolean => localDate(one) === localDate(other);
