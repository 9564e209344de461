import { contradictions } from '@finharbor/contracts/eligibility/contradictions';
import { rulesOfSimple } from '@finharbor/contracts/eligibility/simple';
import { eligibilityProblems } from '@finharbor/contracts/eligibility/validate';
import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import { checkIndustryCode, sectionName } from '@finharbor/standards/industries';
import { type Region, regionOn } from '@finharbor/standards/regions';
import { normaliseCode } from '@finharbor/standards/text';
import { cleanedProduct } from '../cdr/cdr-cleaning.js';
import { Eligibility } from './eligibility.entity.js';
import type { CreateProductInput, EligibilityInput } from '../products/product.inputs.js';
import { termsProblems } from '../terms/terms-rules.js';
import { ProductLine } from '../vocabulary.js';

/**
 * Everything about the input that no applicant could meet or that names nothing: unknown codes and impossible ranges.
 * @param today ISO date on which the regions must be in force.
 * @param imported regions to lay over the built-in ones.
 */
export function productProblems(input: CreateProductInput, today: string, imported: readonly Region[] = []): FieldError[] {
  const { eligibility } = input;
  const problems: FieldError[] = [];
  const refuse = (field: string, rule: string, message: string): void => void problems.push({ field, rule, message });
  eligibility.regionCodes?.forEach((code, index) => {
    if (!regionOn(code, today, imported)) refuse(`eligibility.regionCodes.${index}`, 'region', 'this is no region of today');
  });
  eligibility.industryCodes?.forEach((code, index) => {
    if (!industryScopeOf(code)) refuse(`eligibility.industryCodes.${index}`, 'industry', 'this is no section or code of GB/T 4754-2017');
  });
  if (eligibility.amountMax && Number(eligibility.amountMax) === 0) {
    refuse('eligibility.amountMax', 'positive', 'amountMax must be more than nothing');
  }
  // Twelve digits and two decimals: doubles tell any two such amounts apart.
  const range = (field: string, min: number | string | null | undefined, max: number | string | null | undefined): void => {
    if (min == null || max == null || Number(min) <= Number(max)) return;
    refuse(field, 'range', `${field.split('.').at(-1)} must not be less than the minimum`);
  };
  range('eligibility.amountMax', eligibility.amountMin, eligibility.amountMax);
  range('eligibility.termMonthsMax', eligibility.termMonthsMin, eligibility.termMonthsMax);
  range('annualRateMax', input.annualRateMin, input.annualRateMax);
  if (input.terms?.pricing) {
    for (const field of ['annualRateMin', 'annualRateMax'] as const) {
      if (input[field] != null) refuse(field, 'derived', `${field} follows from terms.pricing, and is left out beside it`);
    }
  }
  problems.push(...termsProblems(input.line ?? ProductLine.LOAN, input.terms ?? {}));
  if (input.cdr != null) problems.push(...cleanedProduct(input.cdr).problems.map((one) => ({ ...one, field: `cdr.${one.field}` })));
  if (input.eligibilityRules != null) problems.push(...eligibilityProblems(input.eligibilityRules, { today, regions: imported,
    path: rulesPath }));
  return problems.length > 0 ? problems : togetherProblems(input);
}

const rulesPath = 'eligibilityRules';

/** What the fields and the rules ask together and nobody keeps. */
function togetherProblems({ eligibility, eligibilityRules }: CreateProductInput): FieldError[] {
  const fields = rulesOfSimple(eligibility);
  const place = (path: string): string => path.replace(/^rules\.(\d+)/, (_, index: string) =>
    (Number(index) < fields.length ? 'eligibility' : `${rulesPath}.rules.${Number(index) - fields.length}`));
  return contradictions([...fields, ...eligibilityRules?.rules ?? []], 'rules').map(({ field, rule, message }) =>
    ({ field: place(field), rule, message: message.replace(/rules\.\d+/, (path) => place(path)) }));
}

/** The rules as they are kept: codes as the standard writes them, null for a rule that was left out. */
export function eligibilityOf(input: EligibilityInput): Eligibility {
  return Object.assign(new Eligibility(), {
    regionCodes: input.regionCodes ?? null,
    industryCodes: input.industryCodes ? [...new Set(input.industryCodes.map((code) => industryScopeOf(code)!))] : null,
    sizeClasses: input.sizeClasses ?? null,
    amountMin: input.amountMin ?? null,
    amountMax: input.amountMax ?? null,
    termMonthsMin: input.termMonthsMin ?? null,
    termMonthsMax: input.termMonthsMax ?? null,
    yearsInBusinessMin: input.yearsInBusinessMin ?? null,
    guaranteeTypes: input.guaranteeTypes ?? null,
  } satisfies Eligibility);
}

/** The region and those around it: a product that serves any of them serves the region. Refused for a region that is none today. */
export function regionsAround(code: string, today: string, imported: readonly Region[] = []): string[] {
  if (!regionOn(code, today, imported)) throw invalid('regionCode', 'region', 'regionCode is no region of today');
  return [...new Set([code, code.slice(0, 6), `${code.slice(0, 2)}0000`])];
}

/** The industry and those around it: C1310 lies in C131, C13 and C. Refused for what is no industry. */
export function industriesAround(code: string): string[] {
  const own = industryScopeOf(code);
  if (!own) throw invalid('industryCode', 'industry', 'industryCode is no section or code of GB/T 4754-2017');
  return [own[0], ...Array.from({ length: own.length - 2 }, (_, index) => own.slice(0, index + 3))];
}

/** A section letter or an industry code with its letter; undefined for what is neither. */
function industryScopeOf(text: string): string | undefined {
  const section = normaliseCode(text);
  if (sectionName(section)) return section;
  const { code, problem } = checkIndustryCode(text);
  return problem ? undefined : code;
}

const invalid = (field: string, rule: string, message: string): DomainError =>
  new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);
