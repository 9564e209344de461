import { publicEventTypes } from '@finharbor/contracts/public-events/public-events';
import { PageQuery } from '@finharbor/platform/http/page';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsOptional, IsUUID } from 'class-validator';
import { type DeliveryState, deliveryStates } from './webhook-delivery.entity.js';

/** Which deliveries. */
export class WebhookDeliveriesQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'To this endpoint.' })
  @IsOptional() @IsUUID()
  endpointId?: string;

  @ApiPropertyOptional({ enum: deliveryStates, enumName: 'WebhookDeliveryState', description: 'In this state.' })
  @IsOptional() @IsIn(deliveryStates)
  state?: DeliveryState;

  @ApiPropertyOptional({ description: 'Of this type.', example: 'demand.chosen' })
  @IsOptional() @IsIn([...publicEventTypes, 'webhook.test'])
  type?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Of this event: its `webhook-id`.' })
  @IsOptional() @IsUUID()
  eventId?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Made then or later.' })
  @IsOptional() @IsISO8601({ strict: true })
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Made before.' })
  @IsOptional() @IsISO8601({ strict: true })
  to?: string;
}

/** What a replay of a window did. */
export class WebhookReplay {
  @ApiProperty({ type: 'integer', description: 'How many events will be sent again. Those that wait to be delivered anyway are not among them.' })
  count: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: '`from` of the next replay, where there were more than one takes on; null when this was all.' })
  continueFrom: Date | null;
}
