import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Enterprise } from '../enterprises/enterprise.entity.js';
import { loadEnterprise } from '../enterprises/enterprises.resolver.js';
import { EnterprisesService } from '../enterprises/enterprises.service.js';
import { Referral } from './referral.entity.js';
import { ReferralArgs } from './referral.inputs.js';
import { ReferralsService } from './referrals.service.js';

@ObjectType({ description: 'A page of referrals.' })
export class ReferralConnection extends connectionOf(Referral, 'Referral') {}

@Resolver(() => Referral)
export class ReferralsResolver {
  constructor(private readonly service: ReferralsService, private readonly enterprises: EnterprisesService) {}

  @Query(() => ReferralConnection, { description: 'Referrals, newest first. A bank sees its own.' })
  async referrals(@CurrentCaller() caller: Caller, @Args() filter: ReferralArgs): Promise<Connection<Referral>> {
    return toConnection(await this.service.list(caller, filter));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank.' })
  bank(@Parent() referral: Referral): OrganisationReference {
    return { id: referral.bankId };
  }

  @ResolveField(() => Enterprise, { nullable: true, description: 'The enterprise; null to a bank that did not claim it.' })
  async enterprise(@Parent() referral: Referral, @Context() context: SubgraphContext): Promise<Enterprise | null> {
    return referral.enterpriseId ? loadEnterprise(this.enterprises, context, referral.enterpriseId) : null;
  }
}
