import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsOptional } from 'class-validator';
import { IsLine, IsPercent, IsYuan } from '../checks.js';
import { DecisionOutcome } from './decision.entity.js';

/** A bank's word on a demand that it accepted. */
export class DecideDemandInput {
  @ApiProperty({ enum: DecisionOutcome, enumName: 'DecisionOutcome' }) @IsEnum(DecisionOutcome)
  outcome: DecisionOutcome;

  @ApiProperty({ enum: ReasonCode, enumName: 'ReasonCode', description: 'MEETS_CRITERIA or OTHER with an approval, any but MEETS_CRITERIA with a rejection.' })
  @IsEnum(ReasonCode)
  reasonCode: ReasonCode;

  @ApiPropertyOptional({ description: 'Why, in words for the enterprise, naming nobody; needed with a rejection.', minLength: 2, maxLength: 500 }) @IsOptional() @IsLine(2, 500)
  reasonText?: string;

  @ApiPropertyOptional({ description: 'In yuan; needed with an approval, refused with a rejection.', example: '300000.00', format: 'decimal' }) @IsOptional() @IsYuan()
  approvedAmount?: string;

  @ApiPropertyOptional({ description: 'Percent a year; refused with a rejection.', example: '3.65', format: 'decimal' }) @IsOptional() @IsPercent()
  annualRate?: string;
}
