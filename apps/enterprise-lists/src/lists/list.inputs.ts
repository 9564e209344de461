import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsEnum, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { Channel, PushListState } from '../vocabulary.js';

/** What a department says about the list that it uploads. */
export class SubmitPushListQuery {
  @ApiProperty({ description: 'Title of the list.', example: '2026年四季度重点企业名单', minLength: 2, maxLength: 120 })
  @IsString() @Length(2, 120)
  // eslint-disable-next-line no-control-regex
  @Matches(/^[^\u0000-\u001f]*$/, { message: 'title must be one line of text' })
  title: string;

  @ApiProperty({ description: 'Period it is for: a year, half, quarter or month.', example: '2026-Q4' })
  @Matches(/^20\d{2}(-(Q[1-4]|H[12]|0[1-9]|1[0-2]))?$/, { message: 'period must be written like 2026, 2026-H2, 2026-Q4 or 2026-11' })
  period: string;
}

/** Which push lists, for REST. */
export class PushListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: PushListState, enumName: 'PushListState', description: 'Only lists in this state.' })
  @IsOptional() @IsEnum(PushListState)
  state?: PushListState;
}

/** Which push lists, for GraphQL. */
@ArgsType()
export class PushListArgs extends PageArgs {
  @Field(() => PushListState, { nullable: true, description: 'Only lists in this state.' })
  @IsOptional() @IsEnum(PushListState)
  state?: PushListState;
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

/** Sends an approved list to banks. */
@ArgsType()
export class DispatchPushListArgs extends PushListIdArgs {
  @Field(() => Channel, { description: 'The system it goes through.' })
  @IsEnum(Channel)
  channel: Channel;

  @Field(() => [ID], { nullable: true, description: 'The banks; all banks of the programme when left out.' })
  @IsOptional() @IsUUID(undefined, { each: true }) @ArrayMinSize(1) @ArrayMaxSize(500)
  bankIds?: string[];
}
