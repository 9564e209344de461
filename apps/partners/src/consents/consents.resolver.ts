import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ID, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Consent } from './consent.entity.js';
import { ConsentsArgs } from './consent.inputs.js';
import { ConsentsService } from './consents.service.js';

@ObjectType({ description: 'A page of consents.' })
export class ConsentConnection extends connectionOf(Consent, 'Consent') {}

@Resolver(() => Consent)
export class ConsentsResolver {
  constructor(private readonly service: ConsentsService) {}

  @Query(() => ConsentConnection, { description: 'Consents, newest first: those to disclosures to oneself, all for supervisors.' })
  async consents(@CurrentCaller() caller: Caller, @Args() args: ConsentsArgs): Promise<Connection<Consent>> {
    return toConnection(await this.service.list(caller, args));
  }

  @Query(() => Consent, { nullable: true, description: 'One consent; null when there is none that the caller may know.' })
  consent(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Consent | null> {
    return this.service.find(caller, id);
  }
}
