import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { BankResponse, BankResponseArgs, BankResponseConnection } from './bank-response.types.js';
import { BankResponsesService } from './bank-responses.service.js';

@Resolver(() => BankResponse)
export class BankResponsesResolver {
  constructor(private readonly responses: BankResponsesService) {}

  @Query(() => BankResponseConnection, { description: 'How banks answered to the rows that came to them, by bank. A bank sees its own.' })
  async bankResponses(@CurrentCaller() caller: Caller, @Args() args: BankResponseArgs): Promise<Connection<BankResponse>> {
    return toConnection(await this.responses.list(caller, args));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank.' })
  bank(@Parent() { bankId }: BankResponse): OrganisationReference {
    return { id: bankId };
  }
}
