import { PageQuery } from '@finharbor/platform/http/page';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsIn, IsOptional, Matches } from 'class-validator';
import { IsPlainText } from '../input-checks.js';
import { ProductReportState } from './product-report.entity.js';

/** Reports a product as wrong. */
export class ReportProductInput {
  @ApiPropertyOptional({ description: 'Path of the field that is wrong.', example: 'eligibility.amountMax', maxLength: 200 })
  @IsOptional() @Matches(/^[\w.]{1,200}$/, { message: '$property must be the path of a field' })
  field?: string;

  @ApiProperty({ description: 'What is wrong, and how it is known. No personal data.', minLength: 5, maxLength: 1000 }) @IsPlainText(5, 1_000)
  text: string;
}

/** The answer of whoever offers the product. */
export class AnswerReportInput {
  @ApiProperty({ enum: ['CORRECTED', 'REFUSED'], description: 'What came of it.' }) @IsIn(['CORRECTED', 'REFUSED'])
  outcome: 'CORRECTED' | 'REFUSED';

  @ApiProperty({ description: 'What was done, or why nothing is wrong.', minLength: 5, maxLength: 1000 }) @IsPlainText(5, 1_000)
  text: string;
}

/** Which reports. */
export class ProductReportQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ProductReportState, enumName: 'ProductReportState', description: 'Only those in this state.' })
  @IsOptional() @IsEnum(ProductReportState)
  state?: ProductReportState;
}
