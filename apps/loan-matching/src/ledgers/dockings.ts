import type { Tx } from '@finharbor/platform/tenancy/tx';
import { newId } from '@finharbor/contracts/ids';
import { Injectable } from '@nestjs/common';

/** Entries of the docking ledger that nobody has to make: what banks tell of their demands, and visits on which one was taken down. */
@Injectable()
export class Dockings {
  /**
   * A bank that told CONTACTED or DOCKED reached the enterprise: an entry, unless it entered one itself. A demand that was taken down on a
   * visit in the grid (H-111) was one, also where it came in later.
   */
  async follow(tx: Tx, moveId: string): Promise<void> {
    await tx.query(
      `insert into loan_matching.docking_entries (id, org_id, demand_id, way, outcome, contacted_at, recorded_at, move_id)
       select $2::uuid, m.org_id, m.demand_id, 'UNSTATED', 'REACHED', m.at, m.at, m.id from loan_matching.demand_moves m
       where m.id = $1::uuid and (m.state = 'CONTACTED' or m.stage = 'DOCKED') and not exists (
         select from loan_matching.docking_entries e where e.org_id = m.org_id and e.demand_id = m.demand_id and e.outcome <> 'NOT_REACHED')
       union all
       select $2::uuid, a.responder_org_id, m.demand_id, 'VISIT', 'REACHED', coalesce(a.taken_at, m.at), m.at, m.id
       from loan_matching.demand_moves m join loan_matching.applications a on a.id = m.demand_id
       where m.id = $1::uuid and m.state = 'SUBMITTED' and a.grid_place is not null and a.responder_org_id is not null
       on conflict (org_id, move_id) do nothing`, [moveId, newId()]);
  }
}
