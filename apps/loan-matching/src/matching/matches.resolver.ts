import { OrganisationReference, ProductReference } from '@finharbor/contracts/references';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Match } from './match.entity.js';

@Resolver(() => Match)
export class MatchesResolver {
  @ResolveField(() => ProductReference, { nullable: true, description: 'The product.' })
  product(@Parent() match: Match): ProductReference {
    return { id: match.productId };
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank that offers it.' })
  bank(@Parent() match: Match): OrganisationReference {
    return { id: match.bankId };
  }
}
