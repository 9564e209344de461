import type { Due } from '@finharbor/platform/due/due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Application } from './application.entity.js';

/** Kind of the clock at which an application is compared with the master once more. */
export const recheckClock = 'application.recheck';
/** What the master tells at the very moment of a submission may be seen by neither of the two. */
const recheckAfterMs = 60_000;

/** Kind of the clock at which the supervisor is told of an application that stays unverified: once, after it was compared anew. */
export const unverifiedClock = 'application.unverified';

/** Sets the clocks of a new application that was not verified. */
export function recheckLater(tx: Tx, due: Due, { id, orgId }: Application): void {
  const clock = { aggregateId: id, organisationId: orgId };
  due.begin(tx, { ...clock, kind: recheckClock, dueAt: new Date(Date.now() + recheckAfterMs) });
  due.begin(tx, { ...clock, kind: unverifiedClock, dueAt: new Date(Date.now() + 2 * recheckAfterMs) });
}

/** The master told something of these enterprises: their applications that wait for it are compared at once, each for itself. */
export async function recheckAll(tx: Tx, due: Due, enterpriseIds: readonly string[]): Promise<void> {
  const waiting = await tx.query<{ id: string; orgId: string }>(
    `select id, org_id as "orgId" from loan_matching.applications where enterprise_id = any($1) and state = 'UNVERIFIED' order by id`, [enterpriseIds]);
  for (const { id, orgId } of waiting) await due.set(tx, { kind: recheckClock, aggregateId: id, organisationId: orgId, dueAt: new Date() });
}
