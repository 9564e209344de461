import { eligibilityVersion } from '@finharbor/contracts/eligibility/condition';
import type { LprQuote } from '@finharbor/standards/lpr';
import { cleanedProduct } from '../cdr/cdr-cleaning.js';
import { eligibilityOf } from '../eligibility/eligibility-rules.js';
import { ratesOn } from '../terms/pricing.js';
import { keptTerms } from '../terms/terms-rules.js';
import { ProductLine } from '../vocabulary.js';
import type { CreateProductInput } from './product.inputs.js';
import type { Product } from './product.entity.js';

/** What a bank writes of a product. */
export type ProductContent = Pick<Product,
  'line' | 'externalId' | 'name' | 'description' | 'eligibility' | 'eligibilityRules' | 'annualRateMin' | 'annualRateMax' | 'rateQuotedOn'
  | 'repaymentModes' | 'terms' | 'cdr'>;

/** The input as it is kept; it must be right (`productProblems`). Rates against the LPR are those of `today`. */
export function contentOf(input: CreateProductInput, today: string, quotes: readonly LprQuote[]): ProductContent {
  const rates = input.terms?.pricing && ratesOn(input.terms.pricing, today, quotes);
  return {
    line: input.line ?? ProductLine.LOAN,
    externalId: input.externalId ?? null,
    name: input.name,
    description: input.description ?? null,
    eligibility: eligibilityOf(input.eligibility),
    eligibilityRules: input.eligibilityRules ?? { v: eligibilityVersion, rules: [] },
    annualRateMin: rates?.min ?? input.annualRateMin ?? null,
    annualRateMax: rates?.max ?? input.annualRateMax ?? null,
    rateQuotedOn: rates?.quotedOn ?? null,
    repaymentModes: input.repaymentModes ?? null,
    terms: keptTerms(input.terms ?? {}),
    cdr: input.cdr ? cleanedProduct(input.cdr).detail : null,
  };
}

/** The rates of a product as they are on another day; itself where they are fixed. */
export function pricedOn<Priced extends Pick<Product, 'terms' | 'annualRateMin' | 'annualRateMax' | 'rateQuotedOn'>>(
  product: Priced, date: string, quotes: readonly LprQuote[],
): Priced {
  const rates = product.terms.pricing && ratesOn(product.terms.pricing, date, quotes);
  return rates ? Object.assign(product, { annualRateMin: rates.min, annualRateMax: rates.max, rateQuotedOn: rates.quotedOn }) : product;
}
