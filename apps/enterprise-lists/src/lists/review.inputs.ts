import { SizeClass } from '@finharbor/contracts/vocabulary';
import { PageArgs } from '@finharbor/platform/http/page';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { ArgsType, Field, ID, InputType, Int } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsEnum, IsInt, IsOptional, IsString, IsUUID, Length, Matches, Max, Min, ValidateNested,
} from 'class-validator';
import { Criterion, EnterpriseKind, EnterpriseTag, WithdrawalSource } from '../vocabulary.js';

const maxIds = 500;
const maxRow = 2_000_000;
const days = /^\d{4}-\d{2}-\d{2}$/;
const oneLine = { message: '$property must be one line of text' };
// eslint-disable-next-line no-control-regex
const line = /^[^\u0000-\u001f]*$/;

/** Rows of a list by what is known of their enterprises, and by their place in the file. All conditions hold together. */
@InputType('ListEntryFilter', { description: 'Rows of a list by what is known of their enterprises and by their place in the file; all conditions hold together.' })
export class ListEntryFilterInput {
  @Field(() => [SizeClass], { nullable: true, description: 'One of these sizes.' })
  @ApiPropertyOptional({ enum: SizeClass, enumName: 'SizeClass', isArray: true, description: 'One of these sizes.' })
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(10) @IsEnum(SizeClass, { each: true })
  sizeClasses?: SizeClass[];

  @Field(() => [EnterpriseKind], { nullable: true, description: 'One of these kinds.' })
  @ApiPropertyOptional({ enum: EnterpriseKind, enumName: 'EnterpriseKind', isArray: true, description: 'One of these kinds.' })
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(20) @IsEnum(EnterpriseKind, { each: true })
  kinds?: EnterpriseKind[];

  @Field(() => [EnterpriseTag], { nullable: true, description: 'With one of these tags.' })
  @ApiPropertyOptional({ enum: EnterpriseTag, enumName: 'EnterpriseTag', isArray: true, description: 'With one of these tags.' })
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(40) @IsEnum(EnterpriseTag, { each: true })
  tags?: EnterpriseTag[];

  @Field(() => String, { nullable: true, description: 'Industries that begin so, GB/T 4754-2017: `C` or `C13`.' })
  @ApiPropertyOptional({ description: 'Industries that begin so, GB/T 4754-2017.', example: 'C13' })
  @IsOptional() @Matches(/^[A-T]\d{0,4}$/, { message: 'industry must be a section with up to four digits, like C13' })
  industry?: string;

  @Field(() => Int, { nullable: true, description: 'From this row of the file on.' })
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: maxRow, description: 'From this row of the file on.' })
  @IsOptional() @IsInt() @Min(1) @Max(maxRow)
  fromRow?: number;

  @Field(() => Int, { nullable: true, description: 'Up to this row of the file.' })
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: maxRow, description: 'Up to this row of the file.' })
  @IsOptional() @IsInt() @Min(1) @Max(maxRow)
  toRow?: number;
}

/** Which rows of a list: those that are named, those that the filter leaves, or all. */
@ArgsType()
export class ListEntriesArgs {
  @Field(() => ID, { description: 'Id of the list.' })
  @IsUUID()
  id: string;

  @Field(() => [ID], { nullable: true, description: 'These rows, at most 500.' })
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(maxIds) @IsUUID(undefined, { each: true })
  entryIds?: string[];

  @Field(() => ListEntryFilterInput, { nullable: true, description: 'Rows that it leaves. Without rows and filter all rows are meant.' })
  @IsOptional() @ValidateNested() @Type(() => ListEntryFilterInput)
  filter?: ListEntryFilterInput;

  @Field(() => Boolean, { nullable: true, defaultValue: false, description: 'Counts what would be done, and does nothing.' })
  @IsOptional() @IsBoolean()
  dryRun?: boolean;
}

/** Which rows of a list, in the body of a request. */
export class ListEntriesInput {
  @ApiPropertyOptional({ type: [String], format: 'uuid', maxItems: maxIds, description: 'These rows.' })
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(maxIds) @IsUUID(undefined, { each: true })
  entryIds?: string[];

  @ApiPropertyOptional({ type: ListEntryFilterInput, description: 'Rows that it leaves. Without rows and filter all rows are meant.' })
  @IsOptional() @ValidateNested() @Type(() => ListEntryFilterInput)
  filter?: ListEntryFilterInput;
}

/** What somebody vouches for, of each row that is meant. */
@InputType({ description: 'What somebody vouches for, of each row that is meant.' })
export class AssertionInput {
  @Field(() => [Criterion], { description: 'Criteria that it is about.' })
  @ApiProperty({ enum: Criterion, enumName: 'Criterion', isArray: true, minItems: 1, maxItems: 8, description: 'Criteria that it is about.' })
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(8) @IsEnum(Criterion, { each: true })
  criteria: Criterion[];

  @Field(() => Boolean, { description: 'Whether they are met.' })
  @ApiProperty({ description: 'Whether they are met.' })
  @IsBoolean()
  met: boolean;

  @Field(() => String, { description: 'By what that is known (佐证), naming nobody: 2 to 500 characters.' })
  @ApiProperty({ minLength: 2, maxLength: 500, description: 'By what that is known (佐证), naming nobody.', example: '税务登记与上年度完税证明' })
  @IsString() @Length(2, 500) @Matches(line, oneLine) @Matches(/\S.*\S/, { message: 'evidence must say something' })
  evidence: string;

  @Field(() => String, { nullable: true, description: 'Office that vouches for it, naming nobody; the own organisation when left out.' })
  @ApiPropertyOptional({ minLength: 2, maxLength: 60, description: 'Office that vouches for it, naming nobody; the own organisation when left out.' })
  @IsOptional() @IsString() @Length(2, 60) @Matches(line, oneLine) @Matches(/\S.*\S/, { message: 'author must say something' })
  author?: string;

  @Field(() => LocalDate, { nullable: true, description: 'Day of it, not in the future; today when left out.' })
  @ApiPropertyOptional({ type: String, format: 'date', description: 'Day of it, not in the future; today when left out.' })
  @IsOptional() @Matches(days, { message: 'assertedOn must be a day like 2026-11-22' })
  assertedOn?: string;
}

/** Enters assertions on rows of a list, for REST. */
export class AssertCriteriaInput extends ListEntriesInput {
  @ApiProperty({ type: [AssertionInput], minItems: 1, maxItems: 8, description: 'No criterion twice.' })
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(8) @ValidateNested({ each: true }) @Type(() => AssertionInput)
  assertions: AssertionInput[];

  @ApiPropertyOptional({ default: false, description: 'Counts what would be done, and does nothing.' })
  @IsOptional() @IsBoolean()
  dryRun?: boolean;
}

/** Enters assertions on rows of a list. */
@ArgsType()
export class AssertCriteriaArgs extends ListEntriesArgs {
  @Field(() => [AssertionInput], { description: 'At most 8, no criterion twice.' })
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(8) @ValidateNested({ each: true }) @Type(() => AssertionInput)
  assertions: AssertionInput[];
}

/** Returns rows of a list. */
@ArgsType()
export class ReturnListEntriesArgs extends ListEntriesArgs {
  @Field(() => String, { description: 'Why they are not recommended; the department reads it. 2 to 500 characters, naming nobody.' })
  @IsString() @Length(2, 500)
  reason: string;
}

/** Withdraws a list or rows of it, for REST. */
export class WithdrawListInput {
  @ApiProperty({ minLength: 2, maxLength: 500, description: 'Why, naming nobody.', example: '企业已注销' })
  @IsString() @Length(2, 500) @Matches(line, oneLine)
  reason: string;

  @ApiPropertyOptional({ enum: WithdrawalSource, enumName: 'WithdrawalSource', default: WithdrawalSource.DEPARTMENT, description: 'On whose word.' })
  @IsOptional() @IsEnum(WithdrawalSource)
  source?: WithdrawalSource;

  @ApiPropertyOptional({ type: [String], format: 'uuid', maxItems: maxIds, description: 'These rows; the whole list when left out.' })
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(maxIds) @IsUUID(undefined, { each: true })
  entryIds?: string[];
}

/** Withdraws a list or rows of it. */
@ArgsType()
export class WithdrawPushListArgs {
  @Field(() => ID, { description: 'Id of the list.' })
  @IsUUID()
  id: string;

  @Field(() => String, { description: 'Why, naming nobody: 2 to 500 characters.' })
  @IsString() @Length(2, 500) @Matches(line, oneLine)
  reason: string;

  @Field(() => WithdrawalSource, { nullable: true, description: 'On whose word; the department’s when left out.' })
  @IsOptional() @IsEnum(WithdrawalSource)
  source?: WithdrawalSource;

  @Field(() => [ID], { nullable: true, description: 'These rows, at most 500; the whole list when left out.' })
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(maxIds) @IsUUID(undefined, { each: true })
  entryIds?: string[];
}

/** Which rows that may not be recommended yet, for GraphQL. */
@ArgsType()
export class GapArgs extends PageArgs {
  @Field(() => ListEntryFilterInput, { nullable: true, description: 'Only rows that it leaves.' })
  @IsOptional() @ValidateNested() @Type(() => ListEntryFilterInput)
  filter?: ListEntryFilterInput;
}
