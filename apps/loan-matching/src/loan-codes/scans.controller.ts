import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Header, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { SubmitDemandInput } from '../demands/demand.inputs.js';
import { SubmissionsService } from '../demands/submissions.service.js';
import { SubmittedDemand } from '../demands/submitted-demand.js';
import { Scan } from './loan-code.entity.js';
import { LoanCodesService } from './loan-codes.service.js';

/** What is behind a loan code, without a token. An unknown code is 404, a revoked one 410. */
@ApiTags('scans')
@Controller('v1/scans/:code')
export class ScansController {
  constructor(private readonly codes: LoanCodesService, private readonly submissions: SubmissionsService) {}

  @Get()
  @ApiOperation({ summary: 'Scan a loan code' })
  @ApiOkResponse({ type: Scan })
  scan(@Param('code') code: string): Promise<Scan> {
    return this.codes.scan(code);
  }

  @Get('qr.svg')
  @Header('content-type', 'image/svg+xml; charset=utf-8')
  @ApiOperation({ summary: 'The loan code as QR, for print' })
  @ApiProduces('image/svg+xml')
  @ApiOkResponse({ schema: { type: 'string' } })
  qrSvg(@Param('code') code: string): Promise<string> {
    return this.codes.qrSvg(code);
  }

  @Get('qr.png')
  @Header('content-type', 'image/png')
  @ApiOperation({ summary: 'The loan code as QR, for screens' })
  @ApiProduces('image/png')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  qrPng(@Param('code') code: string): Promise<Buffer> {
    return this.codes.qrPng(code);
  }

  @Post('demands')
  @ApiOperation({ summary: 'Submit a demand', description: 'Answers with the matches, best first, and with the secret that opens the demand from now on: it is shown this once.' })
  @ApiCreatedResponse({ type: SubmittedDemand })
  submit(@CurrentCaller() caller: Caller, @Param('code') code: string, @Body() input: SubmitDemandInput): Promise<SubmittedDemand> {
    return this.submissions.submit(caller, code, input);
  }
}
