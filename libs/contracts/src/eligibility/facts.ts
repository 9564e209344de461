import { GuaranteeType, SizeClass } from '../vocabulary.js';

/** What an applicant is. */
export enum ApplicantKind {
  ENTERPRISE = 'ENTERPRISE',
  SELF_EMPLOYED = 'SELF_EMPLOYED',
  COOPERATIVE = 'COOPERATIVE',
  FAMILY_FARM = 'FAMILY_FARM',
  NATURAL_PERSON = 'NATURAL_PERSON',
}

/** The six special groups of the notice (H-112), in its order. */
export enum SpecialGroup {
  REGISTERED_UNEMPLOYED = 'REGISTERED_UNEMPLOYED',
  DISABLED = 'DISABLED',
  VETERAN = 'VETERAN',
  GRADUATE = 'GRADUATE',
  RETURNED_MIGRANT_WORKER = 'RETURNED_MIGRANT_WORKER',
  ONLINE_MERCHANT = 'ONLINE_MERCHANT',
}

/** What the money is for, coarsely. */
export enum PurposeKind {
  WORKING_CAPITAL = 'WORKING_CAPITAL',
  EQUIPMENT = 'EQUIPMENT',
  PREMISES = 'PREMISES',
  RESEARCH = 'RESEARCH',
  TRADE = 'TRADE',
  AGRICULTURE = 'AGRICULTURE',
  START_UP = 'START_UP',
  GREEN = 'GREEN',
  REPLACING_DEBT = 'REPLACING_DEBT',
  HOME = 'HOME',
  VEHICLE = 'VEHICLE',
  CONSUMPTION = 'CONSUMPTION',
  OTHER = 'OTHER',
}

/** Tax credit grades (纳税信用等级), the best first. M is for those that are new. */
export const taxGrades = ['A', 'B', 'M', 'C', 'D'] as const;

export const demandKinds = ['FIRST_LOAN', 'RENEWAL', 'OTHER'] as const;

/** Units in which a quantity may be written, each with how many of the fact's base unit it is. */
const months = { MONTH: 1, YEAR: 12 } as const;
const yuan = { YUAN: 1, TEN_THOUSAND_YUAN: 10_000 } as const;
const persons = { PERSON: 1 } as const;
const years = { YEAR: 1 } as const;

export type Unit = 'MONTH' | 'YEAR' | 'YUAN' | 'TEN_THOUSAND_YUAN' | 'PERSON';

interface ScopeFact { kind: 'SCOPE'; description: string }
interface ChoiceFact { kind: 'CHOICE'; choices: readonly string[]; description: string }
interface SetFact { kind: 'SET'; choices: readonly string[] | undefined; description: string }
interface QuantityFact {
  kind: 'QUANTITY';
  units: Readonly<Partial<Record<Unit, number>>>;
  /** Limits in the base unit between which everybody lies; a range outside them asks the impossible. */
  least: string;
  most: string;
  description: string;
}
export type FactDefinition = ScopeFact | ChoiceFact | SetFact | QuantityFact;

const define = <Facts extends Record<string, FactDefinition>>(facts: Facts): Facts => facts;

/**
 * The facts that an eligibility may ask about, all of them. A new fact is one line here: documents that ask about it are then
 * accepted, and whoever does not know it yet finds it open (UNKNOWN), never passed.
 */
export const facts = define({
  region: { kind: 'SCOPE', description: 'Where the applicant is: a code of GB/T 2260, a street or a zone' },
  industry: { kind: 'SCOPE', description: 'Its industry: a section or code of GB/T 4754-2017' },
  applicantKind: { kind: 'CHOICE', choices: Object.values(ApplicantKind), description: 'What it is' },
  sizeClass: {
    kind: 'CHOICE', choices: Object.values(SizeClass).filter((size) => size !== SizeClass.UNKNOWN), description: 'Its size (国统字〔2017〕213号)',
  },
  ageOfBusiness: { kind: 'QUANTITY', units: months, least: '0', most: '2400', description: 'Full months since its registration' },
  revenue: { kind: 'QUANTITY', units: yuan, least: '0', most: '1000000000000', description: 'Revenue of a year' },
  assets: { kind: 'QUANTITY', units: yuan, least: '0', most: '1000000000000', description: 'Total assets' },
  employees: { kind: 'QUANTITY', units: persons, least: '0', most: '10000000', description: 'Employees' },
  taxGrade: { kind: 'CHOICE', choices: taxGrades, description: 'Tax credit grade (纳税信用等级)' },
  tags: { kind: 'SET', choices: undefined, description: 'Tags of the enterprise master, such as 专精特新' },
  groups: { kind: 'SET', choices: Object.values(SpecialGroup), description: 'Special groups that the applicant belongs to (H-112)' },
  applicantAge: { kind: 'QUANTITY', units: years, least: '0', most: '150', description: 'Full years of age of a natural person' },
  guarantee: { kind: 'SET', choices: Object.values(GuaranteeType), description: 'Security that the applicant offers' },
  demandKind: { kind: 'CHOICE', choices: demandKinds, description: 'First loan (首贷), renewal (续贷) or other' },
  amount: { kind: 'QUANTITY', units: yuan, least: '0', most: '1000000000000', description: 'Amount asked for' },
  term: { kind: 'QUANTITY', units: months, least: '1', most: '600', description: 'Term asked for' },
  purpose: { kind: 'CHOICE', choices: Object.values(PurposeKind), description: 'What the money is for' },
});

export type FactName = keyof typeof facts;

type ValueOf<Definition> = Definition extends SetFact ? readonly string[] : string;

/**
 * What is known of an applicant. What nobody stated is left out: it is neither yes nor no. A set that is given is complete.
 * Quantities are exact decimals in the base unit (months, yuan, persons, years).
 */
export type KnownFacts = { [Name in FactName]?: ValueOf<(typeof facts)[Name]> };

export const factOf = (name: unknown): FactDefinition | undefined =>
  (typeof name === 'string' && Object.hasOwn(facts, name) ? facts[name as FactName] : undefined);

/** How many of its base unit a unit of the fact is; undefined for a unit that it is not measured in. */
export const unitFactor = (fact: QuantityFact, unit: unknown): number | undefined =>
  (typeof unit === 'string' && Object.hasOwn(fact.units, unit) ? fact.units[unit as Unit] : undefined);
