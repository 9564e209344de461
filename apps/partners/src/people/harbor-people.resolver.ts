import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { HarborPeopleService } from './harbor-people.service.js';
import { HarborPerson } from './harbor-person.entity.js';
import { HarborPeopleArgs } from './harbor-person.inputs.js';

@ObjectType({ description: 'A page of people of harbors.' })
export class HarborPersonConnection extends connectionOf(HarborPerson, 'HarborPerson') {}

@Resolver(() => HarborPerson)
export class HarborPeopleResolver {
  constructor(private readonly people: HarborPeopleService) {}

  @Query(() => HarborPersonConnection, { description: 'People of harbors, newest first: one’s own, of all organisations for supervisors.' })
  async harborPeople(@CurrentCaller() caller: Caller, @Args() args: HarborPeopleArgs): Promise<Connection<HarborPerson>> {
    return toConnection(await this.people.list(caller, args));
  }
}
