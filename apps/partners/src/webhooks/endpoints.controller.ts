import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { etagOf, versionOf } from '@finharbor/contracts/etag';
import { PageQuery, restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Delete, Get, Headers, HttpCode, Param, ParseUUIDPipe, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CreateWebhookEndpointInput, UpdateWebhookEndpointInput } from './endpoint.inputs.js';
import { EndpointsService } from './endpoints.service.js';
import { NewWebhookEndpoint, WebhookEndpoint } from './webhook-endpoint.entity.js';

@ApiTags('webhooks')
@Controller('v1/webhook-endpoints')
export class EndpointsController {
  constructor(private readonly endpoints: EndpointsService) {}

  @Post()
  @ApiOperation({
    summary: 'Make a webhook endpoint',
    description: 'It is challenged at once: `webhook.challenge` is POSTed to it, and the answer must be a 2xx with exactly `data.challenge` as its body. '
      + 'Then it is ACTIVE, else PENDING, and `stateReason` says what was wrong. An HMAC secret is shown this once. docs/webhooks.md says how to verify.',
  })
  @ApiCreatedResponse({ type: NewWebhookEndpoint })
  create(@CurrentCaller() caller: Caller, @Body() input: CreateWebhookEndpointInput): Promise<NewWebhookEndpoint> {
    return this.endpoints.create(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List webhook endpoints', description: 'Of the caller’s organisation, newest first, by page.' })
  @ApiOkResponse({ type: restPageOf(WebhookEndpoint, 'WebhookEndpoint') })
  async list(@CurrentCaller() caller: Caller, @Query() page: PageQuery): Promise<{ items: WebhookEndpoint[]; nextCursor: string | null }> {
    return toRestPage(await this.endpoints.list(caller, page));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a webhook endpoint', description: 'With the ETag that a change asks for.' })
  @ApiOkResponse({ type: WebhookEndpoint })
  async get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<WebhookEndpoint> {
    const endpoint = await this.endpoints.get(caller, id);
    void reply.header('etag', etagOf(endpoint));
    return endpoint;
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change a webhook endpoint',
    description: 'As it was read: 412 when it was changed since. Another url is challenged first, and nothing changes when it fails.',
  })
  @ApiHeader({ name: 'If-Match', required: true, description: 'The ETag of the endpoint.' })
  @ApiOkResponse({ type: WebhookEndpoint })
  async update(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Headers('if-match') ifMatch: string | undefined,
    @Body() input: UpdateWebhookEndpointInput, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookEndpoint> {
    const endpoint = await this.endpoints.update(caller, id, versionOf(ifMatch), input);
    void reply.header('etag', etagOf(endpoint));
    return endpoint;
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a webhook endpoint', description: 'What was still to be sent to it is cancelled. Its deliveries can be read on.' })
  @ApiNoContentResponse()
  remove(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.endpoints.remove(caller, id);
  }

  @Post(':id/challenge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Challenge a webhook endpoint again', description: 'One that is PENDING or DISABLED. When it passes it is ACTIVE.' })
  @ApiOkResponse({ type: WebhookEndpoint })
  challenge(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<WebhookEndpoint> {
    return this.endpoints.challenge(caller, id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pause a webhook endpoint', description: 'ACTIVE → PAUSED. Its events wait, for as long as they are kept.' })
  @ApiOkResponse({ type: WebhookEndpoint })
  pause(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<WebhookEndpoint> {
    return this.endpoints.pause(caller, id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Resume a webhook endpoint', description: 'PAUSED → ACTIVE. What waited is sent.' })
  @ApiOkResponse({ type: WebhookEndpoint })
  resume(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<WebhookEndpoint> {
    return this.endpoints.resume(caller, id);
  }
}
