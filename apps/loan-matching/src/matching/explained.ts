import type { VersionedCatalogue } from './catalogue.js';
import { type KeptFacts, keptFacts } from './kept-facts.js';
import { type Facts, knownFacts, type MatchOutcome, reasonsFor, type Result } from './matching.js';
import type { Factor, PageOptions, RankedCatalogue, RankedPage, RankedProduct } from './ranking.js';

/** A product beside a need, with its reasons. */
export interface ExplainedMatch {
  productId: string;
  bankId: string;
  name: string;
  verdict: MatchOutcome;
  position: number;
  factors: Factor[];
  rules: Result[];
}

/** What an answer was made from: with the three of them it can be given again. */
export interface MatchedWith {
  catalogueVersion: string;
  rankingVersion: number;
  facts: KeptFacts;
}

export interface ExplainedPage extends Omit<RankedPage, 'items' | 'seed'>, MatchedWith {
  items: ExplainedMatch[];
}

/** The facts of a need, and the day to which ages are counted. */
export interface Need {
  facts: Facts;
  day: string;
}

/** A page of the ranking, with reasons for that page alone. */
export function explainedPage({ version, ranked }: VersionedCatalogue, { facts, day }: Need, options: PageOptions): ExplainedPage {
  const { items, seed, ...counts } = ranked.page(knownFacts(facts, day), options);
  return {
    ...counts, items: explain(ranked, items, seed, { facts, day }),
    catalogueVersion: String(version), rankingVersion: ranked.ranking.version, facts: keptFacts(facts, day),
  };
}

/** Ranked products with their reasons and factors. */
export function explain(ranked: RankedCatalogue, found: readonly RankedProduct[], seed: number, { facts, day }: Need): ExplainedMatch[] {
  const reasons = reasonsFor(facts, day);
  return found.map((match) => {
    const { product: { productId, bankId, name, document }, verdict, position } = match;
    return { productId, bankId, name, verdict, position, factors: ranked.factorsOf(match, seed), rules: reasons(document) };
  });
}
