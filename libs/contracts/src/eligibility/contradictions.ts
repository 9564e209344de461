import type { FieldError } from '../errors.js';
import {
  type Condition, isAll, isAny, isHas, isHasAll, isIn, isNot, isPredicate, isRange, type Predicate, type RangePredicate,
} from './condition.js';
import { scaled } from './decimals.js';
import { factOf, unitFactor } from './facts.js';
import { isIndustryIn, isRegionIn } from './scopes.js';

interface Leaf {
  predicate: Predicate;
  negated: boolean;
  path: string;
}

/**
 * Rules that no applicant could keep together, at the path of the later one: ranges that do not meet, lists without a common value, a
 * condition and its opposite; and an `any` none of whose ways is left open by the rules around it. It finds what stands side by side,
 * each way of an `any` by itself; it does not try combinations of several `any`.
 */
export const contradictions = (rules: readonly Condition[], path: string): FieldError[] =>
  withinAll(rules.map((rule, index): Placed => ({ condition: rule, negated: false, path: `${path}.${index}` })), []);

interface Placed {
  condition: Condition;
  negated: boolean;
  path: string;
}

function withinAll(parts: readonly Placed[], around: readonly Leaf[]): FieldError[] {
  const { leaves, choices } = spread(parts);
  const problems: FieldError[] = [];
  leaves.forEach((leaf, index) => {
    const other = [...around, ...leaves.slice(0, index)].find((one) => exclude(one, leaf));
    if (other) problems.push({ field: leaf.path, rule: 'contradiction', message: `nobody keeps this together with ${other.path}` });
  });
  if (problems.length > 0) return problems;
  return choices.flatMap(({ path, ways }) => {
    const found = ways.map((way) => withinAll([way], [...around, ...leaves]));
    if (found.some((one) => one.length === 0)) return [];
    return [{ field: path, rule: 'contradiction', message: `none of its ways is left: ${found[0][0].message}` }];
  });
}

/** What must hold at once, and what may hold in one of several ways. */
function spread(parts: readonly Placed[]): { leaves: Leaf[]; choices: { path: string; ways: Placed[] }[] } {
  const leaves: Leaf[] = [];
  const choices: { path: string; ways: Placed[] }[] = [];
  const queue = [...parts];
  for (let part = queue.shift(); part; part = queue.shift()) {
    const { condition, negated, path } = part;
    if (isNot(condition)) queue.unshift({ condition: condition.not, negated: !negated, path: `${path}.not` });
    else if (isAll(condition) || isAny(condition)) {
      const [kind, inner] = isAll(condition) ? ['all', condition.all] as const : ['any', condition.any] as const;
      const placed = inner.map((one, index): Placed => ({ condition: one, negated, path: `${path}.${kind}.${index}` }));
      if (isAll(condition) !== negated) queue.unshift(...placed);
      else choices.push({ path: `${path}.${kind}`, ways: placed });
    } else if (isPredicate(condition)) leaves.push({ predicate: condition, negated, path });
  }
  return { leaves, choices };
}

/** Can no applicant keep both? In doubt no: a contradiction is only told where there is one. */
function exclude(one: Leaf, other: Leaf): boolean {
  if (one.predicate.fact !== other.predicate.fact) return false;
  if (one.negated && other.negated) return false;
  if (one.negated !== other.negated) {
    const [positive, negative] = one.negated ? [other.predicate, one.predicate] : [one.predicate, other.predicate];
    return implies(positive, negative);
  }
  const [a, b] = [one.predicate, other.predicate];
  if (isRange(a) && isRange(b)) return apart(a, b) || apart(b, a);
  if (isIn(a) && isIn(b)) return !a.in.some((left) => b.in.some((right) => meet(a.fact, left, right)));
  return false;
}

const withinOf = (fact: string): typeof isRegionIn | undefined => (fact === 'region' ? isRegionIn : fact === 'industry' ? isIndustryIn : undefined);

/** Scopes meet where one may lie within the other. */
function meet(fact: string, left: string, right: string): boolean {
  const within = withinOf(fact);
  return within ? within(left, right) !== 'FAIL' || within(right, left) !== 'FAIL' : left === right;
}

/** Whoever keeps the first keeps the second. */
function implies(first: Predicate, second: Predicate): boolean {
  if (isIn(first) && isIn(second)) {
    const within = withinOf(first.fact);
    return first.in.every((left) => second.in.some((right) => (within ? within(left, right) === 'PASS' : left === right)));
  }
  if (isHas(first) && isHas(second)) return first.has.every((one) => second.has.includes(one));
  if (isHasAll(first) && isHas(second)) return first.hasAll.some((one) => second.has.includes(one));
  if (isHasAll(first) && isHasAll(second)) return second.hasAll.every((one) => first.hasAll.includes(one));
  if (!isRange(first) || !isRange(second)) return false;
  const [a, b] = [ends(first), ends(second)];
  return (b.min === undefined || (a.min !== undefined && a.min >= b.min)) && (b.max === undefined || (a.max !== undefined
    && a.max <= b.max));
}

const apart = (low: RangePredicate, high: RangePredicate): boolean => {
  const [{ max }, { min }] = [ends(low), ends(high)];
  return max !== undefined && min !== undefined && max < min;
};

function ends({ fact, min, max, unit }: RangePredicate): { min?: bigint; max?: bigint } {
  const definition = factOf(fact);
  const factor = BigInt(definition?.kind === 'QUANTITY' ? unitFactor(definition, unit) ?? 1 : 1);
  const end = (text: string | undefined): bigint | undefined => {
    const number = text === undefined ? undefined : scaled(text);
    return number === undefined ? undefined : number * factor;
  };
  return { min: end(min), max: end(max) };
}
