import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Clock } from './clock.entity.js';
import { ClockArgs } from './clock.inputs.js';
import { ClocksService } from './clocks.service.js';

@ObjectType({ description: 'A page of clocks.' })
export class ClockConnection extends connectionOf(Clock, 'Clock') {}

@Resolver(() => Clock)
export class ClocksResolver {
  constructor(private readonly service: ClocksService) {}

  @Query(() => ClockConnection, { description: 'Clocks of lists and referrals, newest first. A bank sees its own.' })
  async clocks(@CurrentCaller() caller: Caller, @Args() filter: ClockArgs): Promise<Connection<Clock>> {
    return toConnection(await this.service.list(caller, filter));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'Who must do it.' })
  organisation(@Parent() clock: Clock): OrganisationReference {
    return { id: clock.organisationId };
  }
}
