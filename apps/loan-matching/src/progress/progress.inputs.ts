import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsOptional } from 'class-validator';
import { IsLine, IsYuan } from '../checks.js';

/** What a bank tells itself; CREDITED comes of its decision. */
export enum ReportedStage {
  DOCKED = 'DOCKED',
  LENT = 'LENT',
  ENDED = 'ENDED',
}

/** A stage that a demand reached. */
export class ReportProgressInput {
  @ApiProperty({
    enum: ReportedStage, enumName: 'ReportedStage',
    description: 'DOCKED: the bank spoke with the enterprise, after acceptance. LENT, or ENDED without a loan: after an approval.',
  })
  @IsEnum(ReportedStage)
  stage: ReportedStage;

  @ApiPropertyOptional({ description: 'In yuan; needed with LENT, at most what was approved, and refused otherwise.', example: '300000.00', format: 'decimal' }) @IsOptional() @IsYuan()
  amount?: string;

  @ApiPropertyOptional({ enum: ReasonCode, enumName: 'ReasonCode', description: 'Any but MEETS_CRITERIA; needed with ENDED, refused otherwise.' }) @IsOptional() @IsEnum(ReasonCode)
  reasonCode?: ReasonCode;

  @ApiPropertyOptional({ description: 'Why, in words for the enterprise, naming nobody; needed with ENDED, refused otherwise.', minLength: 2, maxLength: 500 }) @IsOptional() @IsLine(2, 500)
  reasonText?: string;
}
