// @ts-check
/** Products and applicants whose every question has a column, so that SQL and json-rules-engine can be asked the same. */

/** @typedef {import('@finharbor/contracts/eligibility/condition').EligibilityDocument} EligibilityDocument */
/**
 * @typedef {object} Product
 * @property {number} id
 * @property {string} rate
 * @property {EligibilityDocument} document
 * @property {Record<string, string[] | null>} lists
 * @property {Record<string, number | null>} limits
 */

const regions = ['500101', '500101001', '500101002', '500101003', '500102', '500103', '500104', '500000'];
const industries = ['A', 'C', 'C13', 'C14', 'E', 'F', 'F51', 'F52', 'G', 'H', 'I65', 'M', 'O'];
const streets = ['500101001', '500101002', '500101003', '500102001', '500104002'];
const classes = ['A0111', 'C1310', 'C1420', 'F5211', 'F5110', 'G5430', 'H6210', 'I6510'];

/** What a list of a product is asked as: within a scope, one of, or at least one of. */
export const lists = {
  region: { values: regions, share: 0.25, form: 'in' }, industry: { values: industries, share: 0.35, form: 'in' },
  sizeClass: { values: ['MEDIUM', 'SMALL', 'MICRO', 'NOT_APPLICABLE'], share: 0.7, form: 'in' }, taxGrade: { values: ['A', 'B', 'M', 'C', 'D'], share: 0.7, form: 'in' },
  demandKind: { values: ['FIRST_LOAN', 'RENEWAL', 'OTHER'], share: 0.7, form: 'in' },
  purpose: { values: ['WORKING_CAPITAL', 'EQUIPMENT', 'PREMISES', 'TRADE', 'GREEN', 'START_UP'], share: 0.6, form: 'in' },
  guarantee: { values: ['CREDIT', 'GUARANTEE', 'MORTGAGE', 'PLEDGE'], share: 0.5, form: 'has' },
  tags: { values: ['SPECIALISED', 'LITTLE_GIANT', 'HIGH_TECH', 'GREEN', 'EXPORT'], share: 0.5, form: 'has' },
};
/** Limits of a product: the fact, the end, the unit, and how large. */
export const limits = {
  amountMin: { fact: 'amount', end: 'min', unit: 'YUAN', most: 300_000 }, amountMax: { fact: 'amount', end: 'max', unit: 'YUAN', most: 9_000_000 },
  termMax: { fact: 'term', end: 'max', unit: 'MONTH', most: 60 }, ageMin: { fact: 'ageOfBusiness', end: 'min', unit: 'MONTH', most: 48 },
  revenueMin: { fact: 'revenue', end: 'min', unit: 'YUAN', most: 3_000_000 }, employeesMax: { fact: 'employees', end: 'max', unit: 'PERSON', most: 400 },
};

/** @param {() => number} random @param {readonly string[]} values @param {number} share */
function some(random, values, share) {
  const chosen = values.filter(() => random() < share);
  return chosen.length > 0 ? chosen : [values[Math.floor(random() * values.length)]];
}

/** @param {() => number} random @param {number} id @returns {Product} */
export function simpleProduct(random, id) {
  /** @type {any[]} */
  const rules = [];
  const asked = Object.fromEntries(Object.entries(lists).map(([fact, { values, share, form }]) => {
    const list = random() < (fact === 'tags' ? 0.1 : 0.45) ? some(random, values, share) : null;
    if (list) rules.push({ fact, [form]: list });
    return [fact, list];
  }));
  const limited = Object.fromEntries(Object.entries(limits).map(([name, { fact, end, unit, most }]) => {
    const limit = random() < 0.6 ? Math.floor(1 + random() * most) : null;
    if (limit !== null) rules.push({ fact, [end]: String(limit), unit });
    return [name, limit];
  }));
  return { id, rate: (2.5 + Math.floor(random() * 60) * 0.05).toFixed(4), document: { v: 1, rules }, lists: asked, limits: limited };
}

/** Everything that is asked about is known, so that two values are enough. @param {() => number} random @returns {any} */
export const simpleFacts = (random) => ({
  region: some(random, streets, 0)[0], industry: some(random, classes, 0)[0], sizeClass: some(random, lists.sizeClass.values, 0)[0],
  taxGrade: some(random, lists.taxGrade.values, 0)[0], demandKind: some(random, lists.demandKind.values, 0)[0],
  purpose: some(random, lists.purpose.values, 0)[0],
  guarantee: some(random, lists.guarantee.values, 0.5), tags: lists.tags.values.filter(() => random() < 0.3),
  amount: (1_000 * Math.floor(1 + random() * 6_000)).toFixed(2), term: String(1 + Math.floor(random() * 36)),
  ageOfBusiness: String(Math.floor(random() * 120)),
  revenue: String(Math.floor(random() * 9_000_000)), employees: String(Math.floor(random() * 300)),
});

/** The codes that a code lies within, itself included. @param {string} fact @param {any} facts @returns {string[]} */
export function around(fact, facts) {
  const value = facts[fact];
  if (Array.isArray(value)) return value;
  if (fact === 'region') return [value, value.slice(0, 6), `${value.slice(0, 2)}0000`];
  return fact === 'industry' ? [value, value.slice(0, 4), value.slice(0, 3), value[0]] : [value];
}
