import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, PageArgs, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { AssertionsService } from './assertions.service.js';
import { GapsService } from './gaps.service.js';
import { PushListIdArgs, ReturnPushListArgs } from './list.inputs.js';
import { PushList } from './push-list.entity.js';
import { AssertCriteriaArgs, GapArgs, ListEntriesArgs, ReturnListEntriesArgs, WithdrawPushListArgs } from './review.inputs.js';
import { ReviewService } from './review.service.js';
import { ListEntryBatch, ListEntryGap, ListEntryGapConnection, Recommendation } from './review.types.js';
import { WithdrawalsService } from './withdrawals.service.js';

@Resolver(() => PushList)
export class ReviewResolver {
  constructor(
    private readonly review: ReviewService, private readonly assertions: AssertionsService,
    private readonly withdrawals: WithdrawalsService, private readonly gapsService: GapsService,
  ) {}

  @Mutation(() => ListEntryBatch, { description: 'Enters assertions on rows that are not recommended yet, or are cultivated; a later one takes the place of an earlier.' })
  assertCriteria(@CurrentCaller() caller: Caller, @Args() args: AssertCriteriaArgs): Promise<ListEntryBatch> {
    const { id, assertions, dryRun, ...selection } = args;
    return this.assertions.assert(caller, id, selection, assertions, dryRun ?? false);
  }

  @Mutation(() => Recommendation, { description: 'Recommends rows of a list under review: those whose eight criteria are all met, with evidence, author and date. The others stay, and say why.' })
  recommendListEntries(@CurrentCaller() caller: Caller, @Args() { id, dryRun, ...selection }: ListEntriesArgs): Promise<Recommendation> {
    return this.review.recommend(caller, id, selection, dryRun ?? false);
  }

  @Mutation(() => ListEntryBatch, { description: 'Returns rows of a list under review to the department, with the reason.' })
  returnListEntries(@CurrentCaller() caller: Caller, @Args() args: ReturnListEntriesArgs): Promise<ListEntryBatch> {
    const { id, reason, dryRun, ...selection } = args;
    return this.review.returnEntries(caller, id, selection, reason, dryRun ?? false);
  }

  @Mutation(() => PushList, { description: 'Closes the review of a list with its recommended rows, of which there is at least one; the others keep their reason, or get what they lack as one.' })
  approvePushList(@CurrentCaller() caller: Caller, @Args() { id }: PushListIdArgs): Promise<PushList> {
    return this.review.approve(caller, id);
  }

  @Mutation(() => PushList, { description: 'Returns a list that is under review to its department, whole.' })
  returnPushList(@CurrentCaller() caller: Caller, @Args() { id, reason }: ReturnPushListArgs): Promise<PushList> {
    return this.review.return(caller, id, reason);
  }

  @Mutation(() => PushList, { description: 'Closes a dispatched list: nothing more of it is dispatched.' })
  closePushList(@CurrentCaller() caller: Caller, @Args() { id }: PushListIdArgs): Promise<PushList> {
    return this.review.end(caller, id);
  }

  @Mutation(() => ListEntryBatch, { description: 'Withdraws a list or rows of it, as its department or an enterprise told the supervisor. What banks hold is recalled.' })
  withdrawPushList(@CurrentCaller() caller: Caller, @Args() { id, ...withdrawal }: WithdrawPushListArgs): Promise<ListEntryBatch> {
    return this.withdrawals.withdraw(caller, id, withdrawal);
  }

  @ResolveField(() => ListEntryGapConnection, { description: 'Rows that may not be recommended, in the order of the file, and what stands in the way.' })
  async gaps(
    @Parent() list: PushList, @Args() { filter, ...page }: GapArgs, @Context() { request }: SubgraphContext,
  ): Promise<Connection<ListEntryGap>> {
    const asked = Object.assign(new PageArgs(), page);
    const name = `gaps ${JSON.stringify([page, filter ?? null])}`;
    const found = await loadBatched(request, name, list.id, (ids) => this.gapsService.of(request.caller!, ids, asked, { filter }));
    return toConnection(found!);
  }
}

@Resolver(() => Recommendation)
export class RecommendationResolver {
  constructor(private readonly gapsService: GapsService) {}

  @ResolveField(() => ListEntryGapConnection, { description: 'Those of the rows that were asked for which something stands in the way of, in the order of the file.' })
  async gaps(
    @Parent() done: Recommendation, @Args() page: PageArgs, @Context() { request }: SubgraphContext,
  ): Promise<Connection<ListEntryGap>> {
    return toConnection((await this.gapsService.of(request.caller!, [done.pushListId], page, done.selection)).get(done.pushListId)!);
  }
}
