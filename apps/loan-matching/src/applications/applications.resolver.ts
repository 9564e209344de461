import { HarborReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ID, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Application } from './application.entity.js';
import { ApplicationsArgs } from './application.inputs.js';
import { ApplicationsService } from './applications.service.js';

@ObjectType({ description: 'A page of applications.' })
export class ApplicationConnection extends connectionOf(Application, 'Application') {}

@Resolver(() => Application)
export class ApplicationsResolver {
  constructor(private readonly service: ApplicationsService) {}

  @Query(() => ApplicationConnection, { description: 'Applications, newest first.' })
  async applications(@CurrentCaller() caller: Caller, @Args() args: ApplicationsArgs): Promise<Connection<Application>> {
    return toConnection(await this.service.list(caller, args));
  }

  @Query(() => Application, { nullable: true, description: 'One application; null when there is none with this id.' })
  async application(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Application | null> {
    return (await this.service.byIds(caller, [id])).get(id) ?? null;
  }

  @ResolveField(() => HarborReference, { nullable: true, description: 'The harbor that it came to; null where it comes from a referral.' })
  harbor(@Parent() { harborId }: Application): HarborReference | null {
    return harborId ? { id: harborId } : null;
  }
}
