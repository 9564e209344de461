import type { Condition, EligibilityDocument } from '@finharbor/contracts/eligibility/condition';
import { ApplicantKind, type KnownFacts, PurposeKind, SpecialGroup, taxGrades } from '@finharbor/contracts/eligibility/facts';
import { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Random = () => number;
const oneOf = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)];
const someOf = <T>(random: Random, values: readonly T[], share = 0.5): T[] => {
  const chosen = values.filter(() => random() < share);
  return chosen.length > 0 ? chosen : [oneOf(random, values)];
};

const regions = ['500000', '500101', '500101001', '500101002', '500101003', '500101Z01', '500102', '500103', '500104'];
const industries = ['A', 'C', 'C13', 'C1310', 'C14', 'E', 'F', 'F51', 'F52', 'G', 'H', 'H62', 'I', 'I65', 'M', 'O'];
const tags = ['SPECIALISED', 'LITTLE_GIANT', 'HIGH_TECH', 'GREEN', 'FIRST_LOAN', 'EXPORT'];
const sizes = Object.values(SizeClass).filter((size) => size !== SizeClass.UNKNOWN);

const round = (number: number): string => String(Math.max(1, Math.round(number)));

/** A rule such as products have. */
function someRule(random: Random): Condition {
  const rules: (() => Condition)[] = [
    () => ({ fact: 'region', in: someOf(random, regions, 0.3) }),
    () => ({ fact: 'industry', in: someOf(random, industries, 0.3) }),
    () => ({ fact: 'sizeClass', in: someOf(random, sizes, 0.6) }),
    () => ({ fact: 'amount', min: round(random() * 50), unit: 'TEN_THOUSAND_YUAN' }),
    () => ({ fact: 'amount', max: round(20 + random() * 2_000), unit: 'TEN_THOUSAND_YUAN' }),
    () => ({ fact: 'term', min: '3', max: round(6 + random() * 60), unit: 'MONTH' }),
    () => ({ fact: 'ageOfBusiness', min: round(random() * 4), unit: 'YEAR' }),
    () => ({ fact: 'revenue', min: round(random() * 300), unit: 'TEN_THOUSAND_YUAN' }),
    () => ({ fact: 'employees', max: round(50 + random() * 400), unit: 'PERSON' }),
    () => ({ fact: 'guarantee', has: someOf(random, Object.values(GuaranteeType)) }),
    () => ({ fact: 'taxGrade', in: someOf(random, taxGrades, 0.6) }),
    () => ({ fact: 'demandKind', in: someOf(random, ['FIRST_LOAN', 'RENEWAL', 'OTHER'], 0.6) }),
    () => ({ fact: 'purpose', in: someOf(random, Object.values(PurposeKind), 0.5) }),
    () => ({ fact: 'tags', has: someOf(random, tags, 0.5) }),
  ];
  return oneOf(random, rules)();
}

function joinedRule(random: Random): Condition {
  const parts = Array.from({ length: 2 + Math.floor(random() * 2) }, () => someRule(random));
  const kind = random();
  if (kind < 0.6) return { any: parts };
  if (kind < 0.8) return { any: [{ all: parts }, someRule(random)] };
  return { not: kind < 0.9 ? parts[0] : { all: parts } };
}

/** What a product may ask: an amount at most, some more, and joined rules in a fifth of them. */
export function someDocument(random: Random): EligibilityDocument {
  const rules: Condition[] = [
    { fact: 'amount', max: round(20 + random() * 2_000), unit: 'TEN_THOUSAND_YUAN' },
    ...Array.from({ length: Math.floor(random() * 8) }, () => someRule(random)),
    ...(random() < 0.2 ? [joinedRule(random)] : []),
    ...(random() < 0.1 ? [{ text: '经营正常' }] : []),
  ];
  return { v: 1, rules };
}

/** A rate in per cent a year, or none. */
export const someRate = (random: Random): string | null => (random() < 0.1 ? null : (2.5 + Math.floor(random() * 60) * 0.05).toFixed(4));

/** What an applicant states: most of it, seldom all. */
export function someFacts(random: Random): KnownFacts {
  const facts: KnownFacts = {
    region: oneOf(random, ['500101001', '500101002', '500101', '500102001', '500104']), industry: oneOf(random, ['C1310', 'F5211', 'A0111', 'H6210', 'I6510', 'C13']),
    sizeClass: oneOf(random, sizes), amount: (1_000 * Math.floor(1 + random() * 8_000)).toFixed(2), term: round(random() * 60),
    ageOfBusiness: String(Math.floor(random() * 120) - 1), revenue: round(random() * 9_000_000), employees: round(random() * 300),
    guarantee: someOf(random, Object.values(GuaranteeType)), taxGrade: oneOf(random, taxGrades), demandKind: oneOf(random, ['FIRST_LOAN', 'RENEWAL']),
    purpose: oneOf(random, Object.values(PurposeKind)), tags: tags.filter(() => random() < 0.3),
    groups: Object.values(SpecialGroup).filter(() => random() < 0.1),
    applicantKind: oneOf(random, Object.values(ApplicantKind)),
  };
  return Object.fromEntries(Object.entries(facts).filter(() => random() < 0.85));
}
