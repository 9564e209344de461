import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { PageQuery, restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DutiesService } from './duties.service.js';
import { ListDifferencePage, ListDifferenceQuery } from './list-difference.types.js';
import { ListDifferencesService } from './list-differences.service.js';
import type { RestPage } from './lists.controller.js';
import { PushDuty } from './push-duty.entity.js';
import { QualityReport, QualityReportQuery } from './quality-report.types.js';
import { QualityReportsService } from './quality-reports.service.js';

@ApiTags('push lists')
@Controller('v1')
export class ReportsController {
  constructor(
    private readonly differences: ListDifferencesService, private readonly reports: QualityReportsService,
    private readonly duties: DutiesService,
  ) {}

  @Get('push-lists/:id/difference')
  @ApiOperation({
    summary: 'Compare a list with an older one',
    description: 'Or its period with an older one: enterprises that are new, changed (each field with its old and new value) or withdrawn, by page, with the counts of all.',
  })
  @ApiOkResponse({ type: ListDifferencePage })
  async difference(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Query() query: ListDifferenceQuery): Promise<ListDifferencePage> {
    const { counts, changes } = await this.differences.compare(caller, id, query);
    return Object.assign(new ListDifferencePage(), counts, toRestPage(changes));
  }

  @Get('quality-reports')
  @ApiOperation({ summary: 'Read what lists were worth', description: 'By department and period, newest period first. A department sees its own.' })
  @ApiOkResponse({ type: restPageOf(QualityReport, 'QualityReport') })
  async quality(@CurrentCaller() caller: Caller, @Query() query: QualityReportQuery): Promise<RestPage<QualityReport>> {
    return toRestPage(await this.reports.list(caller, query));
  }

  @Get('push-duties')
  @ApiOperation({ summary: 'Read how often departments have to push', description: 'With the open period of each, by page. A department sees its own.' })
  @ApiOkResponse({ type: restPageOf(PushDuty, 'PushDuty') })
  async list(@CurrentCaller() caller: Caller, @Query() page: PageQuery): Promise<RestPage<PushDuty>> {
    return toRestPage(await this.duties.list(caller, page));
  }
}
