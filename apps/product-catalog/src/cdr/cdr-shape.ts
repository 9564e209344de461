/**
 * The product of the Australian Consumer Data Standards (Get Product Detail v4, BankingProductDetailV4 of standards 1.28), as a
 * description: from it files are cleaned on their way in, and what goes out is checked.
 * https://consumerdatastandardsaustralia.github.io/standards/#get-product-detail
 */
export type Shape =
  | { kind: 'text' | 'ascii' | 'uri' | 'dateTime' | 'amount' | 'rate' | 'duration' | 'currency' | 'boolean' | 'number' }
  | { kind: 'choice'; choices: readonly string[] }
  | { kind: 'list'; of: Shape }
  | { kind: 'object'; required: readonly string[]; fields: Readonly<Record<string, Shape>> };

const text: Shape = { kind: 'text' };
const uri: Shape = { kind: 'uri' };
const rate: Shape = { kind: 'rate' };
const duration: Shape = { kind: 'duration' };
const choice = (choices: string): Shape => ({ kind: 'choice', choices: choices.split(' ') });
const list = (of: Shape): Shape => ({ kind: 'list', of });
const object = (required: string, fields: Record<string, Shape>): Shape & { kind: 'object' } =>
  ({ kind: 'object', required: required.split(' ').filter(Boolean), fields });

/** What nearly every record of a product may say beside its type. */
const further = { additionalValue: text, additionalInfo: text, additionalInfoUri: uri };

const document = object('additionalInfoUri', { description: text, additionalInfoUri: uri });
const topics = ['Overview', 'Terms', 'Eligibility', 'FeesAndPricing', 'Bundle'];
const additionalInformation = object('', Object.fromEntries([
  ...topics.map((topic) => [`${topic[0].toLowerCase()}${topic.slice(1)}Uri`, uri] as const),
  ...topics.map((topic) => [`additional${topic}Uris`, list(document)] as const),
]));

const applicants = 'BUSINESS EMPLOYMENT_STATUS MAX_AGE MIN_AGE MIN_INCOME MIN_TURNOVER NATURAL_PERSON OTHER PENSION_RECIPIENT RESIDENCY_STATUS STAFF STUDENT';

const tier = object('minimumValue name unitOfMeasure', {
  name: text, unitOfMeasure: choice('DAY DOLLAR MONTH PERCENT'), minimumValue: { kind: 'number' }, maximumValue: { kind: 'number' },
  rateApplicationMethod: choice('PER_TIER WHOLE_BALANCE'), applicabilityConditions: object('', { additionalInfo: text, additionalInfoUri: uri }),
  additionalInfo: text, additionalInfoUri: uri,
});

const discount = object('description discountType', {
  description: text, discountType: choice('BALANCE DEPOSITS ELIGIBILITY_ONLY FEE_CAP PAYMENTS'), amount: { kind: 'amount' },
  balanceRate: rate, transactionRate: rate, accruedRate: rate, feeRate: rate, ...further,
  eligibility: list(object('discountEligibilityType', { discountEligibilityType: choice(`${applicants} INTRODUCTORY`), ...further })),
});

/** What the list of products tells. */
export const cdrProduct = object('brand description isTailored lastUpdated name productCategory productId', {
  productId: { kind: 'ascii' }, effectiveFrom: { kind: 'dateTime' }, effectiveTo: { kind: 'dateTime' }, lastUpdated: { kind: 'dateTime' },
  productCategory: choice('BUSINESS_LOANS CRED_AND_CHRG_CARDS LEASES MARGIN_LOANS OVERDRAFTS PERS_LOANS REGULATED_TRUST_ACCOUNTS '
    + 'RESIDENTIAL_MORTGAGES TERM_DEPOSITS TRADE_FINANCE TRANS_AND_SAVINGS_ACCOUNTS TRAVEL_CARDS'),
  name: text, description: text, brand: text, brandName: text, applicationUri: uri, isTailored: { kind: 'boolean' }, additionalInformation,
  cardArt: list(object('imageUri', { title: text, imageUri: uri })),
});

/** What a single product tells. */
export const cdrProductDetail = object(cdrProduct.required.join(' '), {
  ...cdrProduct.fields,
  bundles: list(object('description name', { name: text, description: text, additionalInfo: text, additionalInfoUri: uri, productIds: list({ kind: 'ascii' }) })),
  features: list(object('featureType', {
    featureType: choice('ADDITIONAL_CARDS BALANCE_TRANSFERS BILL_PAYMENT BONUS_REWARDS CARD_ACCESS CASHBACK_OFFER COMPLEMENTARY_PRODUCT_DISCOUNTS '
      + 'DIGITAL_BANKING DIGITAL_WALLET DONATE_INTEREST EXTRA_REPAYMENTS FRAUD_PROTECTION FREE_TXNS FREE_TXNS_ALLOWANCE GUARANTOR INSURANCE '
      + 'INSTALMENT_PLAN INTEREST_FREE INTEREST_FREE_TRANSFERS LOYALTY_PROGRAM NOTIFICATIONS NPP_ENABLED NPP_PAYID OFFSET OTHER OVERDRAFT REDRAW '
      + 'RELATIONSHIP_MANAGEMENT UNLIMITED_TXNS'),
    ...further,
  })),
  constraints: list(object('constraintType', { constraintType: choice('MAX_BALANCE MAX_LIMIT MIN_BALANCE MIN_LIMIT OPENING_BALANCE'), ...further })),
  eligibility: list(object('eligibilityType', { eligibilityType: choice(applicants), ...further })),
  fees: list(object('feeType name', {
    name: text, feeType: choice('DEPOSIT EVENT EXIT PAYMENT PERIODIC PURCHASE TRANSACTION UPFRONT VARIABLE WITHDRAWAL'), amount: { kind: 'amount' },
    balanceRate: rate, transactionRate: rate, accruedRate: rate, accrualFrequency: duration, currency: { kind: 'currency' }, ...further,
    discounts: list(discount),
  })),
  depositRates: list(object('depositRateType rate', {
    depositRateType: choice('BONUS BUNDLE_BONUS FIXED FLOATING INTRODUCTORY MARKET_LINKED VARIABLE'), rate, calculationFrequency: duration,
    applicationFrequency: duration, tiers: list(tier), ...further,
  })),
  lendingRates: list(object('lendingRateType rate', {
    lendingRateType: choice('BUNDLE_DISCOUNT_FIXED BUNDLE_DISCOUNT_VARIABLE CASH_ADVANCE DISCOUNT FIXED FLOATING INTRODUCTORY MARKET_LINKED PENALTY '
      + 'PURCHASE VARIABLE'),
    rate, comparisonRate: rate, calculationFrequency: duration, applicationFrequency: duration, interestPaymentDue: choice('IN_ADVANCE IN_ARREARS'),
    repaymentType: choice('INTEREST_ONLY PRINCIPAL_AND_INTEREST'), loanPurpose: choice('INVESTMENT OWNER_OCCUPIED'), tiers: list(tier), ...further,
  })),
});

/** How the standard writes its texts ("common field types"), as JSON schemas write patterns. */
export const patterns = {
  ascii: '^[\\x20-\\x7e]+$',
  uri: '^[a-zA-Z][a-zA-Z0-9+.-]*:\\S+$',
  dateTime: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$',
  amount: '^-?\\d{1,16}\\.\\d{2,}$',
  rate: '^-?\\d{1,16}(\\.\\d{1,16})?$',
  duration: '^P(?=\\d|T)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+S)?)?$',
  currency: '^[A-Z]{3}$',
} as const;
