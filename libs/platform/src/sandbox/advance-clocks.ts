import type { Tx } from '../tenancy/tx.js';

/** What is due to the organisation is due so much sooner. What the records say of their dates stays as it was told. */
export async function advanceClocks(tx: Tx, organisationId: string, seconds: number): Promise<void> {
  await tx.query(`update ${tx.schema}.due set due_at = due_at - make_interval(secs => $2) where org_id = $1`, [organisationId, seconds]);
}
