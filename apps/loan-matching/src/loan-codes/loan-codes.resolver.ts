import { HarborReference, OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, PageArgs, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { LoanCode } from './loan-code.entity.js';
import { LoanCodesService } from './loan-codes.service.js';

@ObjectType({ description: 'A page of loan codes.' })
export class LoanCodeConnection extends connectionOf(LoanCode, 'LoanCode') {}

@Resolver(() => LoanCode)
export class LoanCodesResolver {
  constructor(private readonly codes: LoanCodesService) {}

  @Query(() => LoanCodeConnection, { description: 'Loan codes, newest first. A bank sees its own.' })
  async loanCodes(@CurrentCaller() caller: Caller, @Args() page: PageArgs): Promise<Connection<LoanCode>> {
    return toConnection(await this.codes.list(caller, page));
  }

  @ResolveField(() => HarborReference, { nullable: true, description: 'The harbor.' })
  harbor(@Parent() code: LoanCode): HarborReference {
    return { id: code.harborId };
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The host bank.' })
  bank(@Parent() code: LoanCode): OrganisationReference {
    return { id: code.bankId };
  }
}
