import { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import { PageQuery } from '@finharbor/platform/http/page';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsEnum, IsIn, IsInt, IsNumber, IsObject, IsOptional, IsString, Length, Matches, Max,
  MaxLength, Min, ValidateNested,
} from 'class-validator';
import { ProductState, RepaymentMode } from './product.entity.js';

/** UNKNOWN says that an indicator is missing: a product cannot ask for it. */
const askableSizeClasses = Object.values(SizeClass).filter((size) => size !== SizeClass.UNKNOWN);

const yuan = /^\d{1,12}(\.\d{1,2})?$/;
const isYuan = { message: '$property must be an amount in yuan, written like "500000.00"' };
const percent = /^\d{1,2}(\.\d{1,4})?$/;
const isPercent = { message: '$property must be a rate in percent a year, written like "3.65"' };
const longest = 200;
const list = (description: string, example: string[]): PropertyDecorator =>
  ApiPropertyOptional({ type: [String], description, example, minItems: 1, maxItems: longest });

/** A list that is given has entries, none twice: an empty one would exclude everybody. */
function Listed(): PropertyDecorator {
  return (target, key) => {
    for (const check of [IsOptional(), IsArray(), ArrayNotEmpty(), ArrayMaxSize(longest), ArrayUnique()]) check(target, key);
  };
}

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
  @IsOptional() @Matches(yuan, isYuan)
  amountMin?: string;

  @ApiPropertyOptional({ description: 'Largest amount, in yuan.', example: '3000000.00' })
  @IsOptional() @Matches(yuan, isYuan)
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

/** Drafts a loan product. */
export class CreateProductInput {
  @ApiProperty({ description: 'Name of the product.', example: '港湾信用贷', minLength: 2, maxLength: 60 })
  @IsString() @Length(2, 60)
  name: string;

  @ApiPropertyOptional({ description: 'What it is, in the bank’s own words.', maxLength: 2000 })
  @IsOptional() @IsString() @MaxLength(2000)
  description?: string;

  @ApiProperty({ description: 'What it asks of an applicant; `{}` asks nothing.' })
  @IsObject() @ValidateNested() @Type(() => EligibilityInput)
  eligibility: EligibilityInput;

  @ApiPropertyOptional({ description: 'Lowest rate, in percent a year.', example: '3.45' })
  @IsOptional() @Matches(percent, isPercent)
  annualRateMin?: string;

  @ApiPropertyOptional({ description: 'Highest rate, in percent a year.', example: '4.35' })
  @IsOptional() @Matches(percent, isPercent)
  annualRateMax?: string;

  @ApiPropertyOptional({ enum: RepaymentMode, isArray: true, minItems: 1, description: 'How it may be paid back.' })
  @Listed() @IsEnum(RepaymentMode, { each: true })
  repaymentModes?: RepaymentMode[];
}

/** Which products of one's own. */
export class ProductQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ProductState, description: 'Only products in this state.' })
  @IsOptional() @IsEnum(ProductState)
  state?: ProductState;
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
  @IsOptional() @Matches(yuan, isYuan)
  amount?: string;

  @ApiPropertyOptional({ description: 'The term wanted, in months.', type: 'integer', minimum: 1, maximum: 600 })
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(600)
  termMonths?: number;

  @ApiPropertyOptional({ enum: GuaranteeType, description: 'The security offered.' })
  @IsOptional() @IsEnum(GuaranteeType)
  guaranteeType?: GuaranteeType;
}
