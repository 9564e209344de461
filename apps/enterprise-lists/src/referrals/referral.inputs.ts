import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { Property } from '@finharbor/platform/subgraph/property';
import { ArgsType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsEnum, IsOptional, IsString, IsUUID, Length, ValidateNested } from 'class-validator';
import { ReferralOutcome, ReferralState } from '../vocabulary.js';

const maxBatch = 500;

/** Which referrals, for REST. */
export class ReferralQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ReferralState, enumName: 'ReferralState', description: 'Only referrals in this state.' })
  @IsOptional() @IsEnum(ReferralState)
  state?: ReferralState;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only referrals of this dispatch.' })
  @IsOptional() @IsUUID()
  dispatchId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only referrals that this recall withdrew.' })
  @IsOptional() @IsUUID()
  recallId?: string;
}

/** Which referrals, for GraphQL. */
@ArgsType()
export class ReferralArgs extends PageArgs {
  @Field(() => ReferralState, { nullable: true, description: 'Only referrals in this state.' })
  @IsOptional() @IsEnum(ReferralState)
  state?: ReferralState;

  @Field(() => ID, { nullable: true, description: 'Only referrals of this dispatch.' })
  @IsOptional() @IsUUID()
  dispatchId?: string;

  @Field(() => ID, { nullable: true, description: 'Only referrals that this recall withdrew.' })
  @IsOptional() @IsUUID()
  recallId?: string;
}

/** Acknowledges referrals: all of them or none. */
export class AcknowledgeReferralsInput {
  @ApiProperty({ type: [String], format: 'uuid', description: 'Referrals that are DELIVERED.', minItems: 1, maxItems: maxBatch })
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(maxBatch) @IsUUID(undefined, { each: true })
  referralIds: string[];
}

/** What a bank answers to one referral. */
export class ReferralAnswerInput {
  @ApiProperty({ format: 'uuid', description: 'A referral that is ACKNOWLEDGED, or CLAIMED and now ends otherwise.' })
  @IsUUID()
  referralId: string;

  @ApiProperty({ enum: ReferralOutcome, enumName: 'ReferralOutcome', description: 'CLAIMED: the bank takes it on and learns who it is.' })
  @IsEnum(ReferralOutcome)
  outcome: ReferralOutcome;

  @ApiPropertyOptional({ enum: ReasonCode, enumName: 'ReasonCode', description: 'Why; needed with every outcome but CLAIMED, refused with that.' })
  @IsOptional() @IsEnum(ReasonCode)
  reasonCode?: ReasonCode;

  @ApiPropertyOptional({ description: 'The same in words, naming nobody; needed like reasonCode.', minLength: 2, maxLength: 500 })
  @IsOptional() @IsString() @Length(2, 500)
  reasonText?: string;
}

/** Answers referrals: all of them or none. */
export class AnswerReferralsInput {
  @ApiProperty({ type: [ReferralAnswerInput], minItems: 1, maxItems: maxBatch })
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(maxBatch) @ValidateNested({ each: true }) @Type(() => ReferralAnswerInput)
  answers: ReferralAnswerInput[];
}

@ObjectType({ description: 'What a batch did.' })
export class ReferralBatch {
  @Property(() => Int, { description: 'Referrals that changed: all that were named.' })
  count: number;
}
