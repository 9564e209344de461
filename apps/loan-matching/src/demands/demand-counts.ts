import { Property } from '@finharbor/platform/subgraph/property';
import { Int, ObjectType } from '@nestjs/graphql';
import type { DemandState } from './demand-states.js';

/** Where each state is counted: a bank that works on a demand, or waits for the enterprise, accepted it. */
const countedAs = {
  SUBMITTED: 'submitted', ROUTED: 'routed', ACCEPTED: 'accepted', CONTACTED: 'accepted', DUE_DILIGENCE: 'accepted', ACTION_REQUIRED: 'accepted',
  COUNTER_OFFERED: 'accepted', APPROVED: 'approved', APPROVED_ACTION_REQUIRED: 'approved', REJECTED: 'rejected', CUSTOMER_DECLINED: 'withdrawn', WITHDRAWN: 'withdrawn',
  EXPIRED: 'expired',
} as const satisfies Record<DemandState, string>;

@ObjectType({ description: 'How many demands came through a harbor, of those that the caller may see.' })
export class DemandCounts {
  @Property(() => Int, { description: 'In whatever state.' })
  total = 0;

  @Property(() => Int, { description: 'Submitted, the enterprise has not chosen.' })
  submitted = 0;

  @Property(() => Int, { description: 'With a bank that has not accepted.' })
  routed = 0;

  @Property(() => Int, { description: 'Accepted, not decided.' })
  accepted = 0;

  @Property(() => Int, { description: 'Approved.' })
  approved = 0;

  @Property(() => Int, { description: 'Rejected.' })
  rejected = 0;

  @Property(() => Int, { description: 'Taken back, or not taken up by the enterprise.' })
  withdrawn = 0;

  @Property(() => Int, { description: 'Not accepted in time.' })
  expired = 0;

  static of(rows: readonly { state: DemandState; count: number }[]): DemandCounts {
    const counts = new DemandCounts();
    for (const { state, count } of rows) {
      counts[countedAs[state]] += count;
      counts.total += count;
    }
    return counts;
  }
}
