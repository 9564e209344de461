import type { Tx } from '@finharbor/platform/tenancy/tx';

/** What is locked by its id where there may be no row yet. Each is a lock space of its own. */
const spaces = { referral: 0, enterprise: 1 };

/**
 * Locks all that a transaction will need of a kind, in one statement and in one order for everybody: two that took them one by one, each in
 * the order of its own envelope, would wait for each other. Referrals come before enterprises.
 */
export async function lockAll(tx: Tx, kind: keyof typeof spaces, ids: readonly string[]): Promise<void> {
  await tx.query(
    `with keys as materialized (select distinct hashtextextended(id, $2) as key from unnest($1::text[]) id order by key)
     select pg_advisory_xact_lock(key) from keys`, [ids, spaces[kind]]);
}
