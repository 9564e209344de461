/** Size class of an enterprise by industry group and indicators, 国统字〔2017〕213号. */
import { checkIndustryCode } from './industries.js';
import { SIZE_TABLES, type SizeRow } from './size-class.data.js';

/** The 16 groups of the table. */
export type SizeGroup =
  | 'AGRI' | 'INDUSTRY' | 'CONSTRUCTION' | 'WHOLESALE' | 'RETAIL' | 'TRANSPORT' | 'WAREHOUSE' | 'POST' | 'LODGING' | 'CATERING'
  | 'INFO_TRANSMISSION' | 'SOFTWARE_IT' | 'REAL_ESTATE_DEV' | 'PROPERTY_MGMT' | 'LEASING_BUSINESS' | 'OTHER';

/** NOT_APPLICABLE: the standard leaves the industry out. UNKNOWN: it depends on something not known. */
export type SizeClass = 'LARGE' | 'MEDIUM' | 'SMALL' | 'MICRO' | 'UNKNOWN' | 'NOT_APPLICABLE';

/** A number or a decimal string; null, undefined, empty, negative and unreadable count as missing. */
export type Indicator = number | string | null | undefined;

export interface SizeIndicators {
  group: SizeGroup | 'NOT_APPLICABLE' | 'UNKNOWN';
  /** Persons (从业人员). */
  employees?: Indicator;
  /** Revenue of a year (营业收入) in 万元, 10,000 yuan: divide an amount in yuan first. */
  revenue?: Indicator;
  /** Total assets (资产总额) in 万元. */
  assets?: Indicator;
}

/**
 * LARGE where all indicators of the group reach its large limit, else MEDIUM where all reach the medium one, else SMALL
 * likewise, else MICRO. An indicator that the group needs and that is missing makes it UNKNOWN, never MICRO.
 * @param on ISO date whose edition of the table applies; by default the newest. UNKNOWN before the first edition.
 */
export function sizeClass({ group, ...indicators }: SizeIndicators, on?: string): SizeClass {
  if (group === 'NOT_APPLICABLE' || group === 'UNKNOWN') return group;
  const row = SIZE_TABLES.findLast(({ validFrom }) => on === undefined || validFrom <= on)?.rows[group];
  if (row === undefined) return 'UNKNOWN';
  let reached = 0;
  for (const name of INDICATORS) {
    const limits = row[name];
    if (limits === undefined) continue;
    const value = readIndicator(indicators[name]);
    if (value === undefined) return 'UNKNOWN';
    const step = limits.findIndex((limit) => value >= limit);
    reached = Math.max(reached, step === -1 ? 3 : step);
  }
  return CLASSES[reached]!;
}

/**
 * The group of an industry code (GB/T 4754-2017), by the notes of the table. NOT_APPLICABLE for what the standard leaves
 * out: railways (53), finance (J), education (P), health (84), public administration (S), international organisations (T)
 * and letting of own property (7040, in the 2011 edition 自有房地产经营活动). UNKNOWN where the code is too short to tell (59 and
 * 70 hold several groups). Undefined where the code is not valid. Self-employed people are classed by reference to it.
 */
export function sizeGroupOfIndustry(gbt4754Code: string): SizeIndicators['group'] | undefined {
  const { code, section, division } = checkIndustryCode(gbt4754Code);
  if (section === undefined || division === undefined) return undefined;
  const special = DIVISION_GROUPS[division];
  if (special !== undefined) return special;
  if (division === '59') return byThirdDigit(code, { 1: 'TRANSPORT' }, 'WAREHOUSE');
  if (division === '70') return byThirdDigit(code, { 1: 'REAL_ESTATE_DEV', 2: 'PROPERTY_MGMT', 4: 'NOT_APPLICABLE' }, 'OTHER');
  return SECTION_GROUPS[section];
}

const INDICATORS: readonly (keyof SizeRow)[] = ['employees', 'revenue', 'assets'];
const CLASSES: readonly SizeClass[] = ['LARGE', 'MEDIUM', 'SMALL', 'MICRO'];

const SECTION_GROUPS: Readonly<Record<string, SizeIndicators['group']>> = {
  A: 'AGRI', B: 'INDUSTRY', C: 'INDUSTRY', D: 'INDUSTRY', E: 'CONSTRUCTION', G: 'TRANSPORT', I: 'INFO_TRANSMISSION', L: 'LEASING_BUSINESS',
  M: 'OTHER', N: 'OTHER', O: 'OTHER', R: 'OTHER', J: 'NOT_APPLICABLE', P: 'NOT_APPLICABLE', S: 'NOT_APPLICABLE', T: 'NOT_APPLICABLE',
};

const DIVISION_GROUPS: Readonly<Record<string, SizeIndicators['group']>> = {
  51: 'WHOLESALE', 52: 'RETAIL', 53: 'NOT_APPLICABLE', 60: 'POST', 61: 'LODGING', 62: 'CATERING', 65: 'SOFTWARE_IT',
  84: 'NOT_APPLICABLE', 85: 'OTHER',
};

/** `code` is letter and digits: its third digit stands at index 3. */
function byThirdDigit(code: string, groups: Record<number, SizeIndicators['group']>, otherwise: SizeGroup): SizeIndicators['group'] {
  const digit = code[3];
  return digit === undefined || digit === '0' ? 'UNKNOWN' : (groups[Number(digit)] ?? otherwise);
}

/** Limits are whole numbers, so a double compares exactly with them at any amount that a database column holds. */
function readIndicator(value: Indicator): number | undefined {
  if (value === null || value === undefined || (typeof value === 'string' && !/^\d+(\.\d+)?$/.test(value))) return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}
