import { ConsentRecordKind } from '@finharbor/contracts/vocabulary';
import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsISO8601, IsOptional, IsString, IsUUID, Matches } from 'class-validator';
import { ConsentDisclosure, ConsentPurpose } from './consent.entity.js';

/** Records what a business agreed to before harbor staff: a disclosure to their own bank. */
export class RecordConsentInput {
  @ApiProperty({ enum: ConsentRecordKind, enumName: 'ConsentRecordKind', description: 'What kind of record it is about.' })
  @IsEnum(ConsentRecordKind)
  recordKind: ConsentRecordKind;

  @ApiProperty({ description: 'The record.', format: 'uuid' })
  @IsUUID()
  recordId: string;

  @ApiProperty({ enum: ConsentPurpose, enumName: 'ConsentPurpose', description: 'What for.' })
  @IsEnum(ConsentPurpose)
  purpose: ConsentPurpose;

  @ApiProperty({ enum: ConsentDisclosure, enumName: 'ConsentDisclosure', description: 'What is disclosed.' })
  @IsEnum(ConsentDisclosure)
  disclosure: ConsentDisclosure;

  @ApiProperty({ description: 'Version of the text that the business signed.', example: 'credit-report-2026-1' })
  @IsString() @Matches(/^[a-z0-9-]{1,60}$/, { message: 'textVersion must be up to 60 small letters, digits and hyphens' })
  textVersion: string;

  @ApiPropertyOptional({ description: 'Until when it holds; until it is withdrawn unless told.', format: 'date-time' })
  @IsOptional() @IsISO8601({ strict: true })
  validUntil?: string;
}

/** Which consents, for REST. */
export class ConsentsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'About this record alone.', format: 'uuid' })
  @IsOptional() @IsUUID()
  recordId?: string;
}

/** Which consents, for GraphQL. */
@ArgsType()
export class ConsentsArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'About this record alone.' })
  @IsOptional() @IsUUID()
  recordId?: string;
}
