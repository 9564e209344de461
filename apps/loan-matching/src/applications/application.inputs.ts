import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsEnum, IsIn, IsObject, IsOptional, IsUUID, Matches } from 'class-validator';
import { asBoolean, IsInstantWithin, IsLine } from '../checks.js';
import { SubmitDemandInput } from '../demands/demand.inputs.js';
import { ApplicationSource, ApplicationState } from './application-states.js';
import { DocumentKind } from './documents.js';

/** What somebody who serves the applicant enters in its name and with its consent. Who that is comes from the token alone. */
export class TakeApplicationInput extends SubmitDemandInput {
  @ApiProperty({ description: 'The harbor that it comes to, for ever. The staff of a harbor takes it down for those that its bank hosts.', format: 'uuid' }) @IsUUID()
  harborId: string;

  @ApiPropertyOptional({ description: 'Where in the grid (街道/社区/园区/商圈/楼宇) it is taken down, on a visit (H-111).', minLength: 2, maxLength: 100 })
  @IsOptional() @IsLine(2, 100)
  gridPlace?: string;
}

/** So many days a harbor may have been offline. */
const oldestDays = 14;

/** An application of a batch. */
export class BatchItemInput extends TakeApplicationInput {
  @ApiProperty({ description: 'What the harbor calls it: the same is taken once, however often it is sent.', example: 'WZ-0001-20261122-007' })
  @Matches(/^[\w.:-]{1,64}$/, { message: '$property must be 1 to 64 letters, digits, or any of ._:-' })
  clientRef: string;

  @ApiPropertyOptional({
    description: `When it was taken down, and agreed to: at most ${oldestDays} days ago. Without it that was when it came in.`, format: 'date-time', example: '2026-11-20T09:30:00+08:00',
  })
  @IsOptional() @IsInstantWithin(oldestDays)
  takenAt?: string;
}

/** How many applications a batch has at most. */
export const batchLimit = 50;

/** What a harbor took down while it was offline. */
export class SendBatchInput {
  @ApiProperty({ description: 'Each is checked for itself: one that is refused holds up none.', type: [BatchItemInput], minItems: 1, maxItems: batchLimit })
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(batchLimit) @IsObject({ each: true })
  items: object[];
}

/** Why the enterprise takes its application back. */
export class WithdrawApplicationInput {
  @ApiProperty({ enum: ReasonCode, enumName: 'ReasonCode', description: 'One of the reasons that applicants give: see /v1/reason-codes.' }) @IsEnum(ReasonCode)
  reasonCode: ReasonCode;

  @ApiProperty({ description: 'Why, in words.', minLength: 2, maxLength: 500 }) @IsLine(2, 500)
  reasonText: string;
}

/** What a supervisor found out about an application that does not agree with the enterprise master. */
export class VerifyApplicationInput {
  @ApiProperty({ enum: ['VERIFIED', 'REFUSED'], description: 'VERIFIED: banks may have it. REFUSED: it is closed.' }) @IsIn(['VERIFIED', 'REFUSED'])
  outcome: 'VERIFIED' | 'REFUSED';

  @ApiProperty({ description: 'Why, in words for the enterprise.', minLength: 2, maxLength: 500 }) @IsLine(2, 500)
  reasonText: string;
}

/** Which documents the applicant has by now, all of them. */
export class StateDocumentsInput {
  @ApiProperty({ enum: DocumentKind, enumName: 'DocumentKind', isArray: true }) @IsArray() @ArrayUnique() @IsEnum(DocumentKind, { each: true })
  documents: DocumentKind[];
}

/** Which applications, for REST. */
export class ApplicationsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ApplicationState, enumName: 'ApplicationState' }) @IsOptional() @IsEnum(ApplicationState)
  state?: ApplicationState;

  @ApiPropertyOptional({ enum: ApplicationSource, enumName: 'ApplicationSource' }) @IsOptional() @IsEnum(ApplicationSource)
  source?: ApplicationSource;

  @ApiPropertyOptional({ description: 'Only those of the green channel, or only the others.' }) @IsOptional() @Transform(asBoolean) @IsBoolean()
  greenChannel?: boolean;
}

/** Which applications, for GraphQL. */
@ArgsType()
export class ApplicationsArgs extends PageArgs {
  @Field(() => ApplicationState, { nullable: true, description: 'Only applications in this state.' }) @IsOptional() @IsEnum(ApplicationState)
  state?: ApplicationState;

  @Field(() => ApplicationSource, { nullable: true, description: 'Only applications that came in so.' }) @IsOptional() @IsEnum(ApplicationSource)
  source?: ApplicationSource;

  @Field(() => Boolean, { nullable: true, description: 'Only those of the green channel, or only the others.' }) @IsOptional() @IsBoolean()
  greenChannel?: boolean;
}
