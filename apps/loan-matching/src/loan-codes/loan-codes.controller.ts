import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { PageQuery, restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Header, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { LoanCode } from './loan-code.entity.js';
import { CreateLoanCodeInput, RotateLoanCodeInput } from './loan-code.inputs.js';
import { LoanCodesService } from './loan-codes.service.js';

@ApiTags('loan codes')
@Controller('v1/loan-codes')
export class LoanCodesController {
  constructor(private readonly codes: LoanCodesService) {}

  @Post()
  @ApiOperation({ summary: 'Make a loan code', description: 'For the host bank of the harbor and for supervisors. The code belongs to the host bank.' })
  @ApiCreatedResponse({ type: LoanCode })
  create(@CurrentCaller() caller: Caller, @Body() input: CreateLoanCodeInput): Promise<LoanCode> {
    return this.codes.create(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List loan codes', description: 'Newest first, by page. A bank sees its own.' })
  @ApiOkResponse({ type: restPageOf(LoanCode, 'LoanCode') })
  async list(@CurrentCaller() caller: Caller, @Query() page: PageQuery): Promise<{ items: LoanCode[]; nextCursor: string | null }> {
    return toRestPage(await this.codes.list(caller, page));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a loan code' })
  @ApiOkResponse({ type: LoanCode })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<LoanCode> {
    return this.codes.get(caller, id);
  }

  @Get(':id/poster.pdf')
  @Header('content-type', 'application/pdf')
  @ApiOperation({ summary: 'The poster of a loan code', description: 'A4, in the unified style, with its fonts embedded. A revoked code has none.' })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  poster(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Buffer> {
    return this.codes.poster(caller, id);
  }

  @Post(':id/rotation')
  @ApiOperation({
    summary: 'Print a loan code anew',
    description: 'Signed by the present key, with a version of its own. The print before stays good until the day that is named; where it leads stays the same.',
  })
  @ApiCreatedResponse({ type: LoanCode })
  rotate(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: RotateLoanCodeInput): Promise<LoanCode> {
    return this.codes.rotate(caller, id, input);
  }

  @Post(':id/revocation')
  @ApiOperation({ summary: 'Revoke a loan code', description: 'For good. Whoever scans it from now on is told so; demands that came in through it go on.' })
  @ApiCreatedResponse({ type: LoanCode })
  revoke(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<LoanCode> {
    return this.codes.revoke(caller, id);
  }
}
