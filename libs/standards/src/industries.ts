/** Industry codes, GB/T 4754-2017: a section letter and 2 to 4 digits, the first two being the division. */
import { SECTIONS } from './industries.data.js';
import { GROUPS_AND_CLASSES } from './industries-names.data.js';
import { normaliseCode, removeBlanks, toHalfWidth } from './text.js';

/** SHAPE neither letter and 2-4 digits nor 2-4 digits; DIVISION no such division; SECTION the division is another section's. */
export type IndustryCodeProblem = 'SHAPE' | 'DIVISION' | 'SECTION';

export interface IndustryCodeCheck {
  /** With the section letter (`C1310`) where the code is valid, else the normalised text. */
  code: string;
  problem?: IndustryCodeProblem;
  /** Section letter, where valid. */
  section?: string;
  /** Two digits, where valid. */
  division?: string;
}

const SECTION_NAMES = new Map(SECTIONS.map(({ code, name }) => [code, name]));
const DIVISIONS = new Map(SECTIONS.flatMap(({ code, divisions }) =>
  Object.entries(divisions).map(([division, name]) => [division, { section: code, name }] as const)));

/**
 * Checks an industry code, with its letter (`C1310`) or bare (`1310`). Groups and classes (third and fourth digit) are
 * not looked up: any sub-code of an existing division passes, as editions and local lists differ there.
 */
export function checkIndustryCode(text: string): IndustryCodeCheck {
  const code = normaliseCode(text);
  const match = /^([A-T]?)((\d{2})\d{0,2})$/.exec(code);
  if (match === null) return { code, problem: 'SHAPE' };
  const [, letter, digits, division] = match as unknown as [string, string, string, string];
  const section = DIVISIONS.get(division)?.section;
  if (section === undefined) return { code, problem: 'DIVISION' };
  if (letter !== '' && letter !== section) return { code, problem: 'SECTION' };
  return { code: section + digits, section, division };
}

/** The section letter of an industry code, or undefined where the code is not valid. */
export function industrySection(code: string): string | undefined {
  return checkIndustryCode(code).section;
}

/** Chinese name of a section: `C` is 制造业. */
export function sectionName(section: string): string | undefined {
  return SECTION_NAMES.get(section);
}

/** Chinese name of a division: `13` is 农副食品加工业. */
export function divisionName(division: string): string | undefined {
  return DIVISIONS.get(division)?.name;
}

/**
 * True where a valid industry code lies within `scope`: a section letter (`C`) or a code (`C13`, `131`).
 * False where either is not valid.
 */
export function isIndustryWithin(code: string, scope: string): boolean {
  const own = checkIndustryCode(code);
  if (own.problem !== undefined) return false;
  const wanted = normaliseCode(scope);
  if (SECTION_NAMES.has(wanted)) return own.section === wanted;
  const outer = checkIndustryCode(wanted);
  return outer.problem === undefined && own.code.startsWith(outer.code);
}

/** What the name of an industry leads to: a code with its section letter (`C1310`), or the bare letter where it names a section only. */
export interface NamedIndustry {
  code: string;
  section: string;
}

let byName: ReadonlyMap<string, NamedIndustry> | undefined;

/**
 * The industry that bears this name in GB/T 4754-2017: a section, division, group or class, `农副食品加工业` and `农副食品加工` alike,
 * whatever the commas in it. Where a class bears the name of its division, the division. A code in front of it is passed over
 * (`C13 农副食品加工业`). Undefined for any other text: nothing is guessed from a part of a name.
 */
export function industryByName(text: string): NamedIndustry | undefined {
  byName ??= indexNames();
  const name = plainName(text);
  return byName.get(name) ?? byName.get(name.replace(/^[a-t]?\d{2,4}/, '')) ?? byName.get(name.replace(/^[a-t]/, ''));
}

function indexNames(): ReadonlyMap<string, NamedIndustry> {
  const index = new Map<string, NamedIndustry>();
  const add = (name: string, industry: NamedIndustry): void => {
    if (!index.has(name)) index.set(name, industry);
  };
  const named = [
    ...[...DIVISIONS].map(([division, { section, name }]) => ({ name: plainName(name), code: section + division, section })),
    ...GROUPS_AND_CLASSES.split(' ').map((entry) => {
      const [, digits, name] = /^(\d+)(.+)$/.exec(entry) as unknown as [string, string, string];
      const { section } = DIVISIONS.get(digits.slice(0, 2))!;
      return { name: plainName(name), code: section + digits, section };
    }),
    ...SECTIONS.map(({ code, name }) => ({ name: plainName(name), code, section: code })),
  ];
  for (const { name, code, section } of named) add(name, { code, section });
  // Short forms come last: none takes the place of a full name.
  for (const { name, code, section } of named) if (name.endsWith('业') && name.length > 2) add(name.slice(0, -1), { code, section });
  return index;
}

const plainName = (text: string): string => removeBlanks(toHalfWidth(text)).toLowerCase().replace(/[、,，;；.。:：-]/g, '');
