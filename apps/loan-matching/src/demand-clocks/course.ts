import { ClockKind } from '@finharbor/contracts/clocks';
import type { ClockEvent } from '@finharbor/platform/clocks/clock';
import { coursesBy, type Move, type Run } from '@finharbor/platform/clocks/courses';
import { waiting } from '../workflows/demand.workflow.js';

interface DemandRun extends Run {
  /** A demand of a referral has the clock as well; its others are those of the referral. */
  readonly ofReferrals?: boolean;
}

const deciding = ['ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE'];

/** When each clock of a demand runs. */
const runs = {
  [ClockKind.DEMAND_ACCEPT]: { in: ['ROUTED'] },
  [ClockKind.DEMAND_CONTACT]: { in: ['ACCEPTED'], waits: waiting, until: ['DOCKED'] },
  [ClockKind.DEMAND_DECISION]: { in: deciding, waits: waiting },
  [ClockKind.DEMAND_DECISION_LIMIT]: { in: deciding, waits: waiting },
  [ClockKind.DEMAND_LENDING]: { in: ['APPROVED', 'CONTRACTED'], waits: waiting, until: ['LENT', 'ENDED'], ofReferrals: true },
  [ClockKind.DEMAND_ANSWER]: { in: waiting, ofReferrals: true, again: true },
} satisfies Partial<Record<ClockKind, DemandRun>>;

export type DemandClockKind = keyof typeof runs;

export const demandClockKinds = Object.keys(runs) as DemandClockKind[];

/** What happened to the clocks of a kind, by the moves of a demand. */
export function coursesOf(kind: DemandClockKind, moves: readonly Move[], isReferral: boolean): ClockEvent[][] {
  const run: DemandRun = runs[kind];
  return isReferral && !run.ofReferrals ? [] : coursesBy(run, moves);
}
