import type { GuaranteeType, SizeClass } from '../vocabulary.js';
import type { Condition, EligibilityDocument } from './condition.js';
import { eligibilityVersion } from './condition.js';

/** The rules that every product states in fields of their own, so that it can be searched by them. An absent one excludes nobody. */
export interface SimpleEligibility {
  regionCodes?: readonly string[] | null;
  industryCodes?: readonly string[] | null;
  sizeClasses?: readonly SizeClass[] | null;
  /** Yuan. */
  amountMin?: string | null;
  amountMax?: string | null;
  termMonthsMin?: number | null;
  termMonthsMax?: number | null;
  yearsInBusinessMin?: number | null;
  guaranteeTypes?: readonly GuaranteeType[] | null;
}

/** The same rules in the language, a rule for each; lists without entries ask nothing. */
export function rulesOfSimple(simple: SimpleEligibility): Condition[] {
  const { regionCodes, industryCodes, sizeClasses, guaranteeTypes, amountMin, amountMax, termMonthsMin, termMonthsMax,
    yearsInBusinessMin } = simple;
  const rules: Condition[] = [];
  if (regionCodes?.length) rules.push({ fact: 'region', in: [...regionCodes] });
  if (industryCodes?.length) rules.push({ fact: 'industry', in: [...industryCodes] });
  if (sizeClasses?.length) rules.push({ fact: 'sizeClass', in: [...sizeClasses] });
  if (amountMin != null) rules.push({ fact: 'amount', min: amountMin, unit: 'YUAN' });
  if (amountMax != null) rules.push({ fact: 'amount', max: amountMax, unit: 'YUAN' });
  if (termMonthsMin != null) rules.push({ fact: 'term', min: String(termMonthsMin), unit: 'MONTH' });
  if (termMonthsMax != null) rules.push({ fact: 'term', max: String(termMonthsMax), unit: 'MONTH' });
  if (yearsInBusinessMin != null) rules.push({ fact: 'ageOfBusiness', min: decimal(yearsInBusinessMin), unit: 'YEAR' });
  if (guaranteeTypes?.length) rules.push({ fact: 'guarantee', has: [...guaranteeTypes] });
  return rules;
}

/** The fields' rules first, then the others. */
export const documentOf = (simple: SimpleEligibility, others: readonly Condition[] = []): EligibilityDocument =>
  ({ v: eligibilityVersion, rules: [...rulesOfSimple(simple), ...others] });

/** A double without an exponent, to six places. */
const decimal = (number: number): string => number.toFixed(6).replace(/\.?0+$/, '');
