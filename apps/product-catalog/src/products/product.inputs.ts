import type { EligibilityDocument } from '@finharbor/contracts/eligibility/condition';
import { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import { PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsEnum, IsIn, IsInt, IsISO8601, IsNumber, IsObject, IsOptional, IsString, IsUUID, Matches, Max, Min, ValidateNested,
} from 'class-validator';
import { documentApi } from '../eligibility/document.scalar.js';
import { IsName, IsPercent, IsPlainText, IsYuan, Listed, longest } from '../input-checks.js';
import { ProductTerms } from '../terms/terms.js';
import { ProductLine, ProductReviewState, ProductState, RepaymentMode } from '../vocabulary.js';

/** UNKNOWN says that an indicator is missing: a product cannot ask for it. */
const askableSizeClasses = Object.values(SizeClass).filter((size) => size !== SizeClass.UNKNOWN);

const list = (description: string, example: string[]): PropertyDecorator =>
  ApiPropertyOptional({ type: [String], description, example, minItems: 1, maxItems: longest });

/** What a product asks of an applicant. A rule that is left out excludes nobody. */
export class EligibilityInput {
  @list('Codes of regions in force today.', ['500101'])
  @Listed() @IsString({ each: true })
  regionCodes?: string[];

  @list('Sections or codes of GB/T 4754-2017.', ['A', 'C13'])
  @Listed() @IsString({ each: true })
  industryCodes?: string[];

  @ApiPropertyOptional({ enum: askableSizeClasses, isArray: true, minItems: 1, description: 'Size classes served.' })
  @Listed() @IsIn(askableSizeClasses, { each: true })
  sizeClasses?: SizeClass[];

  @ApiPropertyOptional({ description: 'Smallest amount, in yuan.', example: '10000' })
  @IsOptional() @IsYuan()
  amountMin?: string;

  @ApiPropertyOptional({ description: 'Largest amount, in yuan.', example: '3000000.00' })
  @IsOptional() @IsYuan()
  amountMax?: string;

  @ApiPropertyOptional({ description: 'Shortest term, in months.', type: 'integer', minimum: 1, maximum: 600 })
  @IsOptional() @IsInt() @Min(1) @Max(600)
  termMonthsMin?: number;

  @ApiPropertyOptional({ description: 'Longest term, in months.', type: 'integer', minimum: 1, maximum: 600 })
  @IsOptional() @IsInt() @Min(1) @Max(600)
  termMonthsMax?: number;

  @ApiPropertyOptional({ description: 'Years since registration.', minimum: 0, maximum: 100 })
  @IsOptional() @IsNumber() @Min(0) @Max(100)
  yearsInBusinessMin?: number;

  @ApiPropertyOptional({ enum: GuaranteeType, isArray: true, minItems: 1, description: 'Kinds of security that the bank takes.' })
  @Listed() @IsEnum(GuaranteeType, { each: true })
  guaranteeTypes?: GuaranteeType[];
}

/** What a product is. Whoever changes it sends all of it again. */
export class CreateProductInput {
  @ApiPropertyOptional({ enum: ProductLine, enumName: 'ProductLine', default: ProductLine.LOAN, description: 'What is offered.' })
  @IsOptional() @IsEnum(ProductLine)
  line?: ProductLine;

  @ApiPropertyOptional({ description: 'Your own key of it, by which a bulk upsert finds it again.', maxLength: 100 })
  @IsOptional() @Matches(/^[\w.:$,+@=/-]{1,100}$/, { message: '$property must be 1 to 100 letters, digits and _ . : $ , + @ = / -' })
  externalId?: string;

  @ApiProperty({ description: 'Name of the product.', example: '港湾信用贷', minLength: 2, maxLength: 120 })
  @IsName(2, 120)
  name: string;

  @ApiPropertyOptional({ description: 'What it is, in the bank’s own words.', maxLength: 2000 })
  @IsOptional() @IsPlainText(0, 2000)
  description?: string;

  @ApiProperty({ description: 'What it asks of an applicant; `{}` asks nothing.' })
  @IsObject() @ValidateNested() @Type(() => EligibilityInput)
  eligibility: EligibilityInput;

  @ApiPropertyOptional({ description: 'What it asks beside that, in the language of docs/eligibility.md.', ...(documentApi as object) })
  @IsOptional() @IsObject()
  eligibilityRules?: EligibilityDocument;

  @ApiPropertyOptional({ description: 'Lowest rate, in percent a year; left out where `terms.pricing` states it.', example: '3.45' })
  @IsOptional() @IsPercent()
  annualRateMin?: string;

  @ApiPropertyOptional({ description: 'Highest rate, likewise.', example: '4.35' })
  @IsOptional() @IsPercent()
  annualRateMax?: string;

  @ApiPropertyOptional({ enum: RepaymentMode, isArray: true, minItems: 1, description: 'How it may be paid back.' })
  @Listed() @IsEnum(RepaymentMode, { each: true })
  repaymentModes?: RepaymentMode[];

  @ApiPropertyOptional({
    description: 'The same product in the schema of the Australian Consumer Data Standards (BankingProductDetailV4), for /cds-au; its productId is yours, '
      + 'and readers see ours. What is not of the standard is left out.',
    type: 'object', additionalProperties: true,
  })
  @IsOptional() @IsObject()
  cdr?: Record<string, unknown>;

  @ApiPropertyOptional({ description: 'Everything else about it.', type: () => ProductTerms })
  @IsOptional() @IsObject() @ValidateNested() @Type(() => ProductTerms)
  terms?: ProductTerms;
}

/** From when what is published applies. */
export class PublishProductInput {
  @ApiPropertyOptional({ description: 'From when it applies, now unless said; in the past it corrects what was said before.', format: 'date-time' })
  @IsOptional() @IsISO8601({ strict: true })
  validFrom?: string;

  @ApiPropertyOptional({ description: 'Until when the correction applies; what was said before holds again from then on.', format: 'date-time' })
  @IsOptional() @IsISO8601({ strict: true })
  validTo?: string;
}

/** A supervisor's word on a product. */
export class ReviewProductInput {
  @ApiProperty({ enum: ['APPROVED', 'RETURNED'], description: 'Whether it may be published as it is.' }) @IsIn(['APPROVED', 'RETURNED'])
  outcome: 'APPROVED' | 'RETURNED';

  @ApiPropertyOptional({ description: 'Why not; needed with RETURNED.', minLength: 2, maxLength: 500 }) @IsOptional() @IsPlainText(2, 500)
  reason?: string;
}

/** The same for the graph. */
@ArgsType()
export class ReviewProductArgs {
  @Field(() => ID, { description: 'The product.' }) @IsUUID()
  id: string;

  @Field(() => ProductReviewState, { description: 'APPROVED or RETURNED.' }) @IsIn(['APPROVED', 'RETURNED'])
  outcome: 'APPROVED' | 'RETURNED';

  @Field(() => String, { nullable: true, description: 'Why not; needed with RETURNED.' }) @IsOptional() @IsPlainText(2, 500)
  reason?: string;
}

/** Which products of one's own. */
export class ProductQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ProductState, description: 'Only products in this state.' })
  @IsOptional() @IsEnum(ProductState)
  state?: ProductState;

  @ApiPropertyOptional({ enum: ProductReviewState, enumName: 'ProductReviewState', description: 'Only products whose review is here: PENDING ones wait.' })
  @IsOptional() @IsEnum(ProductReviewState)
  reviewState?: ProductReviewState;
}

/** What a published product must serve. A product without the rule in question serves everybody. */
export class PublishedProductQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Where the enterprise is.', example: '500101001' })
  @IsOptional() @IsString()
  regionCode?: string;

  @ApiPropertyOptional({ description: 'Its industry, GB/T 4754-2017.', example: 'C1310' })
  @IsOptional() @IsString()
  industryCode?: string;

  @ApiPropertyOptional({ enum: askableSizeClasses, description: 'Its size class.' })
  @IsOptional() @IsIn(askableSizeClasses)
  sizeClass?: SizeClass;

  @ApiPropertyOptional({ description: 'The amount wanted, in yuan.', example: '500000' })
  @IsOptional() @IsYuan()
  amount?: string;

  @ApiPropertyOptional({ description: 'The term wanted, in months.', type: 'integer', minimum: 1, maximum: 600 })
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(600)
  termMonths?: number;

  @ApiPropertyOptional({ enum: GuaranteeType, description: 'The security offered.' })
  @IsOptional() @IsEnum(GuaranteeType)
  guaranteeType?: GuaranteeType;
}
