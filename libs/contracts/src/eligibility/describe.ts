import {
  type Condition, isAll, isAny, isHas, isHasAll, isIn, isNot, isRange, isText, partsOf, type Predicate, type RangePredicate,
} from './condition.js';

const symbols: Record<string, string> = { MONTH: '个月', YEAR: '年', YUAN: '元', TEN_THOUSAND_YUAN: '万元', PERSON: '人' };

/** A condition in one line, for people who are told why: `taxGrade: A, B` or `(term: ≤ 12 个月) or (…)`. */
export function describe(condition: Condition): string {
  if (isText(condition)) return condition.text;
  if (isNot(condition)) return `not (${describe(condition.not)})`;
  if (isAll(condition) || isAny(condition)) {
    return partsOf(condition).map((part) => `(${describe(part)})`).join(isAll(condition) ? ' and ' : ' or ');
  }
  return `${condition.fact}: ${asked(condition)}`;
}

/** What a predicate asks of its fact, without the fact's name. */
export function asked(predicate: Predicate): string {
  if (isIn(predicate)) return predicate.in.join(', ');
  if (isHas(predicate)) return predicate.has.join(', ');
  if (isHasAll(predicate)) return predicate.hasAll.join(' + ');
  return isRange(predicate) ? `${ends(predicate)} ${symbols[predicate.unit] ?? predicate.unit}` : '?';
}

function ends({ min, max }: RangePredicate): string {
  if (max === undefined) return `≥ ${min}`;
  return min === undefined ? `≤ ${max}` : `${min}–${max}`;
}
