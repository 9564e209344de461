import { OrganisationReference } from '@finharbor/contracts/references';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Demand } from '../demands/demand.entity.js';
import { DemandQuestion } from './demand-question.entity.js';
import { QuestionsService } from './questions.service.js';

/** What questions add to a demand. */
@Resolver(() => Demand)
export class DemandQuestionsResolver {
  constructor(private readonly service: QuestionsService) {}

  @ResolveField(() => [DemandQuestion], { nullable: true, description: 'What its bank asked the enterprise, with the answers, oldest first.' })
  questions(@Parent() { id }: Demand, @Context() { request }: SubgraphContext): Promise<DemandQuestion[] | null> {
    return loadBatched(request, 'questions', id, (ids) => this.service.byDemand(request.caller!, ids));
  }
}

@Resolver(() => DemandQuestion)
export class QuestionsResolver {
  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank that asks.' })
  bank(@Parent() { bankId }: DemandQuestion): OrganisationReference {
    return { id: bankId };
  }
}
