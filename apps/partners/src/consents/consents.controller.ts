import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Consent } from './consent.entity.js';
import { ConsentsQuery, RecordConsentInput } from './consent.inputs.js';
import { ConsentsService } from './consents.service.js';

@ApiTags('consents')
@Controller('v1/consents')
export class ConsentsController {
  constructor(private readonly consents: ConsentsService) {}

  @Post()
  @ApiOperation({
    summary: 'Record a consent that a business gave before harbor staff',
    description: 'To a disclosure to the caller’s own bank. What a business agrees to with its demand is recorded by itself.',
  })
  @ApiCreatedResponse({ type: Consent })
  record(@CurrentCaller() caller: Caller, @Body() input: RecordConsentInput): Promise<Consent> {
    return this.consents.record(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List consents', description: 'Newest first, by page: those to disclosures to oneself, all for supervisors.' })
  @ApiOkResponse({ type: restPageOf(Consent, 'Consent') })
  async list(@CurrentCaller() caller: Caller, @Query() query: ConsentsQuery): Promise<{ items: Consent[]; nextCursor: string | null }> {
    return toRestPage(await this.consents.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a consent' })
  @ApiOkResponse({ type: Consent })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Consent> {
    return this.consents.get(caller, id);
  }

  @Post(':id/withdrawal')
  @HttpCode(200)
  @ApiOperation({ summary: 'Enter that a business took its consent back', description: 'Nothing more is disclosed under it, in any service. Again changes nothing.' })
  @ApiOkResponse({ type: Consent })
  withdraw(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Consent> {
    return this.consents.withdraw(caller, id);
  }
}
