import { Property } from '@finharbor/platform/subgraph/property';
import { Int, ObjectType } from '@nestjs/graphql';
import type { DemandState } from './demand-states.js';

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

  @Property(() => Int, { description: 'Withdrawn before they were decided.' })
  withdrawn = 0;

  static of(rows: readonly { state: DemandState; count: number }[]): DemandCounts {
    const counts = new DemandCounts();
    for (const { state, count } of rows) {
      counts[state.toLowerCase() as Lowercase<DemandState>] += count;
      counts.total += count;
    }
    return counts;
  }
}
