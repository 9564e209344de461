import { PageQuery } from '@finharbor/platform/http/page';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsEmail, IsEnum, IsOptional, IsString, IsUUID, Length, Matches, MaxLength, ValidateNested } from 'class-validator';
import { IsName } from '../organisations/organisation.inputs.js';
import { MessageChannel, MessageKind } from './message-kinds.js';

export class SubscriptionInput {
  @ApiProperty({ enum: MessageKind, enumName: 'MessageKind', description: 'What of; one that is meant for organisations of the kind.' })
  @IsEnum(MessageKind)
  kind: MessageKind;

  @ApiProperty({ enum: MessageChannel, enumName: 'MessageChannel', description: 'How; the recipient must have such an address.' })
  @IsEnum(MessageChannel)
  channel: MessageChannel;
}

/** What a recipient is told from now on: all of it, each time. */
export class SubscribeInput {
  @ApiProperty({ type: [SubscriptionInput], description: 'What the person is told, and how; empty for nothing.' })
  @IsArray() @ArrayMaxSize(50) @ValidateNested({ each: true }) @Type(() => SubscriptionInput)
  @ArrayUnique(({ kind, channel }: SubscriptionInput) => `${kind} ${channel}`)
  subscriptions: SubscriptionInput[];
}

/** Enters somebody who is to be told things. */
export class EnterRecipientInput extends SubscribeInput {
  @ApiPropertyOptional({ description: 'Somebody who works at a harbor, by the entry there; then neither name nor mobile is given.', format: 'uuid' })
  @IsOptional() @IsUUID()
  harborPersonId?: string;

  @ApiPropertyOptional({ description: 'Name of the person.', minLength: 2, maxLength: 60 })
  @IsOptional() @IsString() @Length(2, 60) @IsName()
  name?: string;

  @ApiPropertyOptional({ description: 'Mail address.', format: 'email', maxLength: 254 })
  @IsOptional() @MaxLength(254) @IsEmail({ allow_utf8_local_part: false })
  mail?: string;

  @ApiPropertyOptional({ description: 'Mobile number.', example: '13900000000' })
  @IsOptional() @IsString() @Matches(/^1[3-9]\d{9}$/, { message: 'mobile must be 11 digits, beginning with 13 to 19' })
  mobile?: string;
}

/** Ends or takes up a channel to a recipient. */
export class OptOutInput {
  @ApiProperty({ enum: MessageChannel, enumName: 'MessageChannel', description: 'The channel.' })
  @IsEnum(MessageChannel)
  channel: MessageChannel;
}

/** Which recipients. */
export class RecipientsQuery extends PageQuery {}
