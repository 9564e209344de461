import type { Tx } from '@finharbor/platform/tenancy/tx';

/** A referral that went from one state to another. */
export interface CountedMove {
  referralId: string;
  from: string;
  to: string;
}

/** By how much the number of banks in a state changes. */
const change = (state: string): string => `count(*) filter (where becomes = '${state}') - count(*) filter (where was = '${state}')`;

/** Counts moves on the rows of the departments. Counters commute, so the order of events does not matter. */
export async function countMoves(tx: Tx, moves: readonly CountedMove[]): Promise<void> {
  const columns = [moves.map((move) => move.referralId), moves.map((move) => move.from), moves.map((move) => move.to)];
  // Rows are locked in one order first: two batches that touch the same list would otherwise wait for each other for ever.
  await tx.query(
    `select e.id from enterprise_lists.list_entries e
     where e.id = any(array(select entry_id from enterprise_lists.referrals where id = any($1::uuid[]))) order by e.id for update`,
    [columns[0]],
  );
  await tx.query(
    `update enterprise_lists.list_entries e set
       acknowledged_count = acknowledged_count + d.acknowledged, claimed_count = claimed_count + d.claimed, no_need_count = no_need_count + d.no_need,
       unreachable_count = unreachable_count + d.unreachable, rejected_count = rejected_count + d.rejected
     from (select r.entry_id, count(*) filter (where was = 'DELIVERED') as acknowledged, ${change('CLAIMED')} as claimed,
         ${change('NO_NEED')} as no_need, ${change('UNREACHABLE')} as unreachable, ${change('REJECTED')} as rejected
       from unnest($1::uuid[], $2::text[], $3::text[]) as move (referral_id, was, becomes)
       join enterprise_lists.referrals r on r.id = move.referral_id group by r.entry_id) d
     where e.id = d.entry_id`,
    columns,
  );
}

/** What every bank of its cycle rejected goes to cultivation, from where it may come back recommended anew. */
export async function cultivateRejected(tx: Tx, referralIds: readonly string[]): Promise<void> {
  await tx.query(
    `update enterprise_lists.list_entries e set state = 'CULTIVATING', state_at = now()
     where e.id = any(array(select entry_id from enterprise_lists.referrals where id = any($1::uuid[]))) and e.state = 'DISPATCHED'
       and (select bool_and(r.state = 'REJECTED') from enterprise_lists.referrals r where r.entry_id = e.id and r.cycle = e.cycle)`,
    [referralIds],
  );
}
