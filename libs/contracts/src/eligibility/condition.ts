import type { FactName, Unit } from './facts.js';

/** The version of the language that this module speaks. What a later one adds is open to it, never passed. */
export const eligibilityVersion = 1;

/** `in`: the code lies within one of these, or is one of these. */
export interface InPredicate { fact: FactName; in: string[] }
/** `has`: at least one of these; `hasAll`: every one. */
export interface HasPredicate { fact: FactName; has: string[] }
export interface HasAllPredicate { fact: FactName; hasAll: string[] }
/** From `min` to `max`, both included; one may be left out. Exact decimals in the unit named. */
export interface RangePredicate { fact: FactName; min?: string; max?: string; unit: Unit }
export type Predicate = InPredicate | HasPredicate | HasAllPredicate | RangePredicate;

/** What only a person can judge. It counts against the quality of a product, and is always open. */
export interface FreeText { text: string }
export interface All { all: Condition[] }
export interface Any { any: Condition[] }
export interface Not { not: Condition }

export type Condition = Predicate | FreeText | All | Any | Not;

/** What a product or a policy asks of an applicant: every rule must hold. Nothing excludes nobody. */
export interface EligibilityDocument {
  v: typeof eligibilityVersion;
  rules: Condition[];
}

export const isAll = (condition: Condition): condition is All => 'all' in condition;
export const isAny = (condition: Condition): condition is Any => 'any' in condition;
export const isNot = (condition: Condition): condition is Not => 'not' in condition;
export const isText = (condition: Condition): condition is FreeText => 'text' in condition;
export const isPredicate = (condition: Condition): condition is Predicate => 'fact' in condition;
export const isIn = (predicate: Predicate): predicate is InPredicate => 'in' in predicate;
export const isHas = (predicate: Predicate): predicate is HasPredicate => 'has' in predicate;
export const isHasAll = (predicate: Predicate): predicate is HasAllPredicate => 'hasAll' in predicate;
export const isRange = (predicate: Predicate): predicate is RangePredicate => 'min' in predicate || 'max' in predicate;

/** The parts of a condition, none for a predicate or a text. */
export function partsOf(condition: Condition): Condition[] {
  if (isAll(condition)) return condition.all;
  if (isAny(condition)) return condition.any;
  return isNot(condition) ? [condition.not] : [];
}

/** The condition and everything within it. */
export const everyCondition = (condition: Condition): Condition[] => [condition, ...partsOf(condition).flatMap(everyCondition)];
