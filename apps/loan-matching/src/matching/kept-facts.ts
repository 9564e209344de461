import type { FactName } from '@finharbor/contracts/eligibility/facts';
import type { Facts } from './matching.js';

/** What a need was matched with, as it may be kept: the applicant's special groups and age are used and not kept. */
export interface KeptFacts {
  facts: Facts;
  /** The day on which it was matched: ages are counted to it. */
  day: string;
  /** What was known and is not kept. To give the same answer again, these must be stated again. */
  withheld: FactName[];
}

const personal = ['groups', 'applicantAge'] as const;

export function keptFacts(facts: Facts, day: string): KeptFacts {
  const further = { ...facts.further };
  const withheld = personal.filter((name) => further[name] !== undefined);
  for (const name of withheld) delete further[name];
  return { facts: { ...facts, further }, day, withheld };
}
