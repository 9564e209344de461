import { type EligibilityDocument, everyCondition, isPredicate, isText } from './condition.js';
import { type FactName } from './facts.js';

/** How much of a document a machine can execute. */
export interface EligibilityQuality {
  /** Predicates and texts, wherever they stand. */
  rules: number;
  /** Predicates. */
  executable: number;
  /** Texts: what only a person can judge, as they are written. */
  texts: string[];
  /** executable / rules in per cent, rounded down; 100 where nothing is asked. */
  executablePercent: number;
  /** The facts that it asks about. */
  facts: FactName[];
}

export function qualityOf(document: EligibilityDocument): EligibilityQuality {
  const all = document.rules.flatMap(everyCondition);
  const predicates = all.filter(isPredicate);
  const texts = all.filter(isText).map(({ text }) => text);
  const rules = predicates.length + texts.length;
  return {
    rules, executable: predicates.length, texts,
    executablePercent: rules === 0 ? 100 : Math.floor((predicates.length * 100) / rules),
    facts: [...new Set(predicates.map(({ fact }) => fact))],
  };
}
