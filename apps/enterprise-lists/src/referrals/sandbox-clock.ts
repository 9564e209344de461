/** Kind of the clock at which a sandbox answers the referrals of a dispatch that force an outcome. */
export const forcedClock = 'sandbox.outcome';

/** It runs out at once. */
export const sandboxClock = (dispatchId: string, organisationId: string) =>
  ({ kind: forcedClock, aggregateId: dispatchId, organisationId, dueAt: new Date() });
