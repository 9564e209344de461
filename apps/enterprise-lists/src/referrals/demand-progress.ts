import type { Payload } from '@finharbor/contracts/events/catalogue';
import type { Tx } from '@finharbor/platform/tenancy/tx';

type Progress = Omit<Payload<'demand.progressed'>, 'reasonCode'> & { reasonCode: string | null };

const countOf = { DOCKED: 'docked_count', CREDITED: 'approved_count', LENT: 'lent_count', ENDED: 'declined_count' } as const;
const amountOf: Partial<Record<Progress['stage'], string>> = { CREDITED: 'credited_amount', LENT: 'lent_amount' };

/**
 * Mirrors a stage of a demand: as a decision on the bank's own claimed referral, and as a count and a sum on the row. One that comes
 * from a referral belongs to that row alone; one through a loan code to every dispatched row of its enterprise. Each stage once,
 * in any order; whoever tells it again may add the amount that was not told before. Gives the referrals that were decided on.
 */
export async function mirrorProgress(tx: Tx, progress: Progress): Promise<string[]> {
  const { demandId, referralId, bankId, enterpriseId, stage, amount, reasonCode } = progress;
  const [told] = await tx.query<{ isNew: boolean }>(
    `insert into enterprise_lists.demand_progress as known (org_id, demand_id, stage, referral_id, enterprise_id, amount, reason_code) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (org_id, demand_id, stage) do update set amount = excluded.amount where known.amount is null and excluded.amount is not null
     returning (xmax = 0) as "isNew"`,
    [bankId, demandId, stage, referralId, enterpriseId, amount, reasonCode],
  );
  if (!told) return [];
  const decided = stage === 'CREDITED' || stage === 'ENDED' ? await mirrorDecision(tx, progress) : [];
  const ids = (await rowsOf(tx, progress)).map(({ id }) => id);
  const sum = amountOf[stage];
  await tx.query(
    `update enterprise_lists.list_entries set ${countOf[stage]} = ${countOf[stage]} + $2 ${sum ? `, ${sum} = ${sum} + coalesce($3::numeric, 0)` : ''}
     where id = any($1::uuid[])`, [ids, told.isNew ? 1 : 0, ...sum ? [amount] : []]);
  return decided;
}

/** A decision on a referral that is not claimed would tell the bank whom it is about. What was approved and then ended was approved. */
async function mirrorDecision(tx: Tx, { demandId, referralId, bankId, enterpriseId, stage, reasonCode }: Progress): Promise<string[]> {
  const decided = await tx.query<{ id: string }>(
    `update enterprise_lists.referrals set loan_outcome = $3, loan_reason_code = $4, loan_demand_id = $5, loan_decided_at = coalesce(loan_decided_at, now())
     where org_id = $1 and claimed_at is not null and (case when $6::uuid is null then enterprise_id = $2 else id = $6 end)
       and (loan_demand_id is null or loan_demand_id < $5 or (loan_demand_id = $5 and ($3 = 'APPROVED' or loan_outcome is null)))
     returning id`,
    [bankId, enterpriseId, stage === 'CREDITED' ? 'APPROVED' : 'REJECTED', reasonCode, demandId, referralId],
  );
  return decided.map(({ id }) => id);
}

/** The rows that it counts for, held in one order: two events of one enterprise would otherwise wait for each other for ever. */
const rowsOf = (tx: Tx, { referralId, bankId, enterpriseId }: Progress): Promise<{ id: string }[]> => (referralId
  ? tx.query(
    `select e.id from enterprise_lists.list_entries e
     where e.id = (select r.entry_id from enterprise_lists.referrals r where r.org_id = $1 and r.id = $2) for update`, [bankId, referralId])
  : tx.query(
    `select e.id from enterprise_lists.list_entries e join enterprise_lists.push_lists l on l.id = e.push_list_id and l.state = 'DISPATCHED'
     where e.org_id = any(array(select id from enterprise_lists.organisation_copies where kind = 'DEPARTMENT')) and e.enterprise_id = $1
     order by e.id for update of e`, [enterpriseId]));
