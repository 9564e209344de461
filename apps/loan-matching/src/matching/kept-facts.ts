import type { FactName, KnownFacts } from '@finharbor/contracts/eligibility/facts';
import type { Facts } from './matching.js';

/** What a need was matched with, as it is kept in the clear: the applicant's special groups and age are kept sealed. */
export interface KeptFacts {
  facts: Facts;
  /** The day on which it was matched: ages are counted to it. */
  day: string;
  /** What was known and does not stand here. To give the same answer again, these must be opened. */
  withheld: FactName[];
}

/** Facts that tell of a person what is nobody's business. */
export const personalFacts = ['groups', 'applicantAge'] as const;

export function keptFacts(facts: Facts, day: string): KeptFacts {
  const further = { ...facts.further };
  const withheld = personalFacts.filter((name) => further[name] !== undefined);
  for (const name of withheld) delete further[name];
  return { facts: { ...facts, further }, day, withheld };
}

/** The facts that are kept sealed, as one text; null where none was told. */
export function personalTextOf({ further }: Facts): string | null {
  const known = personalFacts.filter((name) => further?.[name] !== undefined);
  return known.length === 0 ? null : JSON.stringify(further, [...known]);
}

/** All the facts again, with what was sealed; null where it was erased, or never kept, and stays withheld. */
export function wholeFacts(kept: KeptFacts, personalText: string | null): KeptFacts {
  if (personalText === null) return kept;
  return { ...kept, facts: { ...kept.facts, further: { ...kept.facts.further, ...JSON.parse(personalText) as KnownFacts } }, withheld: [] };
}
