import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Delete, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { WebhookReplay } from './delivery.inputs.js';
import { ReplayWebhooksInput, RotateWebhookSecretInput, SendTestEventInput } from './endpoint.inputs.js';
import { SendsService } from './sends.service.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { NewWebhookEndpoint } from './webhook-endpoint.entity.js';
import { WebhookSecretsService } from './webhook-secrets.service.js';

/** What an endpoint is sent on request, and the keys with which it is signed. */
@ApiTags('webhooks')
@Controller('v1/webhook-endpoints/:id')
export class SendsController {
  constructor(private readonly sends: SendsService, private readonly secrets: WebhookSecretsService) {}

  @Post('test-events')
  @ApiOperation({ summary: 'Send a test event', description: 'The answer is its delivery: read it to see what the endpoint answered. No feed has it.' })
  @ApiCreatedResponse({ type: WebhookDelivery })
  test(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: SendTestEventInput): Promise<WebhookDelivery> {
    return this.sends.test(caller, id, input);
  }

  @Post('replays')
  @ApiOperation({
    summary: 'Send the events of a window again',
    description: 'With the same ids. Up to 10,000 events, the oldest first; `continueFrom` where there are more.',
  })
  @ApiCreatedResponse({ type: WebhookReplay })
  replay(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ReplayWebhooksInput): Promise<WebhookReplay> {
    return this.sends.replay(caller, id, input);
  }

  @Post('secrets')
  @ApiOperation({
    summary: 'Rotate the key of a webhook endpoint',
    description: 'The new key signs at once; the earlier ones sign too until they run out, so that the receiver changes over in between.',
  })
  @ApiCreatedResponse({ type: NewWebhookEndpoint })
  rotate(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: RotateWebhookSecretInput): Promise<NewWebhookEndpoint> {
    return this.secrets.rotate(caller, id, input);
  }

  @Delete('secrets/:secretId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Let an earlier key run out at once', description: 'It signs no more.' })
  @ApiNoContentResponse()
  expire(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Param('secretId', ParseUUIDPipe) secretId: string): Promise<void> {
    return this.secrets.expire(caller, id, secretId);
  }
}
