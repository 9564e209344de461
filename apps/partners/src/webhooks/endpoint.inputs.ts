import { publicEventTypes } from '@finharbor/contracts/public-events/public-events';
import { ApiPropertyOptional, ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsISO8601, IsInt, IsOptional, IsString, Length, Max, MaxLength, Min } from 'class-validator';
import { deliveryStates, type DeliveryState } from './webhook-delivery.entity.js';
import { type WebhookScheme, webhookSchemes } from './webhook-endpoint.entity.js';

const typesProperty = {
  isArray: true, enum: publicEventTypes, enumName: 'PublicEventType', description: 'The types of events that it gets; all, also those to come, when empty.',
};

/** Where an organisation wants to be told. */
export class CreateWebhookEndpointInput {
  @ApiProperty({ description: 'Where events are POSTed to: https, at a public address. In a sandbox also http and one’s own machine.', example: 'https://bank.example.cn/finharbor' })
  @IsString() @Length(1, 2_000)
  url: string;

  @ApiPropertyOptional({ description: 'What it is for, for people.', maxLength: 200 })
  @IsOptional() @IsString() @MaxLength(200)
  description?: string;

  @ApiPropertyOptional(typesProperty)
  @IsOptional() @IsArray() @ArrayMaxSize(100) @ArrayUnique() @IsIn(publicEventTypes, { each: true })
  types?: string[];

  @ApiPropertyOptional({ enum: webhookSchemes, enumName: 'WebhookScheme', default: 'ED25519', description: 'How deliveries are signed: by a key of ours, or with a shared secret.' })
  @IsOptional() @IsIn(webhookSchemes)
  scheme?: WebhookScheme;
}

/** What of an endpoint changes. */
export class UpdateWebhookEndpointInput {
  @ApiPropertyOptional({ description: 'Where events are POSTed to from now on. It is challenged first; if it fails nothing changes.' })
  @IsOptional() @IsString() @Length(1, 2_000)
  url?: string;

  @ApiPropertyOptional({ description: 'What it is for, for people.', maxLength: 200 })
  @IsOptional() @IsString() @MaxLength(200)
  description?: string;

  @ApiPropertyOptional(typesProperty)
  @IsOptional() @IsArray() @ArrayMaxSize(100) @ArrayUnique() @IsIn(publicEventTypes, { each: true })
  types?: string[];
}

/** Another key for an endpoint. */
export class RotateWebhookSecretInput {
  @ApiPropertyOptional({ minimum: 0, maximum: 168, default: 24, description: 'For how many hours deliveries bear the signatures of the earlier keys too.' })
  @IsOptional() @IsInt() @Min(0) @Max(168)
  overlapHours?: number;
}

/** An event to try an endpoint with. */
export class SendTestEventInput {
  @ApiPropertyOptional({ enum: publicEventTypes, enumName: 'PublicEventType', description: 'The example of this type is sent; `webhook.test` unless told. A test event has `test: true`.' })
  @IsOptional() @IsIn(publicEventTypes)
  type?: string;
}

/** Which events an endpoint is to be sent again. */
export class ReplayWebhooksInput {
  @ApiProperty({ format: 'date-time', description: 'Events of this time and later.' })
  @IsISO8601({ strict: true })
  from: string;

  @ApiProperty({ format: 'date-time', description: 'Events before this time.' })
  @IsISO8601({ strict: true })
  to: string;

  @ApiPropertyOptional({
    enum: deliveryStates, enumName: 'WebhookDeliveryState',
    description: 'Only events whose last delivery to it is in this state. All that it wants unless told, also those that were never on their way to it.',
  })
  @IsOptional() @IsIn(deliveryStates)
  state?: DeliveryState;
}
