import { compareDecimals, scaled } from '@finharbor/contracts/eligibility/decimals';
import type { FieldError } from '@finharbor/contracts/errors';
import { shownProperties } from '@finharbor/platform/subgraph/property';
import { PricingKind, ProductLine } from '../vocabulary.js';
import type { Pricing } from './pricing.js';
import { type GuaranteeTerms, type PriceTier, ProductTerms } from './terms.js';

/** What no single field can tell: terms of another line, prices that lack something, tiers that overlap, shares that are not 100. */
export function termsProblems(line: ProductLine, terms: Partial<ProductTerms>, path = 'terms'): FieldError[] {
  const problems: FieldError[] = [];
  const refuse = (field: string, rule: string, message: string): void => void problems.push({ field: `${path}.${field}`, rule, message });
  const belongs = (field: 'insurance' | 'guarantee' | 'parts', owner: ProductLine): void => {
    if (terms[field] == null && line === owner) refuse(field, 'required', `${field} is needed for ${line}`);
    if (terms[field] != null && line !== owner) refuse(field, 'line', `${field} is for ${owner} alone`);
  };
  belongs('insurance', ProductLine.INSURANCE);
  belongs('guarantee', ProductLine.GUARANTEE);
  belongs('parts', ProductLine.COMBINED);
  if (terms.parts && terms.parts.length < 2) refuse('parts', 'parts', 'a combined offer has two parts or more');
  if (terms.pricing) pricingProblems(terms.pricing, 'pricing', refuse);
  tierProblems(terms.tiers ?? [], refuse);
  if (terms.guarantee) shareProblems(terms.guarantee, refuse);
  terms.fees?.forEach((fee, index) => {
    if (fee.amount == null && fee.percent == null) refuse(`fees.${index}`, 'fee', 'a fee has an amount, a percentage or both');
  });
  return problems;
}

type Refuse = (field: string, rule: string, message: string) => void;

function pricingProblems(pricing: Pricing, field: string, refuse: Refuse): void {
  const { kind, lprTerm, basisPointsMin, basisPointsMax, rateMin, rateMax } = pricing;
  const wanted = kind === PricingKind.LPR ? { lprTerm, basisPointsMin, basisPointsMax } : { rateMin, rateMax };
  const unwanted = kind === PricingKind.LPR ? { rateMin, rateMax } : { lprTerm, basisPointsMin, basisPointsMax };
  for (const [name, value] of Object.entries(wanted)) if (value == null) refuse(`${field}.${name}`, 'required', `${name} is needed with ${kind}`);
  for (const [name, value] of Object.entries(unwanted)) if (value != null) refuse(`${field}.${name}`, 'kind', `${name} does not go with ${kind}`);
  if (basisPointsMin != null && basisPointsMax != null && basisPointsMin > basisPointsMax) {
    refuse(`${field}.basisPointsMax`, 'range', 'basisPointsMax must not be less than basisPointsMin');
  }
  if (rateMin != null && rateMax != null && compareDecimals(rateMin, rateMax)! > 0) refuse(`${field}.rateMax`, 'range', 'rateMax must not be less than rateMin');
}

function tierProblems(tiers: readonly PriceTier[], refuse: Refuse): void {
  tiers.forEach(({ amountFrom, amountTo, pricing }, index) => {
    pricingProblems(pricing, `tiers.${index}.pricing`, refuse);
    if (amountTo != null && compareDecimals(amountFrom, amountTo)! >= 0) refuse(`tiers.${index}.amountTo`, 'range', 'amountTo must be more than amountFrom');
    tiers.slice(0, index).forEach((other, place) => {
      const before = other.amountTo != null && compareDecimals(other.amountTo, amountFrom)! <= 0;
      const behind = amountTo != null && compareDecimals(amountTo, other.amountFrom)! <= 0;
      if (!before && !behind) refuse(`tiers.${index}.amountFrom`, 'overlap', `this tier overlaps tiers.${place}`);
    });
  });
}

function shareProblems({ shares }: GuaranteeTerms, refuse: Refuse): void {
  const sum = shares.reduce((total, { percent }) => total + scaled(percent)!, 0n);
  if (sum !== scaled('100')) refuse('guarantee.shares', 'sum', 'the shares of all institutions make 100 per cent together');
}

/** The terms as they are kept and shown: every property there, null where it was left out. */
export const keptTerms = (terms: Partial<ProductTerms>): ProductTerms => Object.fromEntries(
  shownProperties(ProductTerms)!.properties.map((name) => [name, terms[name as keyof ProductTerms] ?? null])) as unknown as ProductTerms;
