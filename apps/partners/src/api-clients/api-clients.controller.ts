import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { PageQuery, restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiClient, ApiClientCredentials } from './api-client.entity.js';
import { CreateApiClientInput } from './api-client.inputs.js';
import { ApiClientsService } from './api-clients.service.js';

@ApiTags('api-clients')
@Controller('v1/api-clients')
export class ApiClientsController {
  constructor(private readonly clients: ApiClientsService) {}

  @Post()
  @ApiOperation({ summary: 'Make an API client', description: 'The answer holds the secret, this once.' })
  @ApiCreatedResponse({ type: ApiClientCredentials })
  create(@CurrentCaller() caller: Caller, @Body() input: CreateApiClientInput): Promise<ApiClientCredentials> {
    return this.clients.create(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List API clients', description: 'Newest first, by page, without secrets.' })
  @ApiOkResponse({ type: restPageOf(ApiClient, 'ApiClient') })
  async list(@CurrentCaller() caller: Caller, @Query() page: PageQuery): Promise<{ items: ApiClient[]; nextCursor: string | null }> {
    return toRestPage(await this.clients.list(caller, page));
  }

  @Post(':id/lock')
  @HttpCode(200)
  @ApiOperation({ summary: 'Lock an API client', description: 'It gets no more tokens; those that it holds run out within five minutes.' })
  @ApiOkResponse({ type: ApiClient })
  lock(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<ApiClient> {
    return this.clients.lock(caller, id);
  }
}
