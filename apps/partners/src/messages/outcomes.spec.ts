import { mostAttempts, type Outcome, stepAfter } from './outcomes.js';

const minute = 60_000;
const later: Outcome = { result: 'NOT_SENT', reason: 'HTTP_503' };
const unknown: Outcome = { result: 'UNKNOWN', reason: 'TIMEOUT' };

describe('after an attempt', () => {
  it('what was sent is done, what was refused is given up, whatever the attempt and the other side', () => {
    for (const [attempts, knowsIds] of [[1, true], [1, false], [mostAttempts, true], [mostAttempts, false]] as const) {
      expect(stepAfter({ result: 'SENT' }, attempts, knowsIds)).toEqual({ state: 'SENT', reason: null, pauseMs: 0 });
      expect(stepAfter({ result: 'REFUSED', reason: 'SMTP_550' }, attempts, knowsIds)).toEqual({ state: 'FAILED', reason: 'SMTP_550', pauseMs: 0 });
    }
  });

  it('what was certainly not sent is tried six times over nine hours', () => {
    const steps = [1, 2, 3, 4, 5, 6].map((attempts) => stepAfter(later, attempts, false));
    expect(steps.map(({ state }) => state)).toEqual(['WAITING', 'WAITING', 'WAITING', 'WAITING', 'WAITING', 'FAILED']);
    expect(steps.map(({ pauseMs }) => pauseMs / minute)).toEqual([1, 5, 30, 120, 360, 0]);
  });

  it('what may have been sent is repeated only where that does no harm', () => {
    expect(stepAfter(unknown, 1, false)).toEqual({ state: 'UNCERTAIN', reason: 'TIMEOUT', pauseMs: 0 });
    expect(stepAfter(unknown, 1, true)).toEqual({ state: 'WAITING', reason: 'TIMEOUT', pauseMs: minute });
    // Given up, it still may have been sent.
    expect(stepAfter(unknown, mostAttempts, true)).toEqual({ state: 'UNCERTAIN', reason: 'TIMEOUT', pauseMs: 0 });
  });

  it('the other side may ask for more patience, not for less, and not for days', () => {
    const asked = (retryAfterMs: number): number => stepAfter({ ...later, retryAfterMs }, 1, false).pauseMs;
    expect([asked(0), asked(10 * minute), asked(1e12)]).toEqual([minute, 10 * minute, 360 * minute]);
  });
});
