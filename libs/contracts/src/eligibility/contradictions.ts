import type { FieldError } from '../errors.js';
import {
  type Condition, everyCondition, isAll, isAny, isHas, isHasAll, isIn, isNot, isPredicate, isRange, type Predicate, type RangePredicate,
} from './condition.js';
import { scaled } from './decimals.js';
import { factOf, unitFactor } from './facts.js';
import { isIndustryIn, isRegionIn } from './scopes.js';

interface Leaf {
  predicate: Predicate;
  negated: boolean;
  path: string;
}

/** So many combinations of ways are tried for a document; beyond, nobody is accused. */
const mostSteps = 1_000;

/**
 * Rules that no applicant could keep together, at the path of the later one: ranges that do not meet, lists without a common value, a
 * condition and its opposite; an `any` none of whose ways is left open by the rules around it; and several `any` of which no combination
 * of ways is. What would take more than a thousand steps to find is let pass: a contradiction is only told where there is one.
 */
export const contradictions = (rules: readonly Condition[], path: string): FieldError[] =>
  withinAll(rules.map((rule, index): Placed => ({ condition: rule, negated: false, path: `${path}.${index}` })), [], { left: mostSteps });

interface Placed {
  condition: Condition;
  negated: boolean;
  path: string;
}

/** One of several ways, and what it was written as. */
interface Choice {
  path: string;
  ways: Placed[];
  whole: Placed;
}

interface Steps { left: number }

const contradiction = (field: string, message: string): FieldError => ({ field, rule: 'contradiction', message });

function withinAll(parts: readonly Placed[], around: readonly Leaf[], steps: Steps): FieldError[] {
  const { leaves, choices } = spread(parts);
  const problems: FieldError[] = [];
  leaves.forEach((leaf, index) => {
    const before = [...around, ...leaves.slice(0, index)];
    const other = before.find((one) => exclude(one, leaf));
    if (other) problems.push(contradiction(leaf.path, `nobody keeps this together with ${other.path}`));
    else if (leavesNothing(before, leaf)) problems.push(contradiction(leaf.path, 'nobody keeps this together with all that is asked of the same fact before'));
  });
  if (problems.length > 0) return problems;
  const all = [...around, ...leaves];
  const single = choices.flatMap(({ path, ways }) => {
    const found = ways.map((way) => withinAll([way], all, steps));
    return found.some((one) => one.length === 0) ? [] : [contradiction(path, `none of its ways is left: ${found[0][0].message}`)];
  });
  if (single.length > 0 || choices.length < 2) return single;
  // The first that has no way left together with those before it.
  for (let count = 2; count <= choices.length; count++) {
    const tried = related(choices.slice(0, count));
    if (tried.length > 1 && !isPossible(tried.map(({ whole }) => whole), all, steps)) {
      const [last, ...others] = tried;
      return [contradiction(last.path, `none of its ways goes together with one of ${others.map(({ path }) => path).join(', ')}`)];
    }
  }
  return [];
}

/** The last choice, and of those before it whatever asks for the same facts, or for those of one that does: no other stands against it. */
function related(choices: readonly Choice[]): Choice[] {
  const factsOf = ({ whole }: Choice): string[] => everyCondition(whole.condition).filter(isPredicate).map(({ fact }) => fact);
  const found = [choices[choices.length - 1]];
  let left = choices.slice(0, -1);
  for (let index = 0; index < found.length; index++) {
    const facts = new Set(factsOf(found[index]));
    found.push(...left.filter((choice) => factsOf(choice).some((fact) => facts.has(fact))));
    left = left.filter((choice) => !found.includes(choice));
  }
  return found;
}

/** Whether somebody could keep all of it, one way of each choice: in doubt yes. */
function isPossible(parts: readonly Placed[], around: readonly Leaf[], steps: Steps): boolean {
  if (steps.left-- <= 0) return true;
  const { leaves, choices } = spread(parts);
  const isBroken = leaves.some((leaf, index) => {
    const before = [...around, ...leaves.slice(0, index)];
    return before.some((one) => exclude(one, leaf)) || leavesNothing(before, leaf);
  });
  if (isBroken) return false;
  const [first, ...others] = choices;
  return !first || first.ways.some((way) => isPossible([way, ...others.map(({ whole }) => whole)], [...around, ...leaves], steps));
}

/** Of a few words, is none left that all rules about the fact let pass? Any two of them may meet, and all together not. */
function leavesNothing(before: readonly Leaf[], leaf: Leaf): boolean {
  const definition = factOf(leaf.predicate.fact);
  if (definition?.kind !== 'CHOICE') return false;
  const own = [...before.filter(({ predicate }) => predicate.fact === leaf.predicate.fact), leaf];
  const excludes = ({ predicate, negated }: Leaf, choice: string): boolean => isIn(predicate) && predicate.in.includes(choice) === negated;
  return definition.choices.every((choice) => own.some((one) => excludes(one, choice)));
}

/** What must hold at once, and what may hold in one of several ways. */
function spread(parts: readonly Placed[]): { leaves: Leaf[]; choices: Choice[] } {
  const leaves: Leaf[] = [];
  const choices: Choice[] = [];
  const queue = [...parts];
  for (let part = queue.shift(); part; part = queue.shift()) {
    const { condition, negated, path } = part;
    if (isNot(condition)) queue.unshift({ condition: condition.not, negated: !negated, path: `${path}.not` });
    else if (isAll(condition) || isAny(condition)) {
      const [kind, inner] = isAll(condition) ? ['all', condition.all] as const : ['any', condition.any] as const;
      const placed = inner.map((one, index): Placed => ({ condition: one, negated, path: `${path}.${kind}.${index}` }));
      if (isAll(condition) !== negated) queue.unshift(...placed);
      else choices.push({ path: `${path}.${kind}`, ways: placed, whole: part });
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
