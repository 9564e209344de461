import type { Condition } from '@finharbor/contracts/eligibility/condition';
import { ApplicantKind } from '@finharbor/contracts/eligibility/facts';
import { ProductChannel, ProductLine, RepaymentMode } from '../vocabulary.js';
import { cleanedProduct } from './cdr-cleaning.js';

type Plain = Record<string, unknown>;
const recordsOf = (value: unknown): Plain[] => (Array.isArray(value) ? value as Plain[] : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The products of each brand: a product is known by its brand and its id, and brands share ids. */
export function byBrand(products: readonly unknown[]): Map<string, Plain[]> {
  const brands = new Map<string, Plain[]>();
  for (const product of products as Plain[]) {
    const brand = textOf(product?.brand).trim() || '(no brand)';
    brands.set(brand, [...brands.get(brand) ?? [], product]);
  }
  return brands;
}

/**
 * A product of a CDR file as an item of a bulk upsert, to be published. What it says in dollars stays in the record that the facade
 * gives out: our fields are yuan, and no number is passed off as another. Of its conditions age and kind of applicant execute, the
 * others are texts.
 */
export function itemOf(product: Plain): Plain {
  const { detail } = cleanedProduct(product);
  const rates = ratesOf(detail);
  const repaymentModes = repaymentsOf(detail);
  const isDigital = recordsOf(detail.features).some(({ featureType }) => featureType === 'DIGITAL_BANKING');
  return {
    externalId: textOf(product.productId), line: ProductLine.LOAN, name: plain(textOf(detail.name), 120),
      description: plain(textOf(detail.description), 2_000),
    eligibility: {}, eligibilityRules: { v: 1, rules: rulesOf(detail) },
    ...(rates.length > 0 && { annualRateMin: percent(Math.min(...rates)), annualRateMax: percent(Math.max(...rates)) }),
    ...(repaymentModes.length > 0 && { repaymentModes }),
    terms: isDigital ? { channels: [ProductChannel.ONLINE_BANKING] } : {},
    cdr: product, publish: true,
  };
}

/** Text as our fields take it: without markup, in one line, cut where it is too long. */
function plain(text: string, most: number): string {
  const line = text.replaceAll(/<[^>]*>|&(#\d+|#x[\da-f]+|[a-z]+);/gi, ' ').replaceAll(/<(?=[a-z!/?])/gi, '< ').replaceAll(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

const percent = (fraction: number): string => (fraction * 100).toFixed(4);

/** Rates that are charged in the ordinary course, as fractions. One that is 1 or more is no fraction, and nobody knows what was meant. */
const ratesOf = ({ lendingRates }: Plain): number[] => recordsOf(lendingRates)
  .filter(({ lendingRateType }) => lendingRateType !== 'PENALTY' && lendingRateType !== 'DISCOUNT')
  .map(({ rate }) => Number(rate)).filter((rate) => rate > 0 && rate < 1);

function repaymentsOf({ lendingRates, features, productCategory }: Plain): RepaymentMode[] {
  const types = new Set(recordsOf(lendingRates).map(({ repaymentType }) => repaymentType));
  const redraws = productCategory === 'OVERDRAFTS' || recordsOf(features).some(({ featureType }) => featureType === 'REDRAW' || featureType === 'OVERDRAFT');
  return [
    ...(types.has('PRINCIPAL_AND_INTEREST') ? [RepaymentMode.EQUAL_INSTALMENTS] : []),
    ...(types.has('INTEREST_ONLY') ? [RepaymentMode.INTEREST_THEN_PRINCIPAL] : []),
    ...(redraws ? [RepaymentMode.BORROW_REPAY_ANYTIME] : []),
  ];
}

const businesses = Object.values(ApplicantKind).filter((kind) => kind !== ApplicantKind.NATURAL_PERSON);

function rulesOf({ eligibility, constraints }: Plain): Condition[] {
  const conditions = recordsOf(eligibility);
  const has = (type: string): boolean => conditions.some(({ eligibilityType }) => eligibilityType === type);
  const kinds = [...(has('BUSINESS') ? businesses : []), ...(has('NATURAL_PERSON') ? [ApplicantKind.NATURAL_PERSON] : [])];
  const [oldest, youngest] = [agesOf(conditions, 'MAX_AGE'), agesOf(conditions, 'MIN_AGE')];
  const executed = new Set(['BUSINESS', 'NATURAL_PERSON', ...(youngest.length > 0 ? ['MIN_AGE'] : []), ...(oldest.length > 0 ? ['MAX_AGE'] : [])]);
  const texts = [
    ...conditions.filter(({ eligibilityType, additionalInfo }) => !executed.has(textOf(eligibilityType)) || textOf(additionalInfo) !== '')
      .map((one) => said(one.eligibilityType, one)),
    ...recordsOf(constraints).map((one) => said(one.constraintType, one)),
  ].filter((text) => text !== '');
  return [
    ...(kinds.length > 0 ? [{ fact: 'applicantKind' as const, in: kinds }] : []),
    ...(youngest.length > 0 ? [{ fact: 'applicantAge' as const, min: String(Math.max(...youngest)), unit: 'YEAR' as const }] : []),
    ...(oldest.length > 0 && Math.min(...oldest) >= Math.max(0, ...youngest) ? [{ fact: 'applicantAge' as const, max: String(Math.min(...oldest)), unit: 'YEAR' as const }] : []),
    ...[...new Set(texts)].slice(0, 150).map((text) => ({ text })),
  ];
}

const agesOf = (conditions: readonly Plain[], type: string): number[] => conditions
  .filter(({ eligibilityType }) => eligibilityType === type).map(({ additionalValue }) => Number(additionalValue)).filter((age) =>
    Number.isInteger(age) && age > 0 && age <= 120);

const said = (type: unknown, { additionalValue, additionalInfo }: Plain): string =>
  plain([textOf(type), textOf(additionalValue), textOf(additionalInfo)].filter(Boolean).join(': '), 500);
