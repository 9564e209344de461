import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { PageQuery, restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, type OnModuleInit, Param, Post, Query } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { ReferenceDataImport, ReferenceDataRow } from './reference-data.entity.js';
import { ImportReferenceDataQuery, ReferenceDataPath, ReferenceDataQuery, WorkingDay, WorkingDaysQuery } from './reference-data.inputs.js';
import { ReferenceDataService } from './reference-data.service.js';

const csv = 'text/csv';
const rows = { type: 'object' as const, properties: { rows: { type: 'array' as const, items: { type: 'object' as const } } } };

@ApiTags('reference-data')
@Controller('v1')
export class ReferenceDataController implements OnModuleInit {
  constructor(private readonly service: ReferenceDataService, private readonly host: HttpAdapterHost) {}

  /** Lets CSV through as text, no more of it than of JSON. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance>();
    fastify?.addContentTypeParser(csv, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  }

  @Post('reference-data/:kind')
  @ApiOperation({
    summary: 'Import reference data',
    description: 'The working-day calendar (date, kind HOLIDAY or WORKDAY, name), regions (code, name, kind, parent, validFrom, validTo, successors), LPR '
      + '(date, oneYear, fiveYear), or terms of clocks, `sla` (clock, validFrom, days, source, unit, rollForward, reminders), which supervisors import too; as CSV with a header '
      + 'or as JSON. All rows or none: what is wrong is told by row and field. Corrections are kept beside what they correct.',
  })
  @ApiConsumes('application/json', csv)
  @ApiBody({ schema: rows })
  @ApiCreatedResponse({ type: ReferenceDataImport })
  import(
    @CurrentCaller() caller: Caller, @Param() { kind }: ReferenceDataPath, @Query() query: ImportReferenceDataQuery, @Body() body: unknown,
  ): Promise<ReferenceDataImport> {
    return this.service.import(caller, kind, query, body);
  }

  @Get('reference-data/:kind')
  @ApiOperation({ summary: 'List imported reference data', description: 'Newest first, by page. What was never imported is built in and not listed.' })
  @ApiOkResponse({ type: restPageOf(ReferenceDataRow, 'ReferenceDataRow') })
  async list(
    @CurrentCaller() caller: Caller, @Param() { kind }: ReferenceDataPath, @Query() query: ReferenceDataQuery,
  ): Promise<{ items: ReferenceDataRow[]; nextCursor: string | null }> {
    return toRestPage(await this.service.list(caller, kind, query));
  }

  @Get('reference-data/:kind/imports')
  @ApiOperation({ summary: 'List imports of reference data', description: 'Who imported what when; newest first, by page.' })
  @ApiOkResponse({ type: restPageOf(ReferenceDataImport, 'ReferenceDataImport') })
  async imports(
    @CurrentCaller() caller: Caller, @Param() { kind }: ReferenceDataPath, @Query() page: PageQuery,
  ): Promise<{ items: ReferenceDataImport[]; nextCursor: string | null }> {
    return toRestPage(await this.service.imports(caller, kind, page));
  }

  @Get('working-days')
  @ApiOperation({
    summary: 'Ask where a period of working days ends',
    description: 'By the State Council’s calendar, make-up workdays included; the first day is not counted (民法典 art. 201). CALENDAR_NOT_COVERED where it reaches a year that is not announced.',
  })
  @ApiOkResponse({ type: WorkingDay })
  workingDay(@CurrentCaller() caller: Caller, @Query() query: WorkingDaysQuery): Promise<WorkingDay> {
    return this.service.workingDay(caller, query);
  }
}
