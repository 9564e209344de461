import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DemandClock } from './demand-clock.entity.js';
import { DemandClockArgs } from './demand-clock.inputs.js';
import { DemandClocksService } from './demand-clocks.service.js';

@ObjectType({ description: 'A page of clocks of demands.' })
export class DemandClockConnection extends connectionOf(DemandClock, 'DemandClock') {}

@Resolver(() => DemandClock)
export class DemandClocksResolver {
  constructor(private readonly service: DemandClocksService) {}

  @Query(() => DemandClockConnection, { description: 'Clocks of demands, newest first. A bank sees its own.' })
  async demandClocks(@CurrentCaller() caller: Caller, @Args() filter: DemandClockArgs): Promise<Connection<DemandClock>> {
    return toConnection(await this.service.list(caller, filter));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank that must do it.' })
  bank(@Parent() { bankId }: DemandClock): OrganisationReference | null {
    return bankId ? { id: bankId } : null;
  }
}
