import { EnterpriseReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { CreditAlert } from './credit-alert.entity.js';
import { CreditAlertArgs } from './credit.inputs.js';
import { CreditWatchService } from './credit-watch.service.js';

@ObjectType({ description: 'A page of alerts about the credit of enterprises.' })
export class CreditAlertConnection extends connectionOf(CreditAlert, 'CreditAlert') {}

@Resolver(() => CreditAlert)
export class CreditWatchResolver {
  constructor(private readonly service: CreditWatchService) {}

  @Query(() => CreditAlertConnection, { description: 'Alerts about the credit of enterprises, newest first.' })
  async creditAlerts(@CurrentCaller() caller: Caller, @Args() args: CreditAlertArgs): Promise<Connection<CreditAlert>> {
    return toConnection(await this.service.list(caller, args));
  }

  @ResolveField(() => EnterpriseReference, { nullable: true, description: 'The enterprise.' })
  enterprise(@Parent() { enterpriseId }: CreditAlert): EnterpriseReference {
    return { id: enterpriseId };
  }
}
