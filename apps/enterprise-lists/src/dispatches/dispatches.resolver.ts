import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { PushList } from '../lists/push-list.entity.js';
import { Dispatch, type DispatchAnswers, DispatchCounts, DispatchPreview } from './dispatch.entity.js';
import { DispatchPreviewArgs, DispatchPushListArgs } from './dispatch.inputs.js';
import { DispatchesService } from './dispatches.service.js';

@Resolver(() => PushList)
export class ListDispatchesResolver {
  constructor(private readonly service: DispatchesService) {}

  @Query(() => DispatchPreview, { nullable: true, description: 'What a dispatch would give to each bank, were it made now. Nothing is sent.' })
  dispatchPreview(@CurrentCaller() caller: Caller, @Args() args: DispatchPreviewArgs): Promise<DispatchPreview | null> {
    return this.service.preview(caller, args);
  }

  @Mutation(() => PushList, { description: 'Gives recommended rows of a list to banks; again, adds what is new: further banks, rows, or the other channel.' })
  dispatchPushList(@CurrentCaller() caller: Caller, @Args() args: DispatchPushListArgs): Promise<PushList> {
    return this.service.dispatch(caller, args);
  }

  @ResolveField(() => [Dispatch], { nullable: true, description: 'To whom it was sent. For supervisors and dashboards.' })
  async dispatches(@Parent() list: PushList, @Context() { request }: SubgraphContext): Promise<Dispatch[] | null> {
    return loadBatched(request, 'dispatches', list.id, (ids) => this.service.byList(request.caller!, ids));
  }
}

@Resolver(() => DispatchCounts)
export class DispatchCountsResolver {
  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank.' })
  bank(@Parent() { bankId }: DispatchCounts): OrganisationReference {
    return { id: bankId };
  }
}

@Resolver(() => Dispatch)
export class DispatchesResolver {
  constructor(private readonly dispatches: DispatchesService) {}

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank.' })
  bank(@Parent() dispatch: Dispatch): OrganisationReference {
    return { id: dispatch.bankId };
  }

  @ResolveField(() => Int, { description: 'Referrals that it brought; a row that came through the other channel before is none of them.' })
  referralCount(@Parent() dispatch: Dispatch, @Context() context: SubgraphContext): Promise<number> {
    return this.count(dispatch, context, 'referralCount');
  }

  @ResolveField(() => Int, { description: 'Those of them that the outside platform has not confirmed yet.' })
  sentCount(@Parent() dispatch: Dispatch, @Context() context: SubgraphContext): Promise<number> {
    return this.count(dispatch, context, 'sentCount');
  }

  @ResolveField(() => Int, { description: 'Those of them that the bank acknowledged, answered ones included.' })
  acknowledgedCount(@Parent() dispatch: Dispatch, @Context() context: SubgraphContext): Promise<number> {
    return this.count(dispatch, context, 'acknowledgedCount');
  }

  @ResolveField(() => Int, { description: 'Those of them that the bank answered.' })
  answeredCount(@Parent() dispatch: Dispatch, @Context() context: SubgraphContext): Promise<number> {
    return this.count(dispatch, context, 'answeredCount');
  }

  @ResolveField(() => Int, { description: 'Those of them that the bank claims now.' })
  claimedCount(@Parent() dispatch: Dispatch, @Context() context: SubgraphContext): Promise<number> {
    return this.count(dispatch, context, 'claimedCount');
  }

  private async count(dispatch: Dispatch, { request }: SubgraphContext, name: keyof DispatchAnswers): Promise<number> {
    const counts = await loadBatched(request, 'dispatch counts', dispatch.id, (ids) => this.dispatches.counts(request.caller!, ids));
    return counts![name];
  }
}
