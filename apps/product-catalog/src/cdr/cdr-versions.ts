import type { DetailVersion } from './cdr-shape.js';

type Plain = Record<string, unknown>;

const recordsOf = (value: unknown): Plain[] => (Array.isArray(value) ? value.filter((one): one is Plain => one !== null && typeof one === 'object') : []);

/**
 * The version of the detail that a record is written in, told by what only that version and later ones have. Nothing in a record names
 * it; what fits several is read as the oldest of them, which comes to the same.
 */
export function versionOf(value: unknown): DetailVersion {
  const { productCategory, instalments, features, fees, lendingRates, depositRates, constraints, cardArt } = (value ?? {}) as Plain;
  const types = new Set([
    ...recordsOf(features).map(({ featureType }) => featureType), ...recordsOf(constraints).map(({ constraintType }) => constraintType),
  ]);
  const rates = [...recordsOf(lendingRates), ...recordsOf(depositRates)];
  if (productCategory === 'BUY_NOW_PAY_LATER' || instalments || types.has('EXTRA_DOWN_PAYMENT')) return 7;
  const isTyped = recordsOf(fees).some((fee) => 'feeMethodUType' in fee) || rates.some((rate) => 'applicationType' in rate)
    || recordsOf(cardArt).some((image) => 'cardScheme' in image) || types.has('FUNDS_AVAILABLE_AFTER')
    || recordsOf(constraints).some(({ constraintType }) => constraintType === 'OTHER');
  if (isTyped) return 6;
  return types.has('MAX_LVR') || types.has('MIN_LVR') ? 5 : 4;
}

/** A record in the form of a version: fees, rates and tiers are written in one way up to version 5 and in another since 6. */
export function inFormOf(version: DetailVersion, detail: Plain): Plain {
  if (version >= 6 === versionOf(detail) >= 6) return detail;
  const write = version >= 6 ? typed : plain;
  const each = (name: string, change: (record: Plain) => Plain | Plain[]): Plain =>
    (Array.isArray(detail[name]) ? { [name]: recordsOf(detail[name]).flatMap(change) } : {});
  return { ...detail, ...each('fees', write.fee), ...each('lendingRates', write.lendingRate), ...each('depositRates', write.rate) };
}

const rateTypes = { balanceRate: 'BALANCE', transactionRate: 'TRANSACTION', accruedRate: 'INTEREST_ACCRUED', feeRate: 'FEE' };
type RateField = keyof typeof rateTypes;
const rateFields = Object.keys(rateTypes) as RateField[];

/** How much a record charges, as the methods of version 6 write it: one for each amount and rate that it states. */
function methodsOf(record: Plain): Plain[] {
  const { amount, accrualFrequency } = record;
  return [
    ...(amount === undefined ? [] : [{ fixedAmount: { amount } }]),
    ...rateFields.filter((field) => record[field] !== undefined).map((field) =>
      ({ rateBased: { rateType: rateTypes[field], rate: record[field], ...(accrualFrequency !== undefined && { accrualFrequency }) } })),
  ];
}

const tiersOf = (value: unknown, change: (tier: Plain) => Plain): Plain =>
  (Array.isArray(value) ? { tiers: recordsOf(value).map(change) } : {});

/** As version 6 and later write it. What an older record leaves out holds for all, which the newer ones call UNCONSTRAINED. */
const typed = {
  fee: (fee: Plain): Plain[] => {
    const { amount: _, balanceRate: _b, transactionRate: _t, accruedRate: _a, accrualFrequency: _f, discounts, feeType, ...common } = fee;
    const kept = { ...common, ...(feeType === 'VARIABLE' ? { feeType: 'OTHER', additionalInfo: common.additionalInfo ?? common.name } : { feeType }) };
    const own = Array.isArray(discounts) ? { discounts: recordsOf(discounts).flatMap(typed.discount) } : {};
    const methods = methodsOf(fee);
    return (methods.length > 0 ? methods : [{ variable: {} }]).map((method) =>
      ({ ...kept, feeMethodUType: Object.keys(method)[0], ...method, ...own }));
  },
  discount: (discount: Plain): Plain[] => {
    const { amount: _, balanceRate: _b, transactionRate: _t, accruedRate: _a, feeRate: _f, ...common } = discount;
    return methodsOf(discount).map((method) => ({ ...common, discountMethodUType: Object.keys(method)[0], ...method }));
  },
  rate: (rate: Plain): Plain => ({ ...rate, applicationType: 'PERIODIC', ...tiersOf(rate.tiers, typed.tier) }),
  lendingRate: (rate: Plain): Plain => ({ repaymentType: 'UNCONSTRAINED', loanPurpose: 'UNCONSTRAINED', ...typed.rate(rate) }),
  tier: ({ minimumValue, maximumValue, applicabilityConditions, ...tier }: Plain): Plain => {
    const value = (of: unknown): string => {
      const number = Number(of);
      if (tier.unitOfMeasure === 'DOLLAR') return number.toFixed(2);
      // A share of the value was a number of per cent, and is a fraction now.
      return tier.unitOfMeasure === 'PERCENT' ? String(Number((number / 100).toPrecision(12))) : String(number);
    };
    return {
      ...tier, minimumValue: value(minimumValue), ...(maximumValue !== undefined && { maximumValue: value(maximumValue) }),
      ...(applicabilityConditions !== undefined && { applicabilityConditions: [{ rateApplicabilityType: 'OTHER', ...applicabilityConditions as Plain }] }),
    };
  },
};

/** Types of fees that older versions do not know, as the nearest that they do. */
const olderFeeTypes: Record<string, string> = {
  CASH_ADVANCE: 'TRANSACTION', DISHONOUR: 'EVENT', ENQUIRY: 'EVENT', LATE_PAYMENT: 'EVENT', OTHER: 'EVENT', REPLACEMENT: 'EVENT', UPFRONT_PER_PLAN: 'UPFRONT', VARIATION: 'EVENT',
};

/** As version 5 and earlier write it. */
const plain = {
  fee: (fee: Plain): Plain => {
    const { feeMethodUType, fixedAmount: _, rateBased: _r, variable: _v, feeCap: _c, feeCapPeriod: _p, discounts, ...common } = fee;
    const feeType = feeMethodUType === 'variable' ? 'VARIABLE' : olderFeeTypes[String(common.feeType)] ?? common.feeType;
    const own = Array.isArray(discounts) ? { discounts: recordsOf(discounts).map(plain.discount) } : {};
    return { ...common, feeType, ...charge(fee), ...own };
  },
  discount: (discount: Plain): Plain => {
    const { discountMethodUType: _, fixedAmount: _a, rateBased: _r, ...common } = discount;
    return { ...common, ...charge(discount) };
  },
  rate: ({ applicationType: _, applicabilityConditions: _c, ...rate }: Plain): Plain => ({ ...rate, ...tiersOf(rate.tiers, plain.tier) }),
  lendingRate: (rate: Plain): Plain => {
    const { repaymentType, loanPurpose, ...others } = plain.rate(rate);
    const stated = (name: string, value: unknown): Plain => (value === undefined || value === 'UNCONSTRAINED' || value === 'OTHER' ? {} : { [name]: value });
    return { ...others, ...stated('repaymentType', repaymentType), ...stated('loanPurpose', loanPurpose) };
  },
  tier: ({ minimumValue, maximumValue, applicabilityConditions, ...tier }: Plain): Plain => {
    const value = (of: unknown): number => Number((Number(of) * (tier.unitOfMeasure === 'PERCENT' ? 100 : 1)).toPrecision(12));
    const said = recordsOf(applicabilityConditions).map(({ rateApplicabilityType, additionalValue, additionalInfo }) =>
      [rateApplicabilityType === 'OTHER' ? undefined : rateApplicabilityType, additionalValue, additionalInfo].filter(Boolean).join(': ')).filter(Boolean).join('; ');
    return {
      ...tier, minimumValue: value(minimumValue), ...(maximumValue !== undefined && { maximumValue: value(maximumValue) }),
      ...(said && { applicabilityConditions: { additionalInfo: said } }),
    };
  },
};

/** The amount or the rate of a method. */
function charge({ fixedAmount, rateBased }: Plain): Plain {
  const { rateType, rate, accrualFrequency } = (rateBased ?? {}) as Plain;
  const field = rateFields.find((one) => rateTypes[one] === rateType);
  return {
    ...((fixedAmount as Plain | undefined)?.amount !== undefined && { amount: (fixedAmount as Plain).amount }),
    ...(field && { [field]: rate, ...(accrualFrequency !== undefined && { accrualFrequency }) }),
  };
}
