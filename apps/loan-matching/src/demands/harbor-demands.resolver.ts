import { HarborReference } from '@finharbor/contracts/references';
import { type Connection, PageArgs, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import { Args, Context, Parent, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { DemandCounts } from './demand-counts.js';
import type { Demand } from './demand.entity.js';
import { DemandConnection } from './demands.resolver.js';
import { DemandsService } from './demands.service.js';

/** What this service adds to a harbor. */
@Resolver(() => HarborReference)
export class HarborDemandsResolver {
  constructor(private readonly service: DemandsService) {}

  @ResolveReference()
  resolveReference({ id }: { id: string }): HarborReference {
    return { id };
  }

  @ResolveField(() => DemandConnection, {
    nullable: true, description: 'Demands that came in through its loan codes, newest first. A bank sees those routed to it.',
  })
  async demands(
    @Parent() harbor: HarborReference, @Args() args: PageArgs, @Context() context: SubgraphContext,
  ): Promise<Connection<Demand> | null> {
    const page = await loadBatched(context.request, `demands of harbors ${args.first} ${args.after ?? ''}`, harbor.id, (ids) =>
      this.service.byHarbor(context.request.caller!, ids, args));
    return page && toConnection(page);
  }

  @ResolveField(() => DemandCounts, { nullable: true, description: 'How many of its demands the caller may see.' })
  demandCounts(@Parent() harbor: HarborReference, @Context() context: SubgraphContext): Promise<DemandCounts | null> {
    return loadBatched(context.request, 'demand counts', harbor.id, (ids) => this.service.countsByHarbor(context.request.caller!, ids));
  }
}
