import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { etagOf, versionOf } from '@finharbor/contracts/etag';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Headers, Param, ParseUUIDPipe, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CultivationCategory, CultivationEntry } from './cultivation-entry.js';
import { ConfigureCategoryInput, CultivationQuery, RecordCultivationInput } from './cultivation.inputs.js';
import { CultivationLedgerService } from './cultivation-ledger.service.js';
import { CultivationWorkService } from './cultivation-work.service.js';

@ApiTags('cultivation')
@Controller('v1')
export class CultivationController {
  constructor(private readonly ledger: CultivationLedgerService, private readonly work: CultivationWorkService) {}

  @Get('cultivation-entries')
  @ApiOperation({ summary: 'Read the cultivation ledger', description: 'Newest first, by page, today’s or as of a day. A department reads what it is responsible for.' })
  @ApiOkResponse({ type: restPageOf(CultivationEntry, 'CultivationEntry') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: CultivationQuery,
  ): Promise<{ items: CultivationEntry[]; nextCursor: string | null }> {
    return toRestPage(await this.ledger.list(caller, query));
  }

  @Get('cultivation-entries/:id')
  @ApiOperation({ summary: 'Read an entry of the cultivation ledger', description: 'With the ETag that a change asks for.' })
  @ApiOkResponse({ type: CultivationEntry })
  async get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<CultivationEntry> {
    return tagged(reply, await this.ledger.get(caller, id));
  }

  @Patch('cultivation-entries/:id')
  @ApiOperation({ summary: 'Record a measure or a result', description: 'For the department that is responsible and for supervisors: 412 when it was changed since it was read.' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'The ETag of the entry.' })
  @ApiOkResponse({ type: CultivationEntry })
  async record(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Headers('if-match') ifMatch: string | undefined,
    @Body() input: RecordCultivationInput, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CultivationEntry> {
    return tagged(reply, await this.work.record(caller, id, input, versionOf(ifMatch)));
  }

  @Post('cultivation-entries/:id/re-recommendation')
  @ApiOperation({ summary: 'Have a repaired enterprise recommended again', description: 'REPAIRED → RE_RECOMMENDED: its row goes back to its list.' })
  @ApiCreatedResponse({ type: CultivationEntry })
  reRecommend(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<CultivationEntry> {
    return this.work.reRecommend(caller, id);
  }

  @Get('cultivation-categories')
  @ApiOperation({ summary: 'Read what can be mended', description: 'Each kind of problem with its measure and who is responsible.' })
  @ApiOkResponse({ type: [CultivationCategory] })
  categories(@CurrentCaller() caller: Caller): Promise<CultivationCategory[]> {
    return this.ledger.categories(caller);
  }

  @Patch('cultivation-categories/:code')
  @ApiOperation({ summary: 'Set what is proposed for a kind of problem, and who is responsible', description: 'As it was read: 412 when it was changed since.' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'Its `version` as an ETag, `"1"`.' })
  @ApiOkResponse({ type: CultivationCategory })
  async configure(
    @CurrentCaller() caller: Caller, @Param('code') code: string, @Headers('if-match') ifMatch: string | undefined,
    @Body() input: ConfigureCategoryInput, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CultivationCategory> {
    return tagged(reply, await this.work.configure(caller, code, input, versionOf(ifMatch)));
  }
}

function tagged<T extends { version: number }>(reply: FastifyReply, record: T): T {
  void reply.header('etag', etagOf(record));
  return record;
}
