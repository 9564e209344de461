import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsEnum, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { RoutingMode } from '../applications/application-states.js';
import { asBoolean, IsLine, IsPercent, IsYuan } from '../checks.js';

/** How an application goes on. */
export class RouteApplicationInput {
  @ApiProperty({ enum: RoutingMode, enumName: 'RoutingMode', description: 'MATCH_FIRST to banks chosen among the matches, DESIGNATED to one bank, OPEN_POOL to whichever accepts first.' })
  @IsEnum(RoutingMode)
  mode: RoutingMode;

  @ApiPropertyOptional({ description: 'With MATCH_FIRST: products among the matches, of one bank each.', type: [String], format: 'uuid' })
  @IsOptional() @IsArray() @ArrayUnique() @ArrayMaxSize(20) @IsUUID(undefined, { each: true })
  productIds?: string[];

  @ApiPropertyOptional({ description: 'With DESIGNATED: the bank; left out, the host bank whose harbor covers the area.', format: 'uuid' }) @IsOptional() @IsUUID()
  bankId?: string;

  @ApiPropertyOptional({ description: 'For the applicant: whether it agrees that, when it is refused or nobody accepts in time, the application goes on without asking again: to the next fitting bank, to the pool, by the supervisor.' })
  @IsOptional() @IsBoolean()
  onward?: boolean;

  @ApiPropertyOptional({ description: 'Takes it from the banks that have it now.' }) @IsOptional() @IsBoolean()
  instead?: boolean;
}

/** The product with which a bank takes an entry of the pool. */
export class TakePoolEntryInput {
  @ApiProperty({ description: 'A product of the bank that is on offer.', format: 'uuid' }) @IsUUID()
  productId: string;
}

const greenFirst = 'Those of the green channel (H-112) before all others; newest first among these and among the others.';

/** Which of the open pool, for REST. */
export class PoolQuery extends PageQuery {
  @ApiPropertyOptional({ description: greenFirst }) @IsOptional() @Transform(asBoolean) @IsBoolean()
  greenFirst?: boolean;
}

/** Which of the open pool, for GraphQL. */
@ArgsType()
export class PoolArgs extends PageArgs {
  @Field(() => Boolean, { nullable: true, description: greenFirst }) @IsOptional() @IsBoolean()
  greenFirst?: boolean;
}

/** Why a demand ends. */
export class EndDemandInput {
  @ApiProperty({ enum: ReasonCode, enumName: 'ReasonCode', description: 'A reason of the side that ends it: GET /v1/reason-codes.' }) @IsEnum(ReasonCode)
  reasonCode: ReasonCode;

  @ApiProperty({ description: 'The same in words, naming nobody.', minLength: 2, maxLength: 500 }) @IsLine(2, 500)
  reasonText: string;
}

/** Other terms than those asked for. */
export class CounterOfferInput {
  @ApiProperty({ description: 'In yuan.', example: '300000.00', format: 'decimal' }) @IsYuan()
  amount: string;

  @ApiProperty({ description: 'In months.', minimum: 1, maximum: 600 }) @IsInt() @Min(1) @Max(600)
  termMonths: number;

  @ApiPropertyOptional({ description: 'Percent a year.', example: '3.65', format: 'decimal' }) @IsOptional() @IsPercent()
  annualRate?: string;

  @ApiProperty({ description: 'Why, and under which conditions, naming nobody.', minLength: 2, maxLength: 500 }) @IsLine(2, 500)
  text: string;
}
