import { asked, describe } from '@finharbor/contracts/eligibility/describe';
import { isPredicate } from '@finharbor/contracts/eligibility/condition';
import { documentOf } from '@finharbor/contracts/eligibility/simple';
import { scaled, unscaled } from '@finharbor/contracts/eligibility/decimals';
import type { PublishedProduct } from '../products/product.entity.js';
import { PricingKind } from '../vocabulary.js';
import { fitted } from './cdr-cleaning.js';
import { cdrDetails, cdrProducts, type DetailVersion, type ListVersion } from './cdr-shape.js';
import { inFormOf } from './cdr-versions.js';

type Plain = Record<string, unknown>;

/** A product of ours as the standard's list tells it. */
export const cdrProductOf = (product: PublishedProduct, version: ListVersion): Plain => fitted(kept(product), cdrProducts[version]);

/** And as a whole: as it was imported, or in the standard's words, in the version that is asked for. */
export function cdrDetailOf(product: PublishedProduct, version: DetailVersion): Plain {
  return fitted(inFormOf(version, kept(product)), cdrDetails[version]);
}

/** The id is always our own. */
const kept = (product: PublishedProduct): Plain => (product.cdr ? { ...product.cdr, productId: product.id }
  : { productId: product.id, lastUpdated: product.publishedAt!.toISOString(), ...translated(product) });

/** Currency is named wherever there is an amount: readers of this standard expect another one. */
const currency = 'CNY';

function translated(product: PublishedProduct): Plain {
  const { amountMin, amountMax } = product.eligibility;
  const limits = [['MIN_LIMIT', amountMin], ['MAX_LIMIT', amountMax]].filter(([, amount]) => amount !== null);
  return {
    productCategory: 'BUSINESS_LOANS', name: product.name, description: product.description ?? product.name, brand: product.bankId, isTailored: false,
    ...(product.publishedAt && { effectiveFrom: product.publishedAt.toISOString() }),
    constraints: limits.map(([constraintType, amount]) => ({ constraintType, additionalValue: amount, additionalInfo: currency })),
    eligibility: documentOf(product.eligibility, product.eligibilityRules.rules).rules.map((rule) => ({
      eligibilityType: 'OTHER', additionalInfo: isPredicate(rule) ? `${rule.fact}: ${asked(rule)}` : describe(rule),
    })),
    fees: (product.terms.fees ?? []).map(({ name, amount, percent, note }) => ({
      name, feeType: 'EVENT', currency, ...(amount !== null && { amount: cents(amount) }), ...(percent !== null && { transactionRate: fraction(percent) }),
      ...(note && { additionalInfo: note }),
    })),
    lendingRates: [product.annualRateMin, product.annualRateMax].filter((rate, index, all) => rate !== null
      && all.indexOf(rate) === index).map((rate) => ({
      lendingRateType: product.terms.pricing?.kind === PricingKind.LPR ? 'MARKET_LINKED' : 'FIXED', rate: fraction(rate!),
      ...(product.terms.pricing?.kind === PricingKind.LPR && { additionalValue: `LPR ${product.terms.pricing.lprTerm}` }),
    })),
  };
}

/** Percent, of at most four places, as the fraction that the standard writes: 3.65 is 0.0365. */
const fraction = (percent: string): string => unscaled(scaled(percent)! / 100n);

const cents = (amount: string): string => {
  const [whole, behind = ''] = amount.split('.');
  return `${whole}.${behind.padEnd(2, '0')}`;
};
