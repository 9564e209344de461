import { EnterpriseReference, HarborReference, OrganisationReference, ProductReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ID, ObjectType, Parent, Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { Match } from '../matching/match.entity.js';
import { TrailStep } from '../trail/trail-step.entity.js';
import { Demand } from './demand.entity.js';
import { DemandsArgs } from './demand.inputs.js';
import { isFromHarbor } from './demand-states.js';
import { DemandsService } from './demands.service.js';

@ObjectType({ description: 'A page of demands.' })
export class DemandConnection extends connectionOf(Demand, 'Demand') {}

@Resolver(() => Demand)
export class DemandsResolver {
  constructor(private readonly service: DemandsService) {}

  @Query(() => DemandConnection, { description: 'Demands, newest first. A bank sees those routed to it and those of referrals that it claimed.' })
  async demands(@CurrentCaller() caller: Caller, @Args() args: DemandsArgs): Promise<Connection<Demand>> {
    return toConnection(await this.service.list(caller, args));
  }

  @Query(() => Demand, { nullable: true, description: 'One demand; null when there is none with this id.' })
  async demand(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Demand | null> {
    return (await this.service.byIds(caller, [id])).get(id) ?? null;
  }

  @ResolveReference()
  resolveReference(reference: { id: string }, context: SubgraphContext): Promise<Demand | null> {
    return loadBatched(context.request, 'demand', reference.id, (ids) => this.service.byIds(context.request.caller!, ids));
  }

  @ResolveField(() => HarborReference, { nullable: true, description: 'The harbor that it came to; null for a demand of a referral or an outside platform.' })
  harbor(@Parent() demand: Demand): HarborReference | null {
    return isFromHarbor(demand) ? { id: demand.harborId } : null;
  }

  @ResolveField(() => EnterpriseReference, { nullable: true, description: 'The enterprise; null for a bank that has not accepted.' })
  enterprise(@Parent() demand: Demand): EnterpriseReference | null {
    return demand.enterpriseId ? { id: demand.enterpriseId } : null;
  }

  @ResolveField(() => ProductReference, { nullable: true, description: 'The product that the enterprise chose.' })
  product(@Parent() demand: Demand): ProductReference | null {
    return demand.productId ? { id: demand.productId } : null;
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank that it went to.' })
  bank(@Parent() demand: Demand): OrganisationReference | null {
    return demand.bankId ? { id: demand.bankId } : null;
  }

  @ResolveField(() => [Match], { nullable: true, description: 'Every product with a reason per rule, best first.' })
  matches(@Parent() demand: Demand, @Context() context: SubgraphContext): Promise<Match[] | null> {
    return loadBatched(context.request, 'matches', demand.id, (ids) => this.service.matchesByDemand(context.request.caller!, ids));
  }

  @ResolveField(() => [TrailStep], { nullable: true, description: 'What happened, oldest first. A bank reads its own part.' })
  trail(@Parent() demand: Demand, @Context() context: SubgraphContext): Promise<TrailStep[] | null> {
    return loadBatched(context.request, 'trail', demand.id, (ids) => this.service.trailByDemand(context.request.caller!, ids));
  }
}
