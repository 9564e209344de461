import { HarborReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, PageArgs, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, Parent, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import type { Issue } from '../issues/issue.entity.js';
import { IssueConnection } from '../issues/issues.resolver.js';
import { HarborIssuesService } from './harbor-issues.service.js';
import { IssueCounts } from './issue-counts.js';

/** What feedback adds to a harbor. */
@Resolver(() => HarborReference)
export class HarborIssuesResolver {
  constructor(private readonly service: HarborIssuesService) {}

  @ResolveReference()
  resolveReference(reference: { id: string }): HarborReference {
    return { id: reference.id };
  }

  @ResolveField(() => IssueConnection, { nullable: true, description: 'Financing issues registered there, newest first.' })
  async issues(
    @Parent() harbor: HarborReference, @Args() page: PageArgs, @CurrentCaller() caller: Caller, @Context() context: SubgraphContext,
  ): Promise<Connection<Issue> | null> {
    const position = this.service.positionOf(caller, harbor.id, page);
    const found = await loadBatched(context.request, `issues ${page.first} ${position ?? ''}`, harbor.id,
      (ids) => this.service.pagesOf(caller, ids, page.first, position));
    return found && toConnection(found);
  }

  @ResolveField(() => IssueCounts, { nullable: true, description: 'Counts of its financing issues, as many as the caller may see.' })
  issueCounts(
    @Parent() harbor: HarborReference, @CurrentCaller() caller: Caller, @Context() context: SubgraphContext,
  ): Promise<IssueCounts | null> {
    return loadBatched(context.request, 'issue counts', harbor.id, (ids) => this.service.counts(caller, ids));
  }
}
