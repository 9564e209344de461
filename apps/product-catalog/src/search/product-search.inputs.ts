import { PurposeKind, SpecialGroup } from '@finharbor/contracts/eligibility/facts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsEnum, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { PublishedProductQuery } from '../products/product.inputs.js';
import { MonetaryTool, ProductLine, ProductOrigin, RepaymentMode } from '../vocabulary.js';

export enum ProductOrder {
  NEWEST = 'NEWEST',
  RATE = 'RATE',
  AMOUNT = 'AMOUNT',
  NAME = 'NAME',
}

/** What is looked for among the products on offer, and in which order. */
export class ProductSearchQuery extends PublishedProductQuery {
  @ApiPropertyOptional({ description: 'Words of the name or the description; all of them must be there. One or two characters are enough.', maxLength: 100 })
  @IsOptional() @IsString() @Length(1, 100)
  q?: string;

  @ApiPropertyOptional({ enum: ProductLine, enumName: 'ProductLine' }) @IsOptional() @IsEnum(ProductLine)
  line?: ProductLine;

  @ApiPropertyOptional({ description: 'Only of this bank, insurer or guarantor.', format: 'uuid' }) @IsOptional() @IsUUID()
  bankId?: string;

  @ApiPropertyOptional({ enum: ProductOrigin, enumName: 'ProductOrigin', description: 'Stated to be so.' }) @IsOptional() @IsEnum(ProductOrigin)
  origin?: ProductOrigin;

  @ApiPropertyOptional({ enum: RepaymentMode, enumName: 'RepaymentMode', description: 'May be paid back so.' }) @IsOptional() @IsEnum(RepaymentMode)
  repaymentMode?: RepaymentMode;

  @ApiPropertyOptional({ enum: PurposeKind, enumName: 'PurposeKind', description: 'Stated to be for this.' }) @IsOptional() @IsEnum(PurposeKind)
  purpose?: PurposeKind;

  @ApiPropertyOptional({ enum: SpecialGroup, enumName: 'SpecialGroup', description: 'Made for this group.' }) @IsOptional() @IsEnum(SpecialGroup)
  specialGroup?: SpecialGroup;

  @ApiPropertyOptional({ enum: MonetaryTool, enumName: 'MonetaryTool', description: 'Linked with this tool.' }) @IsOptional() @IsEnum(MonetaryTool)
  monetaryTool?: MonetaryTool;

  @ApiPropertyOptional({ enum: ProductOrder, enumName: 'ProductOrder', default: ProductOrder.NEWEST, description: 'RATE lowest first, AMOUNT largest first, NAME by code point.' })
  @IsOptional() @IsEnum(ProductOrder)
  order?: ProductOrder;
}

/** Which products are held against each other. */
export class ComparisonQuery {
  @ApiProperty({ description: 'Two to five products on offer, separated by commas.', type: String, example: '0199…,0199…' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @ArrayMinSize(2) @ArrayMaxSize(5) @ArrayUnique() @IsUUID(undefined, { each: true })
  ids: string[];
}
