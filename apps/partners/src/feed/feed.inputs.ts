import { publicEventTypes } from '@finharbor/contracts/public-events/public-events';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const most = 500;
const longestWait = 30;

/** Which part of the change feed. */
export class FeedQuery {
  @ApiPropertyOptional({ description: '`nextCursor` of the page before. The oldest events that are kept come first unless told; `latest` begins with what comes from now on.' })
  @IsOptional() @IsString() @MaxLength(500)
  after?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: most, default: 100, description: 'Events to a page.' })
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(most)
  limit: number = 100;

  @ApiPropertyOptional({ minimum: 0, maximum: longestWait, default: 0, description: 'How many seconds to wait for an event where there is none yet.' })
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(longestWait)
  wait: number = 0;

  @ApiPropertyOptional({ type: String, description: 'Types of `/v1/event-types`, separated by commas; all unless told.', example: 'demand.chosen,consent.withdrawn' })
  @IsOptional() @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @IsIn(publicEventTypes, { each: true })
  types?: string[];
}

/** What an organisation is told, the same in a webhook and in the change feed: a CloudEvent 1.0 in structured JSON. */
export class PublicEvent {
  @ApiProperty({ enum: ['1.0'], description: 'Version of CloudEvents.' })
  specversion: string;

  @ApiProperty({ format: 'uuid', description: 'The same for ever, whatever way and however often it comes; also `webhook-id`.' })
  id: string;

  @ApiProperty({ format: 'uri', description: 'Which installation tells.' })
  source: string;

  @ApiProperty({ description: '`cn.finharbor.<type>.v1`.', example: 'cn.finharbor.demand.chosen.v1' })
  type: string;

  @ApiProperty({ description: 'The record, as `kind/id`.', example: 'demand/0197c0de-0000-7000-8000-000000000001' })
  subject: string;

  @ApiProperty({ format: 'date-time', description: 'When it happened.' })
  time: string;

  @ApiProperty({ enum: ['application/json'] })
  datacontenttype: string;

  @ApiProperty({ description: 'Version of the record: of two events of one subject the higher is the later.', example: '2' })
  sequence: string;

  @ApiProperty({ format: 'uuid', description: 'The organisation that is told.' })
  recipient: string;

  @ApiProperty({ type: Object, description: 'What became true, and where to fetch the rest. See `/v1/event-types`.' })
  data: object;
}

/** A page of the change feed. */
export class PublicEventPage {
  @ApiProperty({ type: [PublicEvent], description: 'The events, the oldest first.' })
  items: PublicEvent[];

  @ApiProperty({ description: 'Where to go on, always: also behind the last event that there is.' })
  nextCursor: string;
}

/** A type of events that organisations are told. */
export class EventType {
  @ApiProperty({ description: 'What filters call it.', example: 'demand.chosen' })
  type: string;

  @ApiProperty({ description: 'What its events call it.', example: 'cn.finharbor.demand.chosen.v1' })
  cloudEventType: string;

  @ApiProperty({ description: 'What became true.' })
  description: string;

  @ApiProperty({ type: Object, description: 'The JSON Schema of its data.' })
  schema: object;

  @ApiProperty({ type: Object, description: 'Data of an event as they might be.' })
  example: object;
}

export class EventTypeList {
  @ApiProperty({ type: [EventType] })
  items: EventType[];
}
