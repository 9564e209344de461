import { EnterpriseReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ID, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Demand } from '../demands/demand.entity.js';
import { CreditAlert, CreditRule } from './credit-alert.entity.js';
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

  @Query(() => CreditAlert, { nullable: true, description: 'One alert; null when there is none with this id.' })
  creditAlert(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<CreditAlert | null> {
    return this.service.find(caller, id);
  }

  @Query(() => [CreditRule], { description: 'What is watched about the credit of enterprises, and from which figure on.' })
  creditRules(@CurrentCaller() caller: Caller): Promise<CreditRule[]> {
    return this.service.rules(caller);
  }

  @ResolveField(() => EnterpriseReference, { nullable: true, description: 'The enterprise.' })
  enterprise(@Parent() { enterpriseId }: CreditAlert): EnterpriseReference {
    return { id: enterpriseId };
  }
}

/** What credit watch adds to a demand. */
@Resolver(() => Demand)
export class WatchedDemandsResolver {
  constructor(private readonly service: CreditWatchService) {}

  @ResolveField(() => [CreditAlert], {
    nullable: true, description: 'Alerts about the credit of its enterprise, misuse that banks reported included, newest first. For supervisors: no bank sees any.',
  })
  async creditAlerts(@Parent() { enterpriseId }: Demand, @Context() { request }: SubgraphContext): Promise<CreditAlert[] | null> {
    if (!enterpriseId) return [];
    return loadBatched(request, 'credit alerts', enterpriseId, (ids) => this.service.byEnterprise(request.caller!, ids));
  }
}
