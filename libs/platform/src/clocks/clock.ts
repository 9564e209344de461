import type { ClockKind, ClockTerms } from '@finharbor/contracts/clocks';
import type { Tx } from '../tenancy/tx.js';

/**
 * What happened to a clock, in the order in which it happened: START first, PAUSE and RESUME in turn, STOP last. RESUME after STOP
 * takes it up again, and what lies between was a pause. EXTEND gives it more days; after its end that changes nothing.
 */
export type ClockEvent =
  | { readonly kind: 'START' | 'PAUSE' | 'RESUME' | 'STOP'; readonly at: Date }
  | { readonly kind: 'EXTEND'; readonly at: Date; readonly days: number };

export enum ClockState {
  /** The calendar does not reach its end: nobody knows it yet, and nobody guesses. */
  UNSET = 'UNSET',
  RUNNING = 'RUNNING',
  PAUSED = 'PAUSED',
  /** It ran out and nobody stopped it. */
  BREACHED = 'BREACHED',
  /** Stopped in time. */
  MET = 'MET',
  /** Stopped after it had run out. */
  LATE = 'LATE',
}

/** What a clock says at an instant. */
export interface ClockReading {
  readonly state: ClockState;
  readonly startedAt: Date;
  /** The end: 24:00 in Asia/Shanghai of the last day. Null while a pause keeps it open, and where the calendar does not reach. */
  readonly dueAt: Date | null;
  /** `dueAt`, once it passed without a stop before it. */
  readonly breachedAt: Date | null;
  readonly stoppedAt: Date | null;
  /** Time used of its days, milliseconds, until now or the stop; null where the calendar does not reach. */
  readonly used: number | null;
  /** What is left of them, never below 0. */
  readonly left: number | null;
}

/** A clock to start: `subjectId` is what it is about, `organisationId` who must act before it runs out. */
export interface ClockStart {
  readonly kind: ClockKind;
  readonly subjectId: string;
  readonly organisationId: string;
  /** Now, unless it began before. */
  readonly at?: Date;
}

/** A clock as it is kept. One of a kind runs for each subject, organisation and day of start: what starts on one day ends as one. */
export interface Clock {
  readonly id: string;
  readonly kind: ClockKind;
  readonly subjectId: string;
  readonly organisationId: string;
  readonly trail: readonly ClockEvent[];
  readonly terms: ClockTerms;
  readonly reading: ClockReading;
  /** Rises with every change of it. */
  readonly version: number;
}

/** What a service does when its clocks speak. Each runs in the transaction of the clock, once. */
export interface ClockHandlers {
  /** How long a clock runs here unless an import says otherwise, where that is not what is built in. */
  builtIn?(kind: ClockKind): ClockTerms;
  /**
   * Asked whenever a clock is read: what happened to it, of a record that keeps that itself. It stands in place of the trail, but for
   * extensions. Undefined where the record does not know the clock.
   */
  happened?(tx: Tx, clock: Clock): Promise<readonly ClockEvent[] | undefined>;
  /**
   * Asked before a clock reminds or breaches: when the last of its rows was done, where a clock stands for many, and undefined while one
   * is open. It stops then.
   */
  doneAt?(tx: Tx, clock: Clock): Promise<Date | undefined>;
  /** So many working days before its last day. */
  reminded(tx: Tx, clock: Clock, workingDays: number): Promise<void>;
  /** So many working days after its last day, and still open: the next rung of its ladder. */
  escalated?(tx: Tx, clock: Clock, workingDays: number): Promise<void>;
  /** It says another end than before, or was breached or cleared: for records that show it. */
  moved?(tx: Tx, clock: Clock): Promise<void>;
  breached(tx: Tx, clock: Clock): Promise<void>;
  /** A breach that was told was none: the calendar or the terms were corrected. */
  cleared(tx: Tx, clock: Clock): Promise<void>;
}
