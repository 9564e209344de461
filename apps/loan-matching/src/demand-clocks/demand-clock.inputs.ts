import { ClockKind } from '@finharbor/contracts/clocks';
import { ClockState } from '@finharbor/platform/clocks/clock';
import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsOptional, IsUUID } from 'class-validator';

/** Which clocks, for REST. */
export class DemandClockQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ClockState, enumName: 'ClockState', description: 'Only clocks in this state.' }) @IsOptional() @IsEnum(ClockState)
  state?: ClockState;

  @ApiPropertyOptional({ enum: ClockKind, enumName: 'ClockKind', description: 'Only clocks of this kind.' }) @IsOptional() @IsEnum(ClockKind)
  kind?: ClockKind;

  @ApiPropertyOptional({ description: 'Only clocks of this demand.', format: 'uuid' }) @IsOptional() @IsUUID()
  demandId?: string;

  @ApiPropertyOptional({ description: 'Only clocks of this bank.', format: 'uuid' }) @IsOptional() @IsUUID()
  bankId?: string;
}

/** Which clocks, for GraphQL. */
@ArgsType()
export class DemandClockArgs extends PageArgs {
  @Field(() => ClockState, { nullable: true, description: 'Only clocks in this state.' }) @IsOptional() @IsEnum(ClockState)
  state?: ClockState;

  @Field(() => ClockKind, { nullable: true, description: 'Only clocks of this kind.' }) @IsOptional() @IsEnum(ClockKind)
  kind?: ClockKind;

  @Field(() => ID, { nullable: true, description: 'Only clocks of this demand.' }) @IsOptional() @IsUUID()
  demandId?: string;

  @Field(() => ID, { nullable: true, description: 'Only clocks of this bank.' }) @IsOptional() @IsUUID()
  bankId?: string;
}
