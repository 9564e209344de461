/**
 * What became of an attempt. `reason` is a code of ours, never what a server said: servers quote addresses.
 * - SENT: the other side took it;
 * - NOT_SENT: it certainly did not, and may later;
 * - REFUSED: it certainly did not, and never will;
 * - UNKNOWN: it may have.
 */
export type Outcome =
  | { result: 'SENT' }
  | { result: 'NOT_SENT'; reason: string; retryAfterMs?: number }
  | { result: 'REFUSED' | 'UNKNOWN'; reason: string };

/** What goes out to whom; all that an adapter gets to know. */
export interface OutgoingMessage {
  /** The same for every attempt of one message. */
  id: string;
  /** Mail address or mobile number. */
  to: string;
  /** Of a mail. */
  subject?: string;
  text: string;
  /** Of a mail: where its reader opts out. */
  unsubscribeUrl?: string;
}

/** A way out of the house. It never throws, and ends within `attemptSeconds`. */
export interface MessageAdapter {
  /** Whether the other side knows a message by its id, so that sending it again does no harm. */
  readonly knowsIds: boolean;
  /** @param leaving ends the attempt, where it is: the process stops */
  send(message: OutgoingMessage, leaving: AbortSignal): Promise<Outcome>;
}

/** An attempt that takes longer is over. */
export const attemptSeconds = 30;
/** Whoever has claimed a message for longer than this is dead. */
export const leaseSeconds = 120;

/** Pauses after each failed attempt, in minutes: six attempts over nine hours. */
const pausesMinutes = [1, 5, 30, 120, 360];
const longestPauseMs = 6 * 3_600_000;

export const mostAttempts = pausesMinutes.length + 1;

/** Where a message goes on after an attempt: to its end, or into another attempt after a pause. */
export interface Step {
  state: 'WAITING' | 'SENT' | 'FAILED' | 'UNCERTAIN';
  reason: string | null;
  pauseMs: number;
}

/** What follows from the outcome of attempt number `attempts`. What may have arrived is repeated only where that does no harm (ADR 22). */
export function stepAfter(outcome: Outcome, attempts: number, knowsIds: boolean): Step {
  if (outcome.result === 'SENT') return { state: 'SENT', reason: null, pauseMs: 0 };
  const { result, reason } = outcome;
  const end = (state: Step['state']): Step => ({ state, reason, pauseMs: 0 });
  if (result === 'REFUSED') return end('FAILED');
  if (result === 'UNKNOWN' && !knowsIds) return end('UNCERTAIN');
  if (attempts >= mostAttempts) return end(result === 'UNKNOWN' ? 'UNCERTAIN' : 'FAILED');
  const asked = outcome.result === 'NOT_SENT' ? outcome.retryAfterMs ?? 0 : 0;
  return { state: 'WAITING', reason, pauseMs: Math.min(longestPauseMs, Math.max(asked, pausesMinutes[attempts - 1] * 60_000)) };
}
