import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { PageQuery, restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiClient, ApiClientCredentials, ClientKeyList } from './api-client.entity.js';
import { AddClientKeysInput, CreateApiClientInput, RemoveClientKeysInput } from './api-client.inputs.js';
import { ApiClientsService } from './api-clients.service.js';
import { ClientKeysService } from './client-keys.service.js';

@ApiTags('api-clients')
@Controller('v1/api-clients')
export class ApiClientsController {
  constructor(private readonly clients: ApiClientsService, private readonly keys: ClientKeysService) {}

  @Post()
  @ApiOperation({ summary: 'Make an API client', description: 'It authenticates with the keys whose public parts are given here. The answer of a sandbox client holds its secret, this once.' })
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
  @ApiOperation({ summary: 'Lock an API client', description: 'It gets no more tokens, and those that it holds are refused within a second. For good.' })
  @ApiOkResponse({ type: ApiClient })
  lock(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<ApiClient> {
    return this.clients.lock(caller, id);
  }

  @Get(':id/keys')
  @ApiOperation({ summary: 'List the keys of an API client', description: 'For administrators, and for the client itself.' })
  @ApiOkResponse({ type: ClientKeyList })
  listKeys(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<ClientKeyList> {
    return this.keys.list(caller, id);
  }

  @Post(':id/keys')
  @ApiOperation({
    summary: 'Add keys to an API client',
    description: 'For the system administrator, and for the client itself: it adds a key, signs with it, and removes the old one, without a pause.',
  })
  @ApiCreatedResponse({ type: ClientKeyList })
  addKeys(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: AddClientKeysInput): Promise<ClientKeyList> {
    return this.keys.add(caller, id, input);
  }

  @Post(':id/key-removals')
  @ApiOperation({
    summary: 'Remove keys from an API client',
    description: 'What they sign is refused at once; tokens that were had with them run out within five minutes. When a key was stolen, lock the client.',
  })
  @ApiCreatedResponse({ type: ClientKeyList })
  removeKeys(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: RemoveClientKeysInput): Promise<ClientKeyList> {
    return this.keys.remove(caller, id, input);
  }
}
