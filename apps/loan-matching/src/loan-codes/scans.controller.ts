import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Header, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { SubmitDemandInput } from '../demands/demand.inputs.js';
import { SubmissionsService } from '../demands/submissions.service.js';
import { SubmittedDemand } from '../demands/submitted-demand.js';
import { Scan, ScanSession } from './loan-code.entity.js';
import { OpenSessionInput } from './loan-code.inputs.js';
import { ScansService } from './scans.service.js';

/** What is behind a loan code, without a token. An unknown code is 404; forged, foreign, expired and revoked ones are refused by name. */
@ApiTags('scans')
@Controller('v1/scans/:code')
export class ScansController {
  constructor(private readonly scans: ScansService, private readonly submissions: SubmissionsService) {}

  @Get()
  @ApiOperation({ summary: 'Scan a loan code' })
  @ApiOkResponse({ type: Scan })
  scan(@Param('code') code: string): Promise<Scan> {
    return this.scans.scan(code);
  }

  @Get('qr.svg')
  @Header('content-type', 'image/svg+xml; charset=utf-8')
  @ApiOperation({ summary: 'The loan code as QR, for print' })
  @ApiProduces('image/svg+xml')
  @ApiOkResponse({ schema: { type: 'string' } })
  qrSvg(@Param('code') code: string): Promise<string> {
    return this.scans.qrSvg(code);
  }

  @Get('qr.png')
  @Header('content-type', 'image/png')
  @ApiOperation({ summary: 'The loan code as QR, for screens' })
  @ApiProduces('image/png')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  qrPng(@Param('code') code: string): Promise<Buffer> {
    return this.scans.qrPng(code);
  }

  @Post('sessions')
  @ApiOperation({
    summary: 'Open a scan session',
    description: 'Without registration. Demands submitted with its secret as `scanSession` are at most a few, within two hours.',
  })
  @ApiCreatedResponse({ type: ScanSession })
  openSession(@CurrentCaller() caller: Caller, @Param('code') code: string, @Body() _input: OpenSessionInput): Promise<ScanSession> {
    return this.scans.openSession(caller, code);
  }

  @Post('demands')
  @ApiOperation({ summary: 'Submit a demand', description: 'Answers with the matches, best first, and with the secret that opens the demand from now on: it is shown this once.' })
  @ApiCreatedResponse({ type: SubmittedDemand })
  submit(@CurrentCaller() caller: Caller, @Param('code') code: string, @Body() input: SubmitDemandInput): Promise<SubmittedDemand> {
    return this.submissions.submit(caller, code, input);
  }
}
