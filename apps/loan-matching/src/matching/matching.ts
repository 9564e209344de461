import type { Payload } from '@finharbor/contracts/events/catalogue';
import { type GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import { isIndustryWithin } from '@finharbor/standards/industries';
import { fullMonthsBetween } from './months.js';
import { compareDecimals } from './decimals.js';

export enum MatchRule {
  REGION = 'REGION',
  INDUSTRY = 'INDUSTRY',
  SIZE_CLASS = 'SIZE_CLASS',
  AMOUNT_MIN = 'AMOUNT_MIN',
  AMOUNT_MAX = 'AMOUNT_MAX',
  TERM_MIN = 'TERM_MIN',
  TERM_MAX = 'TERM_MAX',
  YEARS_IN_BUSINESS = 'YEARS_IN_BUSINESS',
  GUARANTEE_TYPES = 'GUARANTEE_TYPES',
}

/** UNKNOWN is a question that the facts leave open. It is never taken for a yes or a no. */
export enum MatchOutcome {
  PASS = 'PASS',
  UNKNOWN = 'UNKNOWN',
  FAIL = 'FAIL',
}

/** Who says so: the applicant, or the enterprise master that the departments' lists feed. */
export enum FactSource {
  APPLICANT = 'APPLICANT',
  ENTERPRISE_MASTER = 'ENTERPRISE_MASTER',
}

export interface Fact<T = string> {
  value: T;
  source: FactSource;
}

/** What is known of a demand and its enterprise; null for what nobody stated. */
export interface Facts {
  /** Yuan. */
  amount: string;
  termMonths: number;
  /** What the applicant can offer; none means that it did not say. */
  guaranteeTypes: readonly GuaranteeType[];
  regionCode: Fact | null;
  industryCode: Fact | null;
  sizeClass: Fact<SizeClass>;
  establishedOn: Fact | null;
  /** The inputs that would tell a size class that is UNKNOWN. */
  missingForSize: readonly string[];
}

export type Eligibility = Payload<'product.published'>['eligibility'];

export interface Offer {
  productId: string;
  bankId: string;
  name: string;
  eligibility: Eligibility;
}

/** Why a rule passes, fails or stays open: what the product asks, what the demand has, and which inputs are missing. */
export interface Result {
  rule: MatchRule;
  outcome: MatchOutcome;
  expected: string;
  actual: string | null;
  source: FactSource | null;
  missing: string[];
}

export interface Matched {
  offer: Offer;
  verdict: MatchOutcome;
  rules: Result[];
}

/** Matches a demand with every product on offer, best first. Pure: the same facts give the same matches in the same order. */
export function matchAll(offers: readonly Offer[], facts: Facts, today: string): Matched[] {
  return offers
    .map((offer) => {
      const rules = checkRules(offer.eligibility, facts, today);
      return { offer, rules, verdict: verdictOf(rules) };
    })
    .sort((a, b) => byVerdict({ ...a, ...a.offer }, { ...b, ...b.offer }));
}

/** FAIL where any rule fails, else UNKNOWN where any is open, else PASS: a product without rules takes everybody. */
export const verdictOf = (rules: readonly Result[]): MatchOutcome =>
  [MatchOutcome.FAIL, MatchOutcome.UNKNOWN].find((outcome) => rules.some((rule) => rule.outcome === outcome)) ?? MatchOutcome.PASS;

const rank: Record<MatchOutcome, number> = { PASS: 0, UNKNOWN: 1, FAIL: 2 };

interface Ranked { verdict: MatchOutcome; name: string; productId: string }

/** By verdict, then by the product's name and id, in code units: the same on every machine. */
export function byVerdict(a: Ranked, b: Ranked): number {
  if (a.verdict !== b.verdict) return rank[a.verdict] - rank[b.verdict];
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.productId < b.productId ? -1 : Number(a.productId > b.productId);
}

/** One result for each rule that the product states. A rule that is absent, or a list without entries, excludes nobody. */
export function checkRules(eligibility: Eligibility, facts: Facts, today: string): Result[] {
  const { regionCodes, industryCodes, sizeClasses, guaranteeTypes } = eligibility;
  const { amountMin, amountMax, termMonthsMin, termMonthsMax, yearsInBusinessMin } = eligibility;
  const results: Result[] = [];
  if (regionCodes?.length) results.push(scopeRule(MatchRule.REGION, 'regionCode', regionCodes, facts.regionCode, isRegionIn));
  if (industryCodes?.length) results.push(scopeRule(MatchRule.INDUSTRY, 'industryCode', industryCodes, facts.industryCode, isIndustryIn));
  if (sizeClasses?.length) results.push(sizeRule(sizeClasses, facts));
  if (amountMin !== undefined) results.push(amountRule(MatchRule.AMOUNT_MIN, amountMin, facts.amount, (order) => order >= 0));
  if (amountMax !== undefined) results.push(amountRule(MatchRule.AMOUNT_MAX, amountMax, facts.amount, (order) => order <= 0));
  if (termMonthsMin !== undefined) results.push(termRule(MatchRule.TERM_MIN, termMonthsMin, facts, facts.termMonths >= termMonthsMin));
  if (termMonthsMax !== undefined) results.push(termRule(MatchRule.TERM_MAX, termMonthsMax, facts, facts.termMonths <= termMonthsMax));
  if (yearsInBusinessMin !== undefined) results.push(yearsRule(yearsInBusinessMin, facts.establishedOn, today));
  if (guaranteeTypes?.length) results.push(guaranteeRule(guaranteeTypes, facts.guaranteeTypes));
  return results;
}

type Within = (code: string, scope: string) => MatchOutcome;

/** PASS where the code lies in any scope, else UNKNOWN where it is too coarse to tell for one of them. */
function scopeRule(rule: MatchRule, input: string, scopes: readonly string[], fact: Fact | null, within: Within): Result {
  const expected = scopes.join(', ');
  if (!fact) return open(rule, expected, [input]);
  const outcomes = scopes.map((scope) => within(fact.value, scope));
  const outcome = [MatchOutcome.PASS, MatchOutcome.UNKNOWN].find((one) => outcomes.includes(one)) ?? MatchOutcome.FAIL;
  return { rule, outcome, expected, actual: fact.value, source: fact.source, missing: outcome === MatchOutcome.UNKNOWN ? [input] : [] };
}

/**
 * A region takes in what its code begins: 500101 the street 500101001, 500000 the whole municipality. By code alone, so
 * that a street outside our tables is placed too. A functional zone overlaps streets, so neither tells about the other.
 */
const isRegionIn: Within = (code, scope) => {
  if (code.startsWith(stem(scope))) return MatchOutcome.PASS;
  if (scope.startsWith(stem(code))) return MatchOutcome.UNKNOWN;
  const overlaps = code.slice(0, 6) === scope.slice(0, 6) && (code[6] === 'Z') !== (scope[6] === 'Z');
  return overlaps ? MatchOutcome.UNKNOWN : MatchOutcome.FAIL;
};

const stem = (code: string): string => (code.endsWith('0000') ? code.slice(0, 2) : code);

const isIndustryIn: Within = (code, scope) => {
  if (isIndustryWithin(code, scope)) return MatchOutcome.PASS;
  return isIndustryWithin(scope, code) ? MatchOutcome.UNKNOWN : MatchOutcome.FAIL;
};

function sizeRule(sizeClasses: readonly SizeClass[], { sizeClass, missingForSize }: Facts): Result {
  const expected = sizeClasses.join(', ');
  if (sizeClass.value === SizeClass.UNKNOWN) return { ...open(MatchRule.SIZE_CLASS, expected, missingForSize), actual: SizeClass.UNKNOWN };
  return closed(MatchRule.SIZE_CLASS, sizeClasses.includes(sizeClass.value), expected, sizeClass.value, sizeClass.source);
}

/** A limit that cannot be read is a question, not a refusal. */
function amountRule(rule: MatchRule, limit: string, amount: string, holds: (order: number) => boolean): Result {
  const order = compareDecimals(amount, limit);
  if (order === undefined) return { ...open(rule, limit, []), actual: amount };
  return closed(rule, holds(order), limit, amount, FactSource.APPLICANT);
}

const termRule = (rule: MatchRule, limit: number, { termMonths }: Facts, holds: boolean): Result =>
  closed(rule, holds, String(limit), String(termMonths), FactSource.APPLICANT);

/** Counted in full months, so that half a year and a day short of a year are told apart. Both sides are shown in years. */
function yearsRule(years: number, fact: Fact | null, today: string): Result {
  if (!fact) return open(MatchRule.YEARS_IN_BUSINESS, String(years), ['establishedOn']);
  const months = fullMonthsBetween(fact.value, today);
  const actual = String(Math.floor((months * 100) / 12) / 100);
  return closed(MatchRule.YEARS_IN_BUSINESS, months >= years * 12, String(years), actual, fact.source);
}

function guaranteeRule(taken: readonly GuaranteeType[], offered: readonly GuaranteeType[]): Result {
  const expected = taken.join(', ');
  if (offered.length === 0) return open(MatchRule.GUARANTEE_TYPES, expected, ['guaranteeTypes']);
  return closed(MatchRule.GUARANTEE_TYPES, offered.some((one) => taken.includes(one)), expected, offered.join(', '), FactSource.APPLICANT);
}

const closed = (rule: MatchRule, holds: boolean, expected: string, actual: string, source: FactSource): Result =>
  ({ rule, outcome: holds ? MatchOutcome.PASS : MatchOutcome.FAIL, expected, actual, source, missing: [] });

const open = (rule: MatchRule, expected: string, missing: readonly string[]): Result =>
  ({ rule, outcome: MatchOutcome.UNKNOWN, expected, actual: null, source: null, missing: [...missing] });
