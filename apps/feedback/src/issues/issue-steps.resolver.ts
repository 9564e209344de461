import { OrganisationReference } from '@finharbor/contracts/references';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { IssueStep } from './issue-step.entity.js';

@Resolver(() => IssueStep)
export class IssueStepsResolver {
  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The organisation that acted; null for the registrant and for clocks.' })
  actor(@Parent() step: IssueStep): OrganisationReference | null {
    return step.actorId ? { id: step.actorId } : null;
  }
}
