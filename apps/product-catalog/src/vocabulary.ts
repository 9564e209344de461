import { PurposeKind, SpecialGroup } from '@finharbor/contracts/eligibility/facts';
import { registerEnumType } from '@nestjs/graphql';

/** What is offered. COMBINED is a "finance+" offer whose parts may be of several organisations. */
export enum ProductLine {
  LOAN = 'LOAN',
  INSURANCE = 'INSURANCE',
  GUARANTEE = 'GUARANTEE',
  COMBINED = 'COMBINED',
}

/** DRAFT and SUBMITTED are the bank's own affair; SUSPENDED is not on offer any more, RETIRED for good; demands go on. */
export enum ProductState {
  DRAFT = 'DRAFT',
  SUBMITTED = 'SUBMITTED',
  PUBLISHED = 'PUBLISHED',
  SUSPENDED = 'SUSPENDED',
  RETIRED = 'RETIRED',
}

/** Whether a supervisor looked at the present content. */
export enum ProductReviewState {
  PENDING = 'PENDING',
  APPROVED = 'APPROVED',
  RETURNED = 'RETURNED',
}

/** How a loan is paid back. BORROW_REPAY_ANYTIME is 随借随还 (H-051). */
export enum RepaymentMode {
  EQUAL_INSTALMENTS = 'EQUAL_INSTALMENTS',
  EQUAL_PRINCIPAL = 'EQUAL_PRINCIPAL',
  INTEREST_THEN_PRINCIPAL = 'INTEREST_THEN_PRINCIPAL',
  BULLET = 'BULLET',
  BORROW_REPAY_ANYTIME = 'BORROW_REPAY_ANYTIME',
}

/** Policy loans (政策性) of policy banks and schemes, or commercial ones (H-104, A-04). */
export enum ProductOrigin {
  POLICY = 'POLICY',
  COMMERCIAL = 'COMMERCIAL',
}

export enum PricingKind {
  /** Basis points above or below the loan prime rate. */
  LPR = 'LPR',
  FIXED = 'FIXED',
}

export enum LprTerm {
  ONE_YEAR = 'ONE_YEAR',
  FIVE_YEARS = 'FIVE_YEARS',
}

export enum CollateralKind {
  REAL_ESTATE = 'REAL_ESTATE',
  LAND_USE_RIGHT = 'LAND_USE_RIGHT',
  FOREST_RIGHT = 'FOREST_RIGHT',
  VEHICLE = 'VEHICLE',
  EQUIPMENT = 'EQUIPMENT',
  INVENTORY = 'INVENTORY',
  RECEIVABLES = 'RECEIVABLES',
  BILLS = 'BILLS',
  DEPOSITS = 'DEPOSITS',
  INTELLECTUAL_PROPERTY = 'INTELLECTUAL_PROPERTY',
  OTHER = 'OTHER',
}

/** First loans (首贷) and renewals (续贷), H-101. */
export enum LoanStage {
  FIRST_LOAN = 'FIRST_LOAN',
  RENEWAL = 'RENEWAL',
}

/** Tools of monetary policy that a product is linked with (H-051: "货币政策工具+"). */
export enum MonetaryTool {
  AGRICULTURE_RELENDING = 'AGRICULTURE_RELENDING',
  SMALL_BUSINESS_RELENDING = 'SMALL_BUSINESS_RELENDING',
  REDISCOUNT = 'REDISCOUNT',
  INCLUSIVE_LOAN_SUPPORT = 'INCLUSIVE_LOAN_SUPPORT',
  CARBON_REDUCTION = 'CARBON_REDUCTION',
  SCIENCE_AND_EQUIPMENT_RELENDING = 'SCIENCE_AND_EQUIPMENT_RELENDING',
  OTHER = 'OTHER',
}

export enum ProductChannel {
  OUTLET = 'OUTLET',
  HARBOR = 'HARBOR',
  ONLINE_BANKING = 'ONLINE_BANKING',
  MOBILE = 'MOBILE',
  PHONE = 'PHONE',
}

/** The eleven classes of A-06: eight of property and liability, three of credit and investment. */
export enum InsuranceClass {
  CONSTRUCTION = 'CONSTRUCTION',
  TECHNICAL_EQUIPMENT = 'TECHNICAL_EQUIPMENT',
  TRANSPORT = 'TRANSPORT',
  INTELLECTUAL_PROPERTY = 'INTELLECTUAL_PROPERTY',
  DISASTER = 'DISASTER',
  BUSINESS_INTERRUPTION = 'BUSINESS_INTERRUPTION',
  PRODUCT_LIABILITY = 'PRODUCT_LIABILITY',
  EMPLOYER_LIABILITY = 'EMPLOYER_LIABILITY',
  SHORT_TERM_EXPORT_CREDIT = 'SHORT_TERM_EXPORT_CREDIT',
  DOMESTIC_TRADE_CREDIT = 'DOMESTIC_TRADE_CREDIT',
  OVERSEAS_INVESTMENT = 'OVERSEAS_INVESTMENT',
}

/** What a combined offer is put together from. */
export enum OfferPartKind {
  LOAN = 'LOAN',
  GUARANTEE = 'GUARANTEE',
  SUBSIDY = 'SUBSIDY',
  INSURANCE = 'INSURANCE',
}

const registered: [object, string, string][] = [
  [ProductLine, 'ProductLine', 'What is offered.'],
  [ProductState, 'ProductState', 'Whether a product is on offer.'],
  [ProductReviewState, 'ProductReviewState', 'Whether a supervisor looked at the present content.'],
  [RepaymentMode, 'RepaymentMode', 'How a loan is paid back.'],
  [ProductOrigin, 'ProductOrigin', 'Policy or commercial.'],
  [PricingKind, 'PricingKind', 'How a rate is stated.'],
  [LprTerm, 'LprTerm', 'Which loan prime rate.'],
  [CollateralKind, 'CollateralKind', 'What is taken as security.'],
  [LoanStage, 'LoanStage', 'First loan or renewal.'],
  [MonetaryTool, 'MonetaryTool', 'Tools of monetary policy.'],
  [ProductChannel, 'ProductChannel', 'Where it can be asked for.'],
  [InsuranceClass, 'InsuranceClass', 'The eleven classes of insurance for small businesses.'],
  [OfferPartKind, 'OfferPartKind', 'What a combined offer is put together from.'],
  [PurposeKind, 'PurposeKind', 'What the money is for.'],
  [SpecialGroup, 'SpecialGroup', 'The six special groups of H-112.'],
];
for (const [type, name, description] of registered) registerEnumType(type, { name, description });
