import { Property } from '@finharbor/platform/subgraph/property';
import { Int, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'Financing issues of one harbor, as many as the caller may see.' })
export class IssueCounts {
  @Property(() => Int, { description: 'All of them.' })
  total: number;

  @Property(() => Int, { description: 'Not yet confirmed by the registrant.' })
  open: number;

  @Property(() => Int, { description: 'Confirmed by the registrant.' })
  closed: number;
}
