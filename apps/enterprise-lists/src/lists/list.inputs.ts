import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { ListEntryState, PushListState } from '../vocabulary.js';

const periods = /^20\d{2}(-(Q[1-4]|H[12]|0[1-9]|1[0-2]))?$/;
const periodMessage = { message: '$property must be written like 2026, 2026-H2, 2026-Q4 or 2026-11' };

/** A period of lists: a year, half, quarter or month. */
export const IsPeriod = (): PropertyDecorator => Matches(periods, periodMessage);

/** What a department says about the list that it uploads. */
export class SubmitPushListQuery {
  @ApiProperty({ description: 'Title of the list.', example: '2026年四季度重点企业名单', minLength: 2, maxLength: 120 })
  @IsString() @Length(2, 120)
  // eslint-disable-next-line no-control-regex
  @Matches(/^[^\u0000-\u001f]*$/, { message: 'title must be one line of text' })
  title: string;

  @ApiProperty({ description: 'Period it is for: a year, half, quarter or month.', example: '2026-Q4' })
  @IsPeriod()
  period: string;
}

/** Which push lists, for REST. */
export class PushListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: PushListState, enumName: 'PushListState', description: 'Only lists in this state.' })
  @IsOptional() @IsEnum(PushListState)
  state?: PushListState;

  @ApiPropertyOptional({ description: 'Only lists for this period.', example: '2026-Q4' })
  @IsOptional() @IsPeriod()
  period?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only lists of this department.' })
  @IsOptional() @IsUUID()
  departmentId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only revisions of the series of this list: of the same department, with the same title, for the same period.' })
  @IsOptional() @IsUUID()
  seriesOf?: string;
}

/** Which push lists, for GraphQL. */
@ArgsType()
export class PushListArgs extends PageArgs {
  @Field(() => PushListState, { nullable: true, description: 'Only lists in this state.' })
  @IsOptional() @IsEnum(PushListState)
  state?: PushListState;

  @Field(() => String, { nullable: true, description: 'Only lists for this period, like 2026-Q4.' })
  @IsOptional() @IsPeriod()
  period?: string;

  @Field(() => ID, { nullable: true, description: 'Only lists of this department.' })
  @IsOptional() @IsUUID()
  departmentId?: string;

  @Field(() => ID, { nullable: true, description: 'Only revisions of the series of this list: of the same department, with the same title, for the same period.' })
  @IsOptional() @IsUUID()
  seriesOf?: string;
}

/** Which rows of a list, for GraphQL. */
@ArgsType()
export class ListEntryPageArgs extends PageArgs {
  @Field(() => ListEntryState, { nullable: true, description: 'Only rows in this state.' })
  @IsOptional() @IsEnum(ListEntryState)
  state?: ListEntryState;
}

/** Which rows of a list, for REST. */
export class ListEntryQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ListEntryState, enumName: 'ListEntryState', description: 'Only rows in this state.' })
  @IsOptional() @IsEnum(ListEntryState)
  state?: ListEntryState;
}

/** Names a list. */
@ArgsType()
export class PushListIdArgs {
  @Field(() => ID, { description: 'Id of the list.' })
  @IsUUID()
  id: string;
}

/** Returns a list to its department. */
@ArgsType()
export class ReturnPushListArgs extends PushListIdArgs {
  @Field(() => String, { description: 'Why it is returned; the department reads it. 2 to 500 characters, naming nobody.' })
  @IsString() @Length(2, 500)
  reason: string;
}
