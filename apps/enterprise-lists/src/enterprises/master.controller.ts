import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CodeException, CodeExceptionList } from './code-exception.entity.js';
import { CodeExceptionsService } from './code-exceptions.service.js';
import { Contradiction } from './contradiction.entity.js';
import { ContradictionsService } from './contradictions.service.js';
import { EnterpriseFile } from './enterprise-file.js';
import { EnterprisesService } from './enterprises.service.js';
import { AcceptCreditCodeInput, ContradictionQuery, ResolveContradictionInput, SetPrecedenceInput } from './master.inputs.js';
import { PrecedenceRules } from './precedence-rule.entity.js';
import { PrecedenceService } from './precedence.service.js';

@ApiTags('enterprises')
@Controller('v1')
export class MasterController {
  constructor(
    private readonly enterprises: EnterprisesService, private readonly contradictions: ContradictionsService,
    private readonly precedence: PrecedenceService, private readonly exceptions: CodeExceptionsService,
  ) {}

  @Get('enterprises/:id')
  @ApiOperation({ summary: 'Read the information file of an enterprise', description: 'What is known of it, who said what when, and what became of it. A department finds its own statements.' })
  @ApiOkResponse({ type: EnterpriseFile })
  file(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<EnterpriseFile> {
    return this.enterprises.file(caller, id);
  }

  @Get('contradictions')
  @ApiOperation({ summary: 'List contradictions', description: 'Fields that sources of one rank state differently; newest first, by page.' })
  @ApiOkResponse({ type: restPageOf(Contradiction, 'Contradiction') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: ContradictionQuery,
  ): Promise<{ items: Contradiction[]; nextCursor: string | null }> {
    return toRestPage(await this.contradictions.list(caller, query));
  }

  @Get('contradictions/:id')
  @ApiOperation({ summary: 'Read a contradiction' })
  @ApiOkResponse({ type: Contradiction })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Contradiction> {
    return this.contradictions.get(caller, id);
  }

  @Post('contradictions/:id/resolution')
  @HttpCode(200)
  @ApiOperation({ summary: 'Resolve a contradiction', description: 'The chosen source counts from now on, until the sources state other values. May be chosen again.' })
  @ApiOkResponse({ type: Contradiction })
  resolve(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ResolveContradictionInput): Promise<Contradiction> {
    return this.contradictions.resolve(caller, id, input);
  }

  @Get('precedence-rules')
  @ApiOperation({ summary: 'List rules of precedence', description: 'Whose word counts for which field.' })
  @ApiOkResponse({ type: PrecedenceRules })
  rules(@CurrentCaller() caller: Caller): Promise<PrecedenceRules> {
    return this.precedence.list(caller);
  }

  @Post('precedence-rules')
  @HttpCode(200)
  @ApiOperation({ summary: 'Set a rule of precedence', description: 'What is known of enterprises that several sources stated is worked out anew.' })
  @ApiOkResponse({ type: PrecedenceRules })
  setRule(@CurrentCaller() caller: Caller, @Body() input: SetPrecedenceInput): Promise<PrecedenceRules> {
    return this.precedence.set(caller, input);
  }

  @Get('code-exceptions')
  @ApiOperation({ summary: 'List accepted credit codes', description: 'Codes that lists may hold although their check character is wrong.' })
  @ApiOkResponse({ type: CodeExceptionList })
  codes(@CurrentCaller() caller: Caller): Promise<CodeExceptionList> {
    return this.exceptions.list(caller);
  }

  @Post('code-exceptions')
  @ApiOperation({ summary: 'Accept a credit code', description: 'Well formed but for its check character, and registered all the same. Rows that hold it are taken from now on.' })
  @ApiCreatedResponse({ type: CodeException })
  accept(@CurrentCaller() caller: Caller, @Body() input: AcceptCreditCodeInput): Promise<CodeException> {
    return this.exceptions.accept(caller, input);
  }

  @Post('code-exceptions/:code/revocation')
  @HttpCode(200)
  @ApiOperation({ summary: 'Accept a credit code no longer', description: 'What was imported under it stays.' })
  @ApiOkResponse({ type: CodeException })
  revoke(@CurrentCaller() caller: Caller, @Param('code') code: string): Promise<CodeException> {
    return this.exceptions.revoke(caller, code);
  }
}
