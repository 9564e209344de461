import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SubmittedDemand } from '../demands/submitted-demand.js';
import { Application } from './application.entity.js';
import { ApplicationsQuery, SendBatchInput, StateDocumentsInput, TakeApplicationInput, VerifyApplicationInput, WithdrawApplicationInput } from './application.inputs.js';
import { ApplicationsService } from './applications.service.js';
import { BatchReport } from './batch-result.js';
import { TakingService } from './taking.service.js';
import { VerificationsService } from './verifications.service.js';
import { WithdrawalsService } from './withdrawals.service.js';

/** The applicant comes with the header Access-Secret, everybody else with a token. */
@ApiTags('applications')
@Controller('v1/applications')
export class ApplicationsController {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly taking: TakingService,
    private readonly verifications: VerificationsService,
    private readonly withdrawals: WithdrawalsService,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Take an application down for somebody', description: 'For the staff of harbors, and grid officers on a visit. Whoever signed in is the first responder, for ever. The secret in the answer is the applicant’s.' })
  @ApiCreatedResponse({ type: SubmittedDemand })
  take(@CurrentCaller() caller: Caller, @Body() input: TakeApplicationInput): Promise<SubmittedDemand> {
    return this.taking.take(caller, input);
  }

  @Post('batches')
  @ApiOperation({ summary: 'Send in what was taken down offline', description: 'Each item for itself; what came in before by its clientRef is KNOWN and makes nothing.' })
  @ApiCreatedResponse({ type: BatchReport })
  sendBatch(@CurrentCaller() caller: Caller, @Body() { items }: SendBatchInput): Promise<BatchReport> {
    return this.taking.sendBatch(caller, items);
  }

  @Get()
  @ApiOperation({ summary: 'List applications', description: 'Newest first, by page. Whoever takes applications down reads those of its organisation.' })
  @ApiOkResponse({ type: restPageOf(Application, 'Application') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: ApplicationsQuery,
  ): Promise<{ items: Application[]; nextCursor: string | null }> {
    return toRestPage(await this.applications.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read an application', description: 'With its demands, one of each bank, and everything that it lacks.' })
  @ApiOkResponse({ type: Application })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Application> {
    return this.applications.get(caller, id);
  }

  @Post(':id/documents')
  @ApiOperation({ summary: 'State which documents the applicant has', description: 'All of them, as of now; the answer names in one notice all that are missing.' })
  @ApiCreatedResponse({ type: Application })
  stateDocuments(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { documents }: StateDocumentsInput): Promise<Application> {
    return this.applications.stateDocuments(caller, id, documents);
  }

  @Post(':id/verification')
  @ApiOperation({ summary: 'Verify an application', description: 'For supervisors: one that does not agree with the enterprise master goes on, or is closed.' })
  @ApiCreatedResponse({ type: Application })
  verify(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: VerifyApplicationInput): Promise<Application> {
    return this.verifications.decide(caller, id, input);
  }

  @Post(':id/withdrawal')
  @ApiOperation({ summary: 'Withdraw an application', description: 'For the applicant, before signing: it ends with every bank.' })
  @ApiCreatedResponse({ type: Application })
  withdraw(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: WithdrawApplicationInput): Promise<Application> {
    return this.withdrawals.withdraw(caller, id, input);
  }
}
