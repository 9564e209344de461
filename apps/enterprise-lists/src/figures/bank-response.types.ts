import { connectionOf, PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { Property } from '@finharbor/platform/subgraph/property';
import { isIsoDate } from '@finharbor/standards/dates';
import { ArgsType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID, ValidateBy } from 'class-validator';
import { ReasonCount, ResponseTime } from './bank-figures.types.js';

@ObjectType({ description: 'How a bank answered to the rows that came to it. A bank sees its own.' })
export class BankResponse {
  @Property(() => ID, { description: 'The bank.' }) bankId: string;
  @Property(() => Int, { description: 'Rows that came to it.' }) deliveredCount: number;

  @Property(() => ResponseTime, { description: 'From delivery to its acknowledgement.' })
  acknowledgementTime: ResponseTime;

  @Property(() => ResponseTime, { description: 'From delivery to its claim or first answer.' })
  answerTime: ResponseTime;

  @Property(() => [ReasonCount], { description: 'Why it turned rows down, most frequent first.' })
  rejectedByReason: ReasonCount[];
}

@ObjectType({ description: 'A page of banks with how they answered.' })
export class BankResponseConnection extends connectionOf(BankResponse, 'BankResponse') {}

const IsDay = (): PropertyDecorator => ValidateBy({
  name: 'day', validator: { validate: (value: unknown) => typeof value === 'string' && isIsoDate(value), defaultMessage: () => '$property must be a day, written like "2026-11-22"' },
});
const from = 'Only rows that came on this day (Asia/Shanghai) or after it.';
const to = 'Only rows that came on this day or before it.';

/** Which rows of which banks, for REST. */
export class BankResponseQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Only of this bank.' })
  @IsOptional() @IsUUID()
  bankId?: string;

  @ApiPropertyOptional({ format: 'date', description: from })
  @IsOptional() @IsDay()
  from?: string;

  @ApiPropertyOptional({ format: 'date', description: to })
  @IsOptional() @IsDay()
  to?: string;
}

/** Which rows of which banks, for GraphQL. */
@ArgsType()
export class BankResponseArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only of this bank.' })
  @IsOptional() @IsUUID()
  bankId?: string;

  @Field(() => String, { nullable: true, description: from })
  @IsOptional() @IsDay()
  from?: string;

  @Field(() => String, { nullable: true, description: to })
  @IsOptional() @IsDay()
  to?: string;
}
