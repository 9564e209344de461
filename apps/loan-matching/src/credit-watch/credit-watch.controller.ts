import { versionOf } from '@finharbor/contracts/etag';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Headers, Param, ParseUUIDPipe, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CreditAlert, CreditBand, CreditRule } from './credit-alert.entity.js';
import { CreditAlertQuery, HandleCreditAlertInput, SetCreditRuleInput } from './credit.inputs.js';
import { CreditWatchService } from './credit-watch.service.js';

@ApiTags('credit watch')
@Controller('v1')
export class CreditWatchController {
  constructor(private readonly watch: CreditWatchService) {}

  @Get('credit-alerts')
  @ApiOperation({ summary: 'List alerts about the credit of enterprises', description: 'Newest first, by page. For supervisors: no bank sees any.' })
  @ApiOkResponse({ type: restPageOf(CreditAlert, 'CreditAlert') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: CreditAlertQuery,
  ): Promise<{ items: CreditAlert[]; nextCursor: string | null }> {
    return toRestPage(await this.watch.list(caller, query));
  }

  @Get('credit-alerts/:id')
  @ApiOperation({ summary: 'Read an alert about the credit of an enterprise' })
  @ApiOkResponse({ type: CreditAlert })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<CreditAlert> {
    return this.watch.get(caller, id);
  }

  @Post('credit-alerts/:id/handling')
  @ApiOperation({ summary: 'Handle an alert about the credit of an enterprise', description: 'Once. It is raised again only where it gets worse.' })
  @ApiCreatedResponse({ type: CreditAlert })
  handle(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: HandleCreditAlertInput): Promise<CreditAlert> {
    return this.watch.handle(caller, id, input);
  }

  @Get('credit-rules')
  @ApiOperation({ summary: 'Read what is watched about the credit of enterprises' })
  @ApiOkResponse({ type: [CreditRule] })
  rules(@CurrentCaller() caller: Caller): Promise<CreditRule[]> {
    return this.watch.rules(caller);
  }

  @Patch('credit-rules/:kind')
  @ApiOperation({ summary: 'Set from which figure on something is watched', description: 'As it was read: 412 when it was changed since.' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'Its `version` as an ETag, `"1"`.' })
  @ApiOkResponse({ type: CreditRule })
  setRule(
    @CurrentCaller() caller: Caller, @Param('kind') kind: string, @Headers('if-match') ifMatch: string | undefined, @Body() input: SetCreditRuleInput,
  ): Promise<CreditRule> {
    return this.watch.setRule(caller, kind, input, versionOf(ifMatch));
  }

  @Get('demands/:id/credit-band')
  @ApiOperation({ summary: 'Read how much the enterprise of a demand is credited in all', description: 'For the bank that accepted: a band over all banks, and nothing of any of them.' })
  @ApiOkResponse({ type: CreditBand })
  band(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<CreditBand> {
    return this.watch.band(caller, id);
  }
}
