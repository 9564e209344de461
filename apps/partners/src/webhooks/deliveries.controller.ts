import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DeliveriesService } from './deliveries.service.js';
import { WebhookDeliveriesQuery } from './delivery.inputs.js';
import { WebhookDelivery, WebhookDeliveryDetail } from './webhook-delivery.entity.js';

@ApiTags('webhooks')
@Controller('v1/webhook-deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get()
  @ApiOperation({ summary: 'List deliveries', description: 'To the endpoints of the caller’s organisation, newest first, by page; kept for 90 days.' })
  @ApiOkResponse({ type: restPageOf(WebhookDelivery, 'WebhookDelivery') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: WebhookDeliveriesQuery,
  ): Promise<{ items: WebhookDelivery[]; nextCursor: string | null }> {
    return toRestPage(await this.deliveries.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a delivery', description: 'With its attempts, and what the endpoint answered.' })
  @ApiOkResponse({ type: WebhookDeliveryDetail })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<WebhookDeliveryDetail> {
    return this.deliveries.get(caller, id);
  }

  @Post(':id/replay')
  @ApiOperation({ summary: 'Send the event of a delivery again', description: 'With the same `webhook-id`, as a delivery of its own.' })
  @ApiCreatedResponse({ type: WebhookDelivery })
  replay(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<WebhookDelivery> {
    return this.deliveries.replay(caller, id);
  }
}
