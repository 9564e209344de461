import { OrganisationReference, OutletReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, PageArgs, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ID, Int, ObjectType, Parent, Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { Harbor, type HarborTotals } from './harbor.entity.js';
import { HarborsService } from './harbors.service.js';

@ObjectType({ description: 'A page of harbors.' })
export class HarborConnection extends connectionOf(Harbor, 'Harbor') {}

@Resolver(() => Harbor)
export class HarborsResolver {
  constructor(private readonly service: HarborsService) {}

  @Query(() => HarborConnection, { description: 'All harbors, newest first.' })
  async harbors(@CurrentCaller() caller: Caller, @Args() page: PageArgs): Promise<Connection<Harbor>> {
    return toConnection(await this.service.list(caller, page));
  }

  @Query(() => Harbor, { nullable: true, description: 'One harbor; null when there is none with this id.' })
  async harbor(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Harbor | null> {
    return (await this.service.byIds(caller, [id])).get(id) ?? null;
  }

  @ResolveReference()
  resolveReference(reference: { id: string }, context: SubgraphContext): Promise<Harbor | null> {
    return loadBatched(context.request, 'harbor', reference.id, (ids) => this.service.byIds(context.request.caller!, ids));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The host bank (主办行).' })
  hostBank(@Parent() harbor: Harbor): OrganisationReference {
    return { id: harbor.hostBankId };
  }

  @ResolveField(() => OutletReference, { nullable: true, description: 'The outlet that carries it.' })
  outlet(@Parent() harbor: Harbor): OutletReference {
    return { id: harbor.outletId };
  }

  @ResolveField(() => Int, { nullable: true, description: 'Demands submitted through its loan codes, over all banks.' })
  async demandTotal(@Parent() harbor: Harbor, @Context() context: SubgraphContext): Promise<number | undefined> {
    return (await this.totals(harbor, context))?.demandTotal;
  }

  @ResolveField(() => Int, { nullable: true, description: 'Demands approved, over all banks.' })
  async approvedTotal(@Parent() harbor: Harbor, @Context() context: SubgraphContext): Promise<number | undefined> {
    return (await this.totals(harbor, context))?.approvedTotal;
  }

  @ResolveField(() => Int, { nullable: true, description: 'Financing issues registered and not yet closed.' })
  async openIssueTotal(@Parent() harbor: Harbor, @Context() context: SubgraphContext): Promise<number | undefined> {
    return (await this.totals(harbor, context))?.openIssueTotal;
  }

  private totals(harbor: Harbor, context: SubgraphContext): Promise<HarborTotals | null> {
    return loadBatched(context.request, 'harbor totals', harbor.id, (ids) => this.service.totals(context.request.caller!, ids));
  }
}
