import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsEnum, IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { IssueChannel, IssueNature, IssueState } from './issue.vocabulary.js';

const phone = /^(1\d{10}|0\d{2,3}-?\d{7,8})$/;

/** Registers a financing issue at a harbor. */
export class RegisterIssueInput {
  @ApiProperty({ description: 'The harbor. Its host bank must answer.', format: 'uuid' })
  @IsUUID()
  harborId: string;

  @ApiProperty({ enum: IssueNature, description: 'What kind of difficulty it is: 痛点, 堵点 or 盲点.' })
  @IsEnum(IssueNature)
  nature: IssueNature;

  @ApiProperty({ enum: IssueChannel, description: 'How it reached the harbor.' })
  @IsEnum(IssueChannel)
  channel: IssueChannel;

  @ApiProperty({ description: 'What it is about, without names of people.', example: '续贷手续太久', minLength: 2, maxLength: 100 })
  @IsString() @Length(2, 100)
  title: string;

  @ApiProperty({ description: 'The difficulty.', minLength: 2, maxLength: 4000 })
  @IsString() @Length(2, 4000)
  text: string;

  @ApiProperty({ description: 'Who registers it. Kept encrypted, shown masked.', example: '陈丽', minLength: 2, maxLength: 50 })
  @IsString() @Length(2, 50)
  registrantName: string;

  @ApiProperty({ description: 'Mobile or landline. Kept encrypted, shown masked.', example: '13800000000' })
  @Matches(phone, { message: 'registrantPhone must be a mobile number, or a landline with its area code' })
  registrantPhone: string;
}

/** Replies to an issue. */
export class ReplyInput {
  @ApiProperty({ description: 'The reply.', minLength: 2, maxLength: 4000 })
  @IsString() @Length(2, 4000)
  text: string;
}

/** Says whether the reply settles the issue. */
export class ConfirmationInput {
  @ApiProperty({ description: 'Closes the issue when true, reopens it when false.' })
  @IsBoolean()
  satisfied: boolean;

  @ApiPropertyOptional({ description: 'A comment on the reply.', maxLength: 2000 })
  @IsOptional() @IsString() @MaxLength(2000)
  comment?: string;
}

/** Which issues, for REST. */
export class IssueQuery extends PageQuery {
  @ApiPropertyOptional({ enum: IssueState, description: 'Only issues in this state.' })
  @IsOptional() @IsEnum(IssueState)
  state?: IssueState;
}

/** Which issues, for GraphQL. */
@ArgsType()
export class IssueArgs extends PageArgs {
  @Field(() => IssueState, { nullable: true, description: 'Only issues in this state.' })
  @IsOptional() @IsEnum(IssueState)
  state?: IssueState;
}
