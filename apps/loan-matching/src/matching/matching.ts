import type { Payload } from '@finharbor/contracts/events/catalogue';
import {
  type Condition, type EligibilityDocument, isHasAll, isIn, isPredicate, isRange, isText, type Predicate, type RangePredicate,
} from '@finharbor/contracts/eligibility/condition';
import { scaled, unscaled } from '@finharbor/contracts/eligibility/decimals';
import { asked, describe } from '@finharbor/contracts/eligibility/describe';
import { evaluate } from '@finharbor/contracts/eligibility/evaluate';
import type { FactName, KnownFacts } from '@finharbor/contracts/eligibility/facts';
import { type GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import { fullMonthsBetween } from './months.js';

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
  AMOUNT = 'AMOUNT',
  TERM = 'TERM',
  REVENUE = 'REVENUE',
  ASSETS = 'ASSETS',
  EMPLOYEES = 'EMPLOYEES',
  APPLICANT_KIND = 'APPLICANT_KIND',
  APPLICANT_AGE = 'APPLICANT_AGE',
  TAX_GRADE = 'TAX_GRADE',
  TAGS = 'TAGS',
  GROUPS = 'GROUPS',
  DEMAND_KIND = 'DEMAND_KIND',
  PURPOSE = 'PURPOSE',
  /** Several conditions joined by all, any or not. */
  COMBINED = 'COMBINED',
  /** What only a person can judge. */
  TEXT = 'TEXT',
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
  /** What else is known, in the words of the language of eligibility: the applicant's own word, but for the tags of the master. */
  further?: KnownFacts;
}

export type Eligibility = Payload<'product.published'>['eligibility'];

/** Why a rule passes, fails or stays open: what the product asks, what the demand has, and which inputs are missing. */
export interface Result {
  rule: MatchRule;
  outcome: MatchOutcome;
  expected: string;
  actual: string | null;
  source: FactSource | null;
  missing: string[];
  /** Of a COMBINED rule that does not pass: what is left to hold. */
  toPass?: string;
}

const rank: Record<MatchOutcome, number> = { PASS: 0, UNKNOWN: 1, FAIL: 2 };

interface Ranked { verdict: MatchOutcome; name: string; productId: string }

/** By verdict, then by the product's name and id, in code units: the same on every machine. */
export function byVerdict(a: Ranked, b: Ranked): number {
  if (a.verdict !== b.verdict) return rank[a.verdict] - rank[b.verdict];
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.productId < b.productId ? -1 : Number(a.productId > b.productId);
}

/** One result for each rule that a product states, for one product after the other. */
export function reasonsFor(facts: Facts, today: string): (document: EligibilityDocument) => Result[] {
  const stated = statedFacts(facts, today);
  const known = valuesOf(stated);
  return (document) => document.rules.map((rule) => {
    const { outcome, missing, toPass } = evaluate(rule, known);
    const fact = isPredicate(rule) ? stated[rule.fact] : undefined;
    return {
      rule: ruleOf(rule), outcome: outcome as MatchOutcome, expected: isPredicate(rule) ? expectedBy(rule) : describe(rule),
      ...(fact ? { actual: fact.shown === undefined ? String(fact.value) : fact.shown, source: fact.source } : nothingStated(rule)),
      missing: missing.flatMap((name) => (name === 'sizeClass' ? facts.missingForSize : inputs[name] ?? name)),
      ...(toPass && !isPredicate(rule) && !isText(rule) && { toPass: describe(toPass) }),
    };
  });
}

/** The facts as the language knows them. */
export const knownFacts = (facts: Facts, today: string): KnownFacts => valuesOf(statedFacts(facts, today));

const valuesOf = (stated: Partial<Record<FactName, Stated>>): KnownFacts =>
  Object.fromEntries(Object.entries(stated).map(([name, { value }]) => [name, value]));

const nothingStated = (rule: Condition): Pick<Result, 'actual' | 'source'> =>
  ({ actual: isPredicate(rule) && rule.fact === 'sizeClass' ? SizeClass.UNKNOWN : null, source: null });

interface Stated {
  value: string | readonly string[];
  /** As people are shown it, where that differs. */
  shown?: string | null;
  source: FactSource;
}

/** The facts in the words of the language: what nobody stated is not there. */
function statedFacts(facts: Facts, today: string): Partial<Record<FactName, Stated>> {
  const { regionCode, industryCode, sizeClass, establishedOn, guaranteeTypes } = facts;
  const own = (value: string | readonly string[]): Stated =>
    ({ value, ...(Array.isArray(value) && { shown: value.join(', ') }), source: FactSource.APPLICANT });
  const months = establishedOn && fullMonthsBetween(establishedOn.value, today);
  return {
    ...Object.fromEntries(Object.entries(facts.further ?? {}).map(([name, value]) => [name, own(value)])),
    ...(facts.further?.tags && { tags: { ...own(facts.further.tags), source: FactSource.ENTERPRISE_MASTER } }),
    // Which groups somebody belongs to, and how old, is nobody's business once it was used.
    ...(facts.further?.groups && { groups: { ...own(facts.further.groups), shown: null } }),
    ...(facts.further?.applicantAge && { applicantAge: { ...own(facts.further.applicantAge), shown: null } }),
    amount: own(facts.amount),
    term: own(String(facts.termMonths)),
    ...(guaranteeTypes.length > 0 && { guarantee: own(guaranteeTypes) }),
    ...(regionCode && { region: regionCode }),
    ...(industryCode && { industry: industryCode }),
    ...(sizeClass.value !== SizeClass.UNKNOWN && { sizeClass }),
    ...(establishedOn && { ageOfBusiness: { value: String(months), shown: inYears(months!), source: establishedOn.source } }),
  };
}

/** Full months shown in years, so that half a year and a day short of a year are told apart. */
const inYears = (months: number): string => String(Math.floor((months * 100) / 12) / 100);

/** The inputs that state a fact, where they are called otherwise. */
const inputs: Partial<Record<FactName, string>> = {
  region: 'regionCode', industry: 'industryCode', ageOfBusiness: 'establishedOn', guarantee: 'guaranteeTypes', term: 'termMonths',
  groups: 'specialGroups', purpose: 'purposeKind', demandKind: 'kind',
};

const ruleNames: Record<FactName, MatchRule> = {
  region: MatchRule.REGION, industry: MatchRule.INDUSTRY, sizeClass: MatchRule.SIZE_CLASS, ageOfBusiness: MatchRule.YEARS_IN_BUSINESS,
  guarantee: MatchRule.GUARANTEE_TYPES, amount: MatchRule.AMOUNT, term: MatchRule.TERM, revenue: MatchRule.REVENUE,
    assets: MatchRule.ASSETS,
  employees: MatchRule.EMPLOYEES, applicantKind: MatchRule.APPLICANT_KIND, applicantAge: MatchRule.APPLICANT_AGE,
    taxGrade: MatchRule.TAX_GRADE,
  tags: MatchRule.TAGS, groups: MatchRule.GROUPS, demandKind: MatchRule.DEMAND_KIND, purpose: MatchRule.PURPOSE,
};

function ruleOf(rule: Condition): MatchRule {
  if (isText(rule)) return MatchRule.TEXT;
  if (!isPredicate(rule)) return MatchRule.COMBINED;
  const ends = isRange(rule) && ((rule.min === undefined && '_MAX') || (rule.max === undefined && '_MIN'));
  return (ends && MatchRule[`${ruleNames[rule.fact]}${ends}` as keyof typeof MatchRule]) || (ruleNames[rule.fact] ?? MatchRule.COMBINED);
}

/** Codes or words; yuan, months, years, persons. */
function expectedBy(predicate: Predicate): string {
  if (isIn(predicate) || isHasAll(predicate) || !isRange(predicate)) return asked(predicate);
  const [min, max] = [predicate.min, predicate.max].map((limit) => (limit === undefined ? undefined : shownLimit(predicate, limit)));
  return min !== undefined && max !== undefined ? `${min}–${max}` : (min ?? max)!;
}

function shownLimit({ fact, unit }: RangePredicate, limit: string): string {
  const number = scaled(limit);
  if (number === undefined) return limit;
  if (fact === 'ageOfBusiness') return unit === 'MONTH' ? inYears(Number(limit)) : limit;
  return unit === 'TEN_THOUSAND_YUAN' ? unscaled(number * 10_000n) : fact === 'term' && unit === 'YEAR' ? unscaled(number * 12n) : limit;
}
