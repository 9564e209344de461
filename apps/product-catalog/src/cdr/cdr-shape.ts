/**
 * The products of the Australian Consumer Data Standards, as a description: from it files are cleaned on their way in, and what goes out
 * is made. Compared field by field with the standard's own schemas of 1.35.0 (dsb-schema-tools): BankingProductV4 to V6 and
 * BankingProductDetailV4 to V7. https://consumerdatastandardsaustralia.github.io/standards/#get-product-detail
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

const amount: Shape = { kind: 'amount' };
const number: Shape = { kind: 'number' };

/** What a rate is subject to: one record of texts before version 6 of the detail, a list with types since then. */
const conditions = [
  object('', { additionalInfo: text, additionalInfoUri: uri }),
  list(object('rateApplicabilityType', {
    rateApplicabilityType: choice('DEPOSIT_BALANCE_INCREASED EXISTING_CUST MAX_WITHDRAWALS MAX_WITHDRAWAL_AMOUNT MIN_DEPOSITS MIN_DEPOSIT_AMOUNT MIN_PURCHASES '
      + 'NEW_ACCOUNTS NEW_CUSTOMER NEW_CUSTOMER_TO_GROUP ONLINE_ONLY OTHER'),
    ...further,
  })),
] as const;

const tier = (isTyped: boolean): Shape => object('minimumValue name unitOfMeasure', {
  name: text, unitOfMeasure: choice('DAY DOLLAR MONTH PERCENT'), minimumValue: isTyped ? text : number, maximumValue: isTyped ? text : number,
  rateApplicationMethod: choice('PER_TIER WHOLE_BALANCE'), applicabilityConditions: conditions[Number(isTyped)],
  additionalInfo: text, additionalInfoUri: uri,
});

const discountFields = {
  description: text, discountType: choice('BALANCE DEPOSITS ELIGIBILITY_ONLY FEE_CAP PAYMENTS'), ...further,
  eligibility: list(object('discountEligibilityType', { discountEligibilityType: choice(`${applicants} INTRODUCTORY`), ...further })),
};
const feeFields = { name: text, currency: { kind: 'currency' } as Shape, ...further };
const range = object('', { feeMinimum: amount, feeMaximum: amount });

/** Fees with a rate or an amount each. */
const plainFee = object('feeType name', {
  ...feeFields, feeType: choice('DEPOSIT EVENT EXIT PAYMENT PERIODIC PURCHASE TRANSACTION UPFRONT VARIABLE WITHDRAWAL'), amount,
  balanceRate: rate, transactionRate: rate, accruedRate: rate, accrualFrequency: duration,
  discounts: list(object('description discountType', { ...discountFields, amount, balanceRate: rate, transactionRate: rate, accruedRate: rate, feeRate: rate })),
});

/** Fees since version 6 of the detail: a method, and what belongs to it. */
const methodFee = object('feeMethodUType feeType name', {
  ...feeFields, feeMethodUType: choice('fixedAmount rateBased variable'),
  feeType: choice('CASH_ADVANCE DEPOSIT DISHONOUR ENQUIRY EVENT EXIT LATE_PAYMENT OTHER PAYMENT PERIODIC PURCHASE REPLACEMENT TRANSACTION UPFRONT UPFRONT_PER_PLAN '
    + 'VARIATION WITHDRAWAL'),
  fixedAmount: object('amount', { amount }),
  rateBased: object('rate rateType', { rateType: choice('BALANCE INTEREST_ACCRUED TRANSACTION'), rate, accrualFrequency: duration, amountRange: range }),
  variable: range, feeCap: amount, feeCapPeriod: duration,
  discounts: list(object('description discountMethodUType discountType', {
    ...discountFields, discountMethodUType: choice('fixedAmount rateBased'), fixedAmount: object('amount', { amount }),
    rateBased: object('rate rateType', {
      rateType: choice('BALANCE FEE INTEREST_ACCRUED TRANSACTION'), rate, amountRange: object('', { discountMinimum: amount, discountMaximum: amount }),
    }),
  })),
});

const categories = 'BUSINESS_LOANS CRED_AND_CHRG_CARDS LEASES MARGIN_LOANS OVERDRAFTS PERS_LOANS REGULATED_TRUST_ACCOUNTS RESIDENTIAL_MORTGAGES '
  + 'TERM_DEPOSITS TRADE_FINANCE TRANS_AND_SAVINGS_ACCOUNTS TRAVEL_CARDS';

/** BankingProductV4, V5 and V6, as the list tells them. */
function productOf(version: 4 | 5 | 6): Shape & { kind: 'object' } {
  const image = { title: text, imageUri: uri };
  return object('brand description isTailored lastUpdated name productCategory productId', {
    productId: { kind: 'ascii' }, effectiveFrom: { kind: 'dateTime' }, effectiveTo: { kind: 'dateTime' }, lastUpdated: { kind: 'dateTime' },
    productCategory: choice(version === 6 ? `${categories} BUY_NOW_PAY_LATER` : categories),
    name: text, description: text, brand: text, brandName: text, applicationUri: uri, isTailored: { kind: 'boolean' }, additionalInformation,
    cardArt: list(version === 4 ? object('imageUri', image) : object('cardScheme cardType imageUri', {
      cardScheme: choice('AMEX EFTPOS MASTERCARD OTHER VISA'), cardType: choice('CHARGE CREDIT DEBIT'), ...image,
    })),
  });
}

const features = 'ADDITIONAL_CARDS BALANCE_TRANSFERS BILL_PAYMENT BONUS_REWARDS CARD_ACCESS CASHBACK_OFFER COMPLEMENTARY_PRODUCT_DISCOUNTS '
  + 'DIGITAL_BANKING DIGITAL_WALLET DONATE_INTEREST EXTRA_REPAYMENTS FRAUD_PROTECTION FREE_TXNS FREE_TXNS_ALLOWANCE GUARANTOR INSURANCE '
  + 'INSTALMENT_PLAN INTEREST_FREE INTEREST_FREE_TRANSFERS LOYALTY_PROGRAM NOTIFICATIONS NPP_ENABLED NPP_PAYID OFFSET OTHER OVERDRAFT REDRAW '
  + 'RELATIONSHIP_MANAGEMENT UNLIMITED_TXNS';
const newer = (version: number, from: number, words: string): string => (version >= from ? ` ${words}` : '');

/** BankingProductDetailV4 to V7. */
function detailOf(version: 4 | 5 | 6 | 7): Shape & { kind: 'object' } {
  const product = productOf(version < 6 ? 4 : version === 6 ? 5 : 6);
  const isTyped = version >= 6;
  const rateFields = { rate, calculationFrequency: duration, applicationFrequency: duration, tiers: list(tier(isTyped)), ...further };
  const typed: Record<string, Shape> = isTyped ? { applicationType: choice('MATURITY PERIODIC UPFRONT'), applicabilityConditions: conditions[1] } : {};
  return object(product.required.join(' '), {
    ...product.fields,
    bundles: list(object('description name', { name: text, description: text, additionalInfo: text, additionalInfoUri: uri, productIds: list({ kind: 'ascii' }) })),
    features: list(object('featureType', {
      featureType: choice(features + newer(version, 6, 'FUNDS_AVAILABLE_AFTER') + newer(version, 7, 'EXTRA_DOWN_PAYMENT')), ...further,
    })),
    constraints: list(object('constraintType', {
      constraintType: choice(`MAX_BALANCE MAX_LIMIT MIN_BALANCE MIN_LIMIT OPENING_BALANCE${newer(version, 5, 'MAX_LVR MIN_LVR')}${newer(version, 6, 'OTHER')}`), ...further,
    })),
    eligibility: list(object('eligibilityType', { eligibilityType: choice(applicants), ...further })),
    fees: list(isTyped ? methodFee : plainFee),
    depositRates: list(object(`depositRateType rate${newer(version, 6, 'applicationType')}`, {
      depositRateType: choice('BONUS BUNDLE_BONUS FIXED FLOATING INTRODUCTORY MARKET_LINKED VARIABLE'), ...rateFields, ...typed,
    })),
    lendingRates: list(object(`lendingRateType rate${newer(version, 6, 'applicationType loanPurpose repaymentType')}`, {
      lendingRateType: choice('BUNDLE_DISCOUNT_FIXED BUNDLE_DISCOUNT_VARIABLE CASH_ADVANCE DISCOUNT FIXED FLOATING INTRODUCTORY MARKET_LINKED PENALTY '
        + `PURCHASE VARIABLE${newer(version, 6, 'BALANCE_TRANSFER')}`),
      ...rateFields, ...typed, comparisonRate: rate, interestPaymentDue: choice('IN_ADVANCE IN_ARREARS'),
      repaymentType: choice(`INTEREST_ONLY PRINCIPAL_AND_INTEREST${newer(version, 6, 'OTHER UNCONSTRAINED')}`),
      loanPurpose: choice(`INVESTMENT OWNER_OCCUPIED${newer(version, 6, 'OTHER UNCONSTRAINED')}`),
    })),
    ...(version === 7 && { instalments: object('maximumSplit minimumSplit', {
      instalmentsLimit: amount, maximumConcurrentPlans: number, maximumPlanValue: amount, maximumSplit: number,
      minimumPlanValue: amount, minimumSplit: number,
    }) }),
  });
}

/** What Get Products tells, by its version (x-v). */
export const cdrProducts = { 3: productOf(4), 4: productOf(5), 5: productOf(6) } as const;
/** What Get Product Detail tells, by its version. */
export const cdrDetails = { 4: detailOf(4), 5: detailOf(5), 6: detailOf(6), 7: detailOf(7) } as const;
export type ListVersion = keyof typeof cdrProducts;
export type DetailVersion = keyof typeof cdrDetails;

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
