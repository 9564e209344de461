import {
  type Condition, type EligibilityDocument, isAll, isAny, isNot, isPredicate, isRange, type Predicate,
} from '@finharbor/contracts/eligibility/condition';
import { scaled } from '@finharbor/contracts/eligibility/decimals';
import { type FactName, factOf, unitFactor } from '@finharbor/contracts/eligibility/facts';
import { normalise } from '@finharbor/contracts/eligibility/normalise';

/** One end of a range, in millionths of the fact's base unit. */
export interface Limit {
  fact: FactName;
  end: 'min' | 'max';
  limit: bigint;
}

/** A predicate that is asked as it is or the other way round. `key` tells it from others of its fact. */
export interface Literal {
  fact: FactName;
  key: string;
  predicate: Predicate;
  negated: boolean;
}

/** What is left of a rule when quantities are compared with limits and everything else is asked of the language. */
export type Node = { all: Node[] } | { any: Node[] } | { not: Node } | { limit: Limit } | { literal: Literal } | 'OPEN';

/** What a product asks, sorted by how the index answers it. */
export interface Compiled {
  /** Rules that are one question about one fact. */
  limits: Limit[];
  literals: Literal[];
  /** Rules that join several. */
  compounds: Node[];
  /** Rules that stay open whatever is known: what only a person can judge, and what this version does not know. */
  open: number;
}

/**
 * Takes a document apart. A form that this version does not know is open, also one that it cannot even read: nobody is kept from the
 * other products by it.
 */
export function compile(document: EligibilityDocument): Compiled {
  const compiled: Compiled = { limits: [], literals: [], compounds: [], open: 0 };
  for (const rule of readable(document)) {
    const node = nodeOf(rule);
    // A normal form has no `all` among its rules: this is a range with two ends, which fail and stay open each by itself.
    const parts = node !== 'OPEN' && 'all' in node ? node.all : [node];
    for (const part of parts) {
      if (part === 'OPEN') compiled.open += 1;
      else if ('limit' in part) compiled.limits.push(part.limit);
      else if ('literal' in part) compiled.literals.push(part.literal);
      else compiled.compounds.push(part);
    }
  }
  return compiled;
}

function readable(document: EligibilityDocument): Condition[] {
  try {
    return normalise(document).rules;
  } catch {
    return [{ text: '?' }];
  }
}

function nodeOf(rule: Condition): Node {
  if (isAll(rule)) return { all: rule.all.map(nodeOf) };
  if (isAny(rule)) return { any: rule.any.map(nodeOf) };
  if (isNot(rule)) {
    const inner = nodeOf(rule.not);
    if (inner === 'OPEN') return inner;
    return 'literal' in inner ? { literal: { ...inner.literal, negated: !inner.literal.negated } } : { not: inner };
  }
  if (!isPredicate(rule)) return 'OPEN';
  const definition = factOf(rule.fact);
  if (!definition) return 'OPEN';
  if (definition.kind !== 'QUANTITY' || !isRange(rule)) {
    return { literal: { fact: rule.fact, key: JSON.stringify(rule), predicate: rule, negated: false } };
  }
  const factor = unitFactor(definition, rule.unit);
  if (factor === undefined) return 'OPEN';
  const ends = (['min', 'max'] as const).flatMap((end): Node[] => {
    if (rule[end] === undefined) return [];
    const limit = scaled(rule[end]);
    return [limit === undefined ? 'OPEN' : { limit: { fact: rule.fact, end, limit: limit * BigInt(factor) } }];
  });
  return ends.length === 1 ? ends[0] : { all: ends };
}
