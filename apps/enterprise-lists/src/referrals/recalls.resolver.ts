import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import { OrganisationReference } from '@finharbor/contracts/references';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { PushList } from '../lists/push-list.entity.js';
import { ListRecall, ReferralRecall } from './recall.entity.js';
import { RecallArgs } from './recall.inputs.js';
import { RecallsService } from './recalls.service.js';

@ObjectType({ description: 'A page of recalls.' })
export class ReferralRecallConnection extends connectionOf(ReferralRecall, 'ReferralRecall') {}

@Resolver(() => ReferralRecall)
export class RecallsResolver {
  constructor(private readonly recalls: RecallsService) {}

  @Query(() => ReferralRecallConnection, { description: 'Recalls, newest first. A bank sees its own.' })
  async referralRecalls(@CurrentCaller() caller: Caller, @Args() filter: RecallArgs): Promise<Connection<ReferralRecall>> {
    return toConnection(await this.recalls.list(caller, filter));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank.' })
  bank(@Parent() { bankId }: ReferralRecall): OrganisationReference {
    return { id: bankId };
  }
}

@Resolver(() => PushList)
export class ListRecallsResolver {
  constructor(private readonly service: RecallsService) {}

  @ResolveField(() => [ListRecall], { description: 'What was withdrawn of it after it had been dispatched, newest first.' })
  async recalls(@Parent() list: PushList, @Context() { request }: SubgraphContext): Promise<ListRecall[]> {
    return (await loadBatched(request, 'recalls', list.id, (ids) => this.service.byList(request.caller!, ids)))!;
  }
}
