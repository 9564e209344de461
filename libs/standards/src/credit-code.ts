/**
 * Unified social credit code (统一社会信用代码), GB 32100-2015, and the registration number it replaced
 * (工商注册号, GS 15-2006), still printed for self-employed people.
 *
 * 18 characters: 1 registration department, 1 category, 6 region (GB/T 2260), 9 organisation code (GB 11714), 1 check.
 */
import { normaliseCode } from './text.js';

/** The 31 characters of GB 32100-2015 in order of value: no I, O, S, V, Z. */
export const CREDIT_CODE_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

export type CreditCodeKind = 'CREDIT_CODE' | 'LEGACY_REGISTRATION' | 'INVALID';

/**
 * EMPTY; LENGTH neither 18 nor 15; CHARACTER one that cannot stand at `position`; CHECKSUM well formed, yet the check
 * character does not match. Real registered codes that fail the checksum exist, so an imported list treats CHECKSUM as
 * a warning that a supervisor may override, never the other three.
 */
export type CreditCodeProblem = 'EMPTY' | 'LENGTH' | 'CHARACTER' | 'CHECKSUM';

export type EntityKind =
  | 'ENTERPRISE' | 'SELF_EMPLOYED' | 'COOPERATIVE' | 'PUBLIC_BODY' | 'SOCIAL_ORGANISATION' | 'RURAL_COLLECTIVE' | 'OTHER';

export interface CreditCodeCheck {
  /** The normalised text, also where it is invalid. */
  code: string;
  kind: CreditCodeKind;
  /** Set exactly where `kind` is INVALID. */
  problem?: CreditCodeProblem;
  /** 1-based place of the first wrong character, with CHARACTER only. */
  position?: number;
  /** Character 1 of an 18-character code: `9` market regulation, `1` staffing office, `5` civil affairs, `N` agriculture ... */
  registrationDepartment?: string;
  /** Character 2 of an 18-character code; its meaning depends on the department. */
  category?: string;
  /** GB/T 2260 code of the registering authority. It may be abolished, and may differ from the address. */
  regionCode?: string;
}

const WEIGHTS = new Uint8Array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]);
const ORGANISATION_WEIGHTS = new Uint8Array([3, 7, 9, 10, 5, 8, 4, 2]);
const COOPERATIVE_NUMBER = /^\d{6}NA\d{6}X$/;
const VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < CREDIT_CODE_ALPHABET.length; value += 1) VALUES[CREDIT_CODE_ALPHABET.charCodeAt(value)] = value;

/** Half-width, without any blanks, upper case. Text that needs nothing is returned as it is, without a copy. */
export function normaliseCreditCode(text: string): string {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const plain = (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90);
    if (!plain) return normaliseCode(text);
  }
  return text;
}

/** Normalises and checks a credit code or a 15-character registration number. Never throws. */
export function checkCreditCode(text: string): CreditCodeCheck {
  const code = normaliseCreditCode(text);
  if (code.length === 18) return checkEighteen(code);
  if (code.length === 15) return checkFifteen(code);
  return { code, kind: 'INVALID', problem: code.length === 0 ? 'EMPTY' : 'LENGTH' };
}

/** True for an 18-character code with the right check character, in any spelling that normalising repairs. */
export function isValidCreditCode(text: string): boolean {
  const code = normaliseCreditCode(text);
  return code.length === 18 && weightedSum(code) % 31 === 0;
}

/**
 * The check character for the first 17 characters (normalised), GB 32100-2015: alphabet[(31 - sum(value * weight) mod 31)
 * mod 31]. Throws RangeError where `first17` could not begin a credit code.
 */
export function creditCodeCheckCharacter(first17: string): string {
  const sum = first17.length === 17 ? weightedSum(`${first17}0`) : -1;
  if (sum < 0) throw new RangeError('not the first 17 characters of a credit code');
  return CREDIT_CODE_ALPHABET[(31 - (sum % 31)) % 31]!;
}

/** The organisation code inside a well-formed credit code: characters 9 to 17. */
export function organisationCodeOf(creditCode: string): string {
  return creditCode.slice(8, 17);
}

/**
 * Organisation code (组织机构代码), GB 11714: 8 of 0-9 A-Z and a check, C9 = 11 - sum(value * weight) mod 11, where 10
 * is written X and 11 is written 0. The hyphen before the check is optional.
 */
export function isValidOrganisationCode(text: string): boolean {
  const code = normaliseCode(text);
  const match = /^([0-9A-Z]{8})-?([0-9X])$/.exec(code);
  return match !== null && organisationCodeCheckCharacter(match[1]!) === match[2];
}

/** The check character for the first 8 characters of an organisation code, GB 11714. */
export function organisationCodeCheckCharacter(first8: string): string {
  let sum = 0;
  for (let index = 0; index < 8; index += 1) sum += parseInt(first8[index]!, 36) * ORGANISATION_WEIGHTS[index]!;
  return '0X987654321'[sum % 11]!;
}

/**
 * What kind of entity a well-formed code names, by its first two characters (GB 32100-2015 table 1 with amendment 1):
 * 91 enterprise, 92 self-employed household (个体工商户), 93 farmers' cooperative, 1x public body, 5x social
 * organisation, Nx rural collective. Registration numbers (GS 15-2006 4.3): sequence 0-5 enterprise, 6-9 self-employed,
 * NA cooperative. Only the shape counts, not the checksum; undefined for what has the shape of neither.
 */
export function entityKindOfCode(text: string): EntityKind | undefined {
  const code = normaliseCreditCode(text);
  if (code.length === 15) {
    if (COOPERATIVE_NUMBER.test(code)) return 'COOPERATIVE';
    if (!/^\d{15}$/.test(code)) return undefined;
    return code[6]! >= '6' ? 'SELF_EMPLOYED' : 'ENTERPRISE';
  }
  if (code.length !== 18 || weightedSum(code) < 0) return undefined;
  switch (code[0]) {
    case '9': return code[1] === '1' ? 'ENTERPRISE' : code[1] === '2' ? 'SELF_EMPLOYED' : code[1] === '3' ? 'COOPERATIVE' : 'OTHER';
    case '1': return 'PUBLIC_BODY';
    case '5': return 'SOCIAL_ORGANISATION';
    case 'N': return 'RURAL_COLLECTIVE';
    default: return 'OTHER';
  }
}

function checkEighteen(code: string): CreditCodeCheck {
  const sum = weightedSum(code);
  if (sum < 0) return { code, kind: 'INVALID', problem: 'CHARACTER', position: -sum };
  const valid = sum % 31 === 0;
  return {
    code,
    kind: valid ? 'CREDIT_CODE' : 'INVALID',
    problem: valid ? undefined : 'CHECKSUM',
    registrationDepartment: code[0],
    category: code[1],
    regionCode: code.slice(2, 8),
  };
}

/**
 * Weighted sum of 18 characters, the check counted once (a valid code gives 0 mod 31); minus the place of a wrong character.
 * No department is numbered 0: without that rule the placeholder of eighteen zeros would be a valid code.
 */
function weightedSum(code: string): number {
  let sum = 0;
  for (let index = 0; index < 18; index += 1) {
    const unit = code.charCodeAt(index);
    const value = unit < 128 ? VALUES[unit]! : -1;
    if (value < 0 || (value > 9 && index > 1 && index < 8) || (value === 0 && index === 0)) return -(index + 1);
    sum += index < 17 ? value * WEIGHTS[index]! : value;
  }
  return sum;
}

/**
 * 15 digits with a MOD 11,10 check (GS 15-2006 annex A, GB/T 17710), or the cooperatives' numbers, seen in practice as
 * region, `NA`, 6 digits and a constant `X`.
 */
function checkFifteen(code: string): CreditCodeCheck {
  const regionCode = code.slice(0, 6);
  if (COOPERATIVE_NUMBER.test(code)) return { code, kind: 'LEGACY_REGISTRATION', regionCode };
  let product = 10;
  for (let index = 0; index < 15; index += 1) {
    const digit = code.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return { code, kind: 'INVALID', problem: 'CHARACTER', position: index + 1 };
    const sum = (product + digit) % 10;
    product = index === 14 ? sum : ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return product === 1
    ? { code, kind: 'LEGACY_REGISTRATION', regionCode }
    : { code, kind: 'INVALID', problem: 'CHECKSUM', regionCode };
}
