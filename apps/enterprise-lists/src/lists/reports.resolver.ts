import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, PageArgs, toConnection } from '@finharbor/platform/http/page';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DutiesService } from './duties.service.js';
import { ListDifference, ListDifferenceArgs } from './list-difference.types.js';
import { ListDifferencesService } from './list-differences.service.js';
import { PushDuty, PushDutyConnection, SetPushDutyArgs } from './push-duty.entity.js';
import { PushList } from './push-list.entity.js';
import { QualityReport, QualityReportArgs, QualityReportConnection } from './quality-report.types.js';
import { QualityReportsService } from './quality-reports.service.js';

@Resolver(() => PushList)
export class DifferencesResolver {
  constructor(private readonly differences: ListDifferencesService) {}

  @ResolveField(() => ListDifference, { description: 'What became of enterprises since an older list, or an older period, of the same department.' })
  async difference(
    @Parent() list: PushList, @Args() args: ListDifferenceArgs, @Context() { request }: SubgraphContext,
  ): Promise<ListDifference> {
    const { counts, changes } = await this.differences.compare(request.caller!, list.id, args);
    return Object.assign(new ListDifference(), counts, { changes: toConnection(changes) });
  }
}

@Resolver(() => QualityReport)
export class QualityReportsResolver {
  constructor(private readonly reports: QualityReportsService) {}

  @Query(() => QualityReportConnection, { description: 'What lists were worth, by department and period. A department sees its own.' })
  async qualityReports(@CurrentCaller() caller: Caller, @Args() args: QualityReportArgs): Promise<Connection<QualityReport>> {
    return toConnection(await this.reports.list(caller, args));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The department.' })
  department(@Parent() report: QualityReport): OrganisationReference {
    return { id: report.departmentId };
  }
}

@Resolver(() => PushDuty)
export class DutiesResolver {
  constructor(private readonly duties: DutiesService) {}

  @Query(() => PushDutyConnection, { description: 'How often departments have to push, with the open period of each. A department sees its own.' })
  async pushDuties(@CurrentCaller() caller: Caller, @Args() page: PageArgs): Promise<Connection<PushDuty>> {
    return toConnection(await this.duties.list(caller, page));
  }

  @Mutation(() => PushDuty, { description: 'Sets how often a department has to push a list. Of what is overdue supervisor and department are told.' })
  setPushDuty(@CurrentCaller() caller: Caller, @Args() args: SetPushDutyArgs): Promise<PushDuty> {
    return this.duties.set(caller, args);
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The department.' })
  department(@Parent() duty: PushDuty): OrganisationReference {
    return { id: duty.departmentId };
  }
}
