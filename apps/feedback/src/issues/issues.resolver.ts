import { HarborReference, OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ID, Mutation, ObjectType, Parent, Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { Issue } from './issue.entity.js';
import { IssueArgs } from './issue.inputs.js';
import { IssueStep } from './issue-step.entity.js';
import { IssuesService } from './issues.service.js';

@ObjectType({ description: 'A page of issues.' })
export class IssueConnection extends connectionOf(Issue, 'Issue') {}

@Resolver(() => Issue)
export class IssuesResolver {
  constructor(private readonly service: IssuesService) {}

  @Query(() => IssueConnection, { description: 'A bank’s own issues, of all banks for supervisors; newest first.' })
  async issues(@CurrentCaller() caller: Caller, @Args() query: IssueArgs): Promise<Connection<Issue>> {
    return toConnection(await this.service.list(caller, query));
  }

  @Query(() => Issue, { nullable: true, description: 'One issue; null when there is none with this id.' })
  async issue(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Issue | null> {
    return (await this.service.byIds(caller, [id])).get(id) ?? null;
  }

  @Mutation(() => Issue, { description: 'Acknowledges an issue as its host bank or as the central-bank branch, each once.' })
  acknowledgeIssue(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Issue> {
    return this.service.acknowledge(caller, id);
  }

  @ResolveReference()
  resolveReference(reference: { id: string }, context: SubgraphContext): Promise<Issue | null> {
    return loadBatched(context.request, 'issue', reference.id, (ids) => this.service.byIds(context.request.caller!, ids));
  }

  @ResolveField(() => HarborReference, { nullable: true, description: 'The harbor where it was registered.' })
  harbor(@Parent() issue: Issue): HarborReference {
    return { id: issue.harborId };
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The host bank, which must answer.' })
  bank(@Parent() issue: Issue): OrganisationReference {
    return { id: issue.bankId };
  }

  @ResolveField(() => [IssueStep], { nullable: true, description: 'Who did what when, oldest first.' })
  trail(@Parent() issue: Issue, @Context() context: SubgraphContext): Promise<IssueStep[] | null> {
    return loadBatched(context.request, 'issue trail', issue.id, (ids) => this.service.trailsOf(context.request.caller!, ids));
  }
}
