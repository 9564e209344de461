import { checkIndustryCode } from '@finharbor/standards/industries';
import { normaliseCode } from '@finharbor/standards/text';
import {
  type Condition, type EligibilityDocument, isAll, isAny, isHas, isHasAll, isIn, isNot, isPredicate, isRange, isText, type Predicate,
} from './condition.js';
import { scaled, unscaled } from './decimals.js';
import { factOf, type Unit, unitFactor } from './facts.js';

/**
 * The same document in its normal form: `not` only before what has no parts, no `all` in an `all` and no `any` in an `any`, nothing
 * twice, codes as their standards write them and in order, quantities in base units without zeros that say nothing. It means the same
 * for every applicant, and two documents that differ in writing only have one normal form but for the order of their rules.
 */
export function normalise(document: EligibilityDocument): EligibilityDocument {
  return { v: document.v, rules: once(document.rules.flatMap((rule) => flat(normal(rule), isAll, 'all'))) };
}

/** A text by which normal forms are compared: the order of rules and parts does not count. */
export const canonicalText = (document: EligibilityDocument): string => JSON.stringify(sorted(normalise(document).rules));

function normal(condition: Condition, negated = false): Condition {
  if (isNot(condition)) return normal(condition.not, !negated);
  if (isAll(condition)) return join(condition.all, negated, negated ? 'any' : 'all');
  if (isAny(condition)) return join(condition.any, negated, negated ? 'all' : 'any');
  const plain = isPredicate(condition) ? normalPredicate(condition) : isText(condition) ? { text: condition.text.trim() } : condition;
  return negated ? { not: plain } : plain;
}

function join(parts: readonly Condition[], negated: boolean, kind: 'all' | 'any'): Condition {
  const is = kind === 'all' ? isAll : isAny;
  const inner = once(parts.map((part) => normal(part, negated)).flatMap((part) => flat(part, is, kind)));
  return inner.length === 1 ? inner[0] : { [kind]: inner } as unknown as Condition;
}

const flat = (condition: Condition, is: (condition: Condition) => boolean, kind: 'all' | 'any'): Condition[] =>
  (is(condition) ? (condition as unknown as Record<string, Condition[]>)[kind] : [condition]);

const once = (conditions: readonly Condition[]): Condition[] =>
  [...new Map(conditions.map((condition) => [JSON.stringify(condition), condition])).values()];

function normalPredicate(predicate: Predicate): Predicate {
  const { fact } = predicate;
  if (isIn(predicate)) return { fact, in: codes(fact, predicate.in) };
  if (isHas(predicate)) return { fact, has: codes(fact, predicate.has) };
  if (isHasAll(predicate)) return { fact, hasAll: codes(fact, predicate.hasAll) };
  const definition = factOf(fact);
  const factor = isRange(predicate) && definition?.kind === 'QUANTITY' ? unitFactor(definition, predicate.unit) : undefined;
  if (factor === undefined || definition?.kind !== 'QUANTITY' || !isRange(predicate)) return predicate;
  const base = Object.keys(definition.units).find((unit) => definition.units[unit as Unit] === 1) as Unit;
  const limit = (text: string | undefined): string | undefined => {
    const number = text === undefined ? undefined : scaled(text);
    return number === undefined ? text : unscaled(number * BigInt(factor));
  };
  const [min, max] = [limit(predicate.min), limit(predicate.max)];
  return { fact, ...(min !== undefined && { min }), ...(max !== undefined && { max }), unit: base };
}

function codes(fact: string, values: readonly string[]): string[] {
  const written = fact === 'industry' ? values.map(industryCode) : values;
  return [...new Set(written)].sort();
}

function industryCode(text: string): string {
  const { code, problem } = checkIndustryCode(text);
  return problem ? normaliseCode(text) : code;
}

const sorted = (conditions: readonly Condition[]): unknown[] =>
  conditions.map((condition) => (isAll(condition) ? { all: sorted(condition.all) } : isAny(condition)
    ? { any: sorted(condition.any) } : condition))
    .map((part) => [JSON.stringify(part), part] as const).sort(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, part]) => part);
