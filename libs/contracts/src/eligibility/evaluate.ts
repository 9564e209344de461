import {
  type Condition, type EligibilityDocument, isAll, isAny, isHas, isHasAll, isIn, isNot, isPredicate, isRange, type Predicate,
    type RangePredicate,
} from './condition.js';
import { scaled } from './decimals.js';
import { type FactName, factOf, type KnownFacts, unitFactor } from './facts.js';
import { isIndustryIn, isRegionIn, type Outcome } from './scopes.js';

/** Whether a condition holds for an applicant (Kleene's three values), and what would be needed for it to. */
export interface Evaluation {
  /** UNKNOWN is a question that the facts leave open. It is never taken for a yes or a no. */
  outcome: Outcome;
  /** The facts without which it is open; none where only a person can tell. */
  missing: FactName[];
  /** What is left to hold for it to pass: the condition without the parts that hold already. Null where it passes. */
  toPass: Condition | null;
}

export interface RuleEvaluation extends Evaluation {
  rule: Condition;
}

/** Every rule for itself, and the verdict: FAIL where any fails, else UNKNOWN where any is open, else PASS. */
export function evaluateAll(document: EligibilityDocument, known: KnownFacts): { verdict: Outcome; rules: RuleEvaluation[] } {
  const rules = document.rules.map((rule) => ({ rule, ...evaluate(rule, known) }));
  return { verdict: conjunction(rules.map(({ outcome }) => outcome)), rules };
}

/** A form that this version does not know is open. */
export function evaluate(condition: Condition, known: KnownFacts): Evaluation {
  if (isPredicate(condition)) {
    const { outcome, missing } = check(condition, known);
    return { outcome, missing, toPass: outcome === 'PASS' ? null : condition };
  }
  if (isAll(condition)) return joined(condition.all, known, conjunction, (all) => ({ all }));
  if (isAny(condition)) return joined(condition.any, known, disjunction, (any) => ({ any }));
  if (isNot(condition)) {
    const { outcome, missing } = evaluate(condition.not, known);
    return { outcome: opposite[outcome], missing, toPass: outcome === 'FAIL' ? null : condition };
  }
  return { outcome: 'UNKNOWN', missing: [], toPass: condition };
}

const opposite: Record<Outcome, Outcome> = { PASS: 'FAIL', FAIL: 'PASS', UNKNOWN: 'UNKNOWN' };
const firstOf = (order: Outcome[], outcomes: readonly Outcome[], otherwise: Outcome): Outcome =>
  order.find((outcome) => outcomes.includes(outcome)) ?? otherwise;
const conjunction = (outcomes: readonly Outcome[]): Outcome => firstOf(['FAIL', 'UNKNOWN'], outcomes, 'PASS');
const disjunction = (outcomes: readonly Outcome[]): Outcome => firstOf(['PASS', 'UNKNOWN'], outcomes, 'FAIL');

function joined(
  parts: readonly Condition[], known: KnownFacts, join: (outcomes: readonly Outcome[]) => Outcome, wrap: (left: Condition[]) => Condition,
): Evaluation {
  const results = parts.map((part) => evaluate(part, known));
  const outcome = join(results.map((result) => result.outcome));
  const missing = outcome === 'UNKNOWN' ? results.flatMap((result) => (result.outcome === 'UNKNOWN' ? result.missing : [])) : [];
  const left = results.flatMap(({ toPass }) => toPass ?? []);
  return { outcome, missing: [...new Set(missing)], toPass: outcome === 'PASS' ? null : left.length === 1 ? left[0] : wrap(left) };
}

type Check = Pick<Evaluation, 'outcome' | 'missing'>;
const closed = (holds: boolean): Check => ({ outcome: holds ? 'PASS' : 'FAIL', missing: [] });
const open = (...missing: FactName[]): Check => ({ outcome: 'UNKNOWN', missing });

function check(predicate: Predicate, known: KnownFacts): Check {
  const { fact } = predicate;
  const definition = factOf(fact);
  if (!definition) return open();
  const value = known[fact];
  if (value === undefined) return open(fact);
  if (Array.isArray(value)) {
    if (isHas(predicate)) return closed(predicate.has.some((one) => value.includes(one)));
    return isHasAll(predicate) ? closed(predicate.hasAll.every((one) => value.includes(one))) : open();
  }
  const text = value as string;
  if (isRange(predicate)) return inRange(predicate, text);
  if (!isIn(predicate)) return open();
  if (definition.kind !== 'SCOPE') return closed(predicate.in.includes(text));
  const within = fact === 'region' ? isRegionIn : isIndustryIn;
  const outcome = disjunction(predicate.in.map((scope) => within(text, scope)));
  return { outcome, missing: outcome === 'UNKNOWN' ? [fact] : [] };
}

/** A day that is not yet makes a business of less than no age. */
const negative = (text: string): bigint | undefined => {
  const number = scaled(text.slice(1));
  return number === undefined ? undefined : -number;
};

/** A limit or a value that cannot be read is a question, not a refusal. */
function inRange({ fact, min, max, unit }: RangePredicate, text: string): Check {
  const definition = factOf(fact)!;
  const factor = definition.kind === 'QUANTITY' ? unitFactor(definition, unit) : undefined;
  const value = text.startsWith('-') ? negative(text) : scaled(text);
  if (factor === undefined || value === undefined) return open();
  const limits = [[min, 1n], [max, -1n]] as const;
  const outcomes = limits.map(([limit, sign]): Outcome => {
    if (limit === undefined) return 'PASS';
    const number = scaled(limit);
    if (number === undefined) return 'UNKNOWN';
    return (value - number * BigInt(factor)) * sign >= 0n ? 'PASS' : 'FAIL';
  });
  return { outcome: conjunction(outcomes), missing: [] };
}
