import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';

/** What demands of an enterprise mean here: a bank that took one on may know it, and departments learn how it ended. */
@Injectable()
export class DemandsConsumer {
  /** The consent of the newest demand is the one that counts, in whichever order they are told: ids rise with time. */
  @On('demand.accepted')
  async accepted(event: EventOf<'demand.accepted'>, tx: Tx): Promise<void> {
    const { bankId, enterpriseId, consentId } = event.payload;
    await tx.query(
      `insert into enterprise_lists.enterprise_access (org_id, enterprise_id, reason, consent_id) values ($1, $2, 'DEMAND_ACCEPTED', $3)
       on conflict (org_id, enterprise_id) do update set consent_id = greatest(enterprise_access.consent_id, excluded.consent_id)`,
      [bankId, enterpriseId, consentId],
    );
  }

  /** Mirrors the decision on the bank's own claimed referrals, and as a count on every dispatched row of the enterprise. */
  @On('demand.decided')
  async decided(event: EventOf<'demand.decided'>, tx: Tx): Promise<void> {
    const { demandId, bankId, enterpriseId, outcome, reasonCode } = event.payload;
    // A decision on a referral that is not claimed would tell the bank whom it is about.
    await tx.query(
      `update enterprise_lists.referrals set loan_outcome = $3, loan_reason_code = $4, loan_demand_id = $5
       where org_id = $1 and enterprise_id = $2 and claimed_at is not null and (loan_demand_id is null or loan_demand_id <= $5)`,
      [bankId, enterpriseId, outcome, reasonCode, demandId],
    );
    const entries = await tx.query<{ id: string }>(
      `select e.id from enterprise_lists.list_entries e join enterprise_lists.push_lists l on l.id = e.push_list_id and l.state = 'DISPATCHED'
       where e.org_id = any(array(select id from enterprise_lists.organisation_copies where kind = 'DEPARTMENT')) and e.enterprise_id = $1
       order by e.id for update of e`,
      [enterpriseId],
    );
    const column = outcome === 'APPROVED' ? 'approved_count' : 'declined_count';
    await tx.query(
      `update enterprise_lists.list_entries set ${column} = ${column} + 1 where id = any($1::uuid[])`, [entries.map(({ id }) => id)]);
  }
}
