import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ProductReport } from './product-report.entity.js';
import { AnswerReportInput, ProductReportQuery, ReportProductInput } from './report.inputs.js';
import { ReportsService } from './reports.service.js';

@ApiTags('products')
@Controller('v1')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Post('published-products/:id/reports')
  @ApiOperation({ summary: 'Report a product as wrong', description: 'Whoever offers it must answer, against a clock.' })
  @ApiCreatedResponse({ type: ProductReport })
  report(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ReportProductInput): Promise<ProductReport> {
    return this.reports.report(caller, id, input);
  }

  @Get('product-reports')
  @ApiOperation({ summary: 'List reports of wrong products', description: 'Those that one must answer, of all for supervisors; newest first, by page.' })
  @ApiOkResponse({ type: restPageOf(ProductReport, 'ProductReport') })
  async list(@CurrentCaller() caller: Caller,
    @Query() query: ProductReportQuery): Promise<{ items: ProductReport[]; nextCursor: string | null }> {
    return toRestPage(await this.reports.list(caller, query));
  }

  @Get('product-reports/:id')
  @ApiOperation({ summary: 'Read a report', description: 'For whoever made it and whoever must answer it.' })
  @ApiOkResponse({ type: ProductReport })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<ProductReport> {
    return this.reports.get(caller, id);
  }

  @Post('product-reports/:id/answer')
  @ApiOperation({ summary: 'Answer a report', description: 'Once, by whoever offers the product.' })
  @ApiCreatedResponse({ type: ProductReport })
  answer(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: AnswerReportInput): Promise<ProductReport> {
    return this.reports.answer(caller, id, input);
  }
}
