import { PurposeKind, SpecialGroup } from '@finharbor/contracts/eligibility/facts';
import { Property, type PropertyOptions } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsEnum, IsInt, IsObject, IsOptional, IsUUID, Matches, Max, Min, ValidateNested } from 'class-validator';
import { IsName, IsPercent, IsPlainText, IsYuan, Listed } from '../input-checks.js';
import {
  CollateralKind, InsuranceClass, LoanStage, MonetaryTool, OfferPartKind, ProductChannel, ProductOrigin,
} from '../vocabulary.js';
import { Pricing } from './pricing.js';

// Each class is what a bank writes and what everybody reads: it is kept as it was written, in one JSON column.
const optional = { nullable: true, optional: true } as const;
const enumeration = (type: object, enumName: string, description: string): PropertyOptions => ({ description, enum: type, enumName,
  ...optional });

/** A list of records, each checked. */
const Records = (type: () => new () => object): PropertyDecorator => (target, key) => {
  for (const check of [IsOptional(), IsArray(), ArrayMaxSize(50), ValidateNested({ each: true }), Type(type)]) check(target, key);
};
const One = (type: () => new () => object): PropertyDecorator => (target, key) => {
  for (const check of [IsOptional(), IsObject(), ValidateNested(), Type(type)]) check(target, key);
};

@ObjectType({ description: 'A rate for a range of amounts. Tiers do not overlap.' })
export class PriceTier {
  @Property(() => Decimal, { description: 'From this amount on, in yuan.' }) @IsYuan()
  amountFrom: string;

  @Property(() => Decimal, { description: 'Below this amount, in yuan; null for the last tier.', ...optional }) @IsOptional() @IsYuan()
  amountTo: string | null;

  @Property(() => Pricing, { description: 'What it costs.' }) @IsObject() @ValidateNested() @Type(() => Pricing)
  pricing: Pricing;
}

@ObjectType({ description: 'What is charged beside the rate.' })
export class ProductFee {
  @Property(() => String, { description: 'What it is for.' }) @IsName(1, 100)
  name: string;

  @Property(() => Decimal, { description: 'In yuan.', ...optional }) @IsOptional() @IsYuan()
  amount: string | null;

  @Property(() => Decimal, { description: 'In percent of the amount.', ...optional }) @IsOptional() @IsPercent()
  percent: string | null;

  @Property(() => String, { description: 'When it is due, and for whom.', ...optional }) @IsOptional() @IsPlainText(1, 500)
  note: string | null;
}

@ObjectType({ description: 'Whom to ask at the institution: a department, not a person (A-05).' })
export class ProductDepartment {
  @Property(() => String, { description: 'Name of the department.' }) @IsName(2, 60)
  name: string;

  @Property(() => String, { description: 'Its telephone.', ...optional })
  @IsOptional() @Matches(/^[\d+ ()-]{5,20}(转\d{1,6})?$/, { message: '$property must be a telephone number' })
  telephone: string | null;
}

@ObjectType({ description: 'What an insurance covers and costs (A-06, A-07).' })
export class InsuranceTerms {
  @Property(() => [InsuranceClass], { ...enumeration(InsuranceClass, 'InsuranceClass', 'Classes of A-06.'), nullable: false, optional: false })
  @Listed() @IsEnum(InsuranceClass, { each: true })
  classes: InsuranceClass[];

  @Property(() => String, { description: 'What the premium is reckoned from.' }) @IsPlainText(2, 200)
  premiumBasis: string;

  @Property(() => Decimal, { description: 'Premium, in percent of the sum insured a year.', ...optional }) @IsOptional() @IsPercent()
  premiumPercent: string | null;

  @Property(() => Decimal, { description: 'Largest sum insured, in yuan.', ...optional }) @IsOptional() @IsYuan()
  sumInsuredMax: string | null;

  @Property(() => Boolean, { description: 'Whether small claims are settled in a simplified way (A-07).' }) @IsBoolean()
  simplifiedClaim: boolean;
}

@ObjectType({ description: 'Who bears which share of a guaranteed loan. The shares make 100 (H-049).' })
export class RiskShare {
  @Property(() => String, { description: 'The institution: bank, guarantor, re-guarantor, fund.' }) @IsName(2, 60)
  institution: string;

  @Property(() => Decimal, { description: 'Its share, in percent.' }) @Matches(/^(100|\d{1,2})(\.\d{1,2})?$/, { message: '$property must be a share in percent' })
  percent: string;
}

@ObjectType({ description: 'What a guarantee costs and who stands behind it, the nearest first (H-049).' })
export class GuaranteeTerms {
  @Property(() => Decimal, { description: 'Fee, in percent of the amount a year.' }) @IsPercent()
  feePercent: string;

  @Property(() => [RiskShare], { description: 'The chain: bank, guarantor, re-guarantors.' })
  @IsArray() @ArrayMaxSize(20) @ValidateNested({ each: true }) @Type(() => RiskShare)
  shares: RiskShare[];
}

@ObjectType({ description: 'One part of a combined offer.' })
export class OfferPart {
  @Property(() => OfferPartKind, { description: 'What it is.', enum: OfferPartKind, enumName: 'OfferPartKind' }) @IsEnum(OfferPartKind)
  kind: OfferPartKind;

  @Property(() => ID, { description: 'The product, where it is one of the catalogue.', ...optional }) @IsOptional() @IsUUID()
  productId: string | null;

  @Property(() => String, { description: 'What it adds: for a subsidy who pays how much.' }) @IsPlainText(2, 500)
  description: string;
}

@ObjectType({ description: 'Everything about a product that nobody searches by amount or region for.' })
export class ProductTerms {
  @Property(() => [PurposeKind], enumeration(PurposeKind, 'PurposeKind', 'What the money may be for.')) @Listed() @IsEnum(PurposeKind, { each: true })
  purposes: PurposeKind[] | null;

  @Property(() => ProductOrigin, enumeration(ProductOrigin, 'ProductOrigin', 'Policy or commercial (H-104).')) @IsOptional() @IsEnum(ProductOrigin)
  origin: ProductOrigin | null;

  @Property(() => [LoanStage], enumeration(LoanStage, 'LoanStage', 'First loans, renewals.')) @Listed() @IsEnum(LoanStage, { each: true })
  stages: LoanStage[] | null;

  @Property(() => Pricing, { description: 'How the rate is stated.', ...optional }) @One(() => Pricing)
  pricing: Pricing | null;

  @Property(() => [PriceTier], { description: 'Other rates by amount, in order.', ...optional }) @Records(() => PriceTier)
  tiers: PriceTier[] | null;

  @Property(() => [ProductFee], { description: 'What is charged beside the rate.', ...optional }) @Records(() => ProductFee)
  fees: ProductFee[] | null;

  @Property(() => [CollateralKind], enumeration(CollateralKind, 'CollateralKind', 'What is taken as security.')) @Listed() @IsEnum(CollateralKind, { each: true })
  collaterals: CollateralKind[] | null;

  @Property(() => [MonetaryTool], enumeration(MonetaryTool, 'MonetaryTool', 'Tools that it is linked with (H-051).')) @Listed() @IsEnum(MonetaryTool, { each: true })
  monetaryTools: MonetaryTool[] | null;

  @Property(() => [String], { description: 'Risk-compensation and guarantee schemes that it rests on, by name (H-048).', ...optional })
  @Listed() @IsPlainText(2, 100, { each: true })
  riskSchemes: string[] | null;

  @Property(() => String, { description: 'Category of the green catalogue of 2025, as its number: 4 or 4.1 or 4.1.2 (H-053).', ...optional })
  @IsOptional() @Matches(/^[1-9](\.\d{1,2}){0,2}$/, { message: '$property must be a number of the green catalogue, 4 or 4.1 or 4.1.2' })
  greenCategory: string | null;

  @Property(() => [SpecialGroup], enumeration(SpecialGroup, 'SpecialGroup', 'Groups that it was made for (H-112).')) @Listed() @IsEnum(SpecialGroup, { each: true })
  specialGroups: SpecialGroup[] | null;

  @Property(() => [ProductChannel], enumeration(ProductChannel, 'ProductChannel', 'Where it can be asked for.')) @Listed() @IsEnum(ProductChannel, { each: true })
  channels: ProductChannel[] | null;

  @Property(() => [String], { description: 'Documents that are asked for.', ...optional }) @Listed() @IsPlainText(2, 200, { each: true })
  documents: string[] | null;

  @Property(() => Int, { description: 'Working days from the whole application to the decision, as the institution promises.', ...optional })
  @IsOptional() @IsInt() @Min(1) @Max(120)
  handlingWorkingDays: number | null;

  @Property(() => ProductDepartment, { description: 'Whom to ask (A-05).', ...optional }) @One(() => ProductDepartment)
  department: ProductDepartment | null;

  @Property(() => InsuranceTerms, { description: 'Of an insurance.', ...optional }) @One(() => InsuranceTerms)
  insurance: InsuranceTerms | null;

  @Property(() => GuaranteeTerms, { description: 'Of a guarantee.', ...optional }) @One(() => GuaranteeTerms)
  guarantee: GuaranteeTerms | null;

  @Property(() => [OfferPart], { description: 'Of a combined offer.', ...optional }) @Records(() => OfferPart)
  parts: OfferPart[] | null;
}
