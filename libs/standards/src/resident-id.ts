/**
 * Citizen identity number (公民身份号码), GB 11643-1999: 6 region, 8 birth date, 3 sequence, 1 check.
 * Personal data of level C2: a result of this file never goes into a log or an error text.
 */
import { isoDate } from './dates.js';
import { normaliseCode } from './text.js';

/** LENGTH not 18 (the 15-digit numbers ended in 2013); CHARACTER; DATE no such day, or after `asOf`; CHECKSUM. */
export type ResidentIdProblem = 'EMPTY' | 'LENGTH' | 'CHARACTER' | 'DATE' | 'CHECKSUM';

export interface ResidentIdCheck {
  /** The normalised text, also where it is invalid. */
  id: string;
  problem?: ResidentIdProblem;
  /** REGION: no province has the first two digits. A warning only: regions change, and foreigners' permits begin with 9. */
  warning?: 'REGION';
  /** ISO date, where there is no problem. */
  birthDate?: string;
  /** First six digits: where the number was issued, not where the person lives. */
  regionCode?: string;
}

const WEIGHTS = new Uint8Array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
/** Province-level prefixes of GB/T 2260; 83 is used on permits for residents of Taiwan. */
const PROVINCES = new Set([
  '11', '12', '13', '14', '15', '21', '22', '23', '31', '32', '33', '34', '35', '36', '37', '41', '42', '43', '44', '45', '46',
  '50', '51', '52', '53', '54', '61', '62', '63', '64', '65', '71', '81', '82', '83',
]);

/**
 * Normalises and checks an identity number. Never throws.
 * @param asOf ISO date; a birth date after it is a DATE problem. Without it future births pass.
 */
export function checkResidentId(text: string, asOf?: string): ResidentIdCheck {
  const id = normaliseCode(text);
  if (id.length !== 18) return { id, problem: id === '' ? 'EMPTY' : 'LENGTH' };
  if (!/^\d{17}[\dX]$/.test(id)) return { id, problem: 'CHARACTER' };
  const birthDate = isoDate(Number(id.slice(6, 10)), Number(id.slice(10, 12)), Number(id.slice(12, 14)));
  if (birthDate === undefined || (asOf !== undefined && birthDate > asOf)) return { id, problem: 'DATE' };
  if (residentIdCheckCharacter(id.slice(0, 17)) !== id[17]) return { id, problem: 'CHECKSUM' };
  const regionCode = id.slice(0, 6);
  return PROVINCES.has(id.slice(0, 2)) ? { id, birthDate, regionCode } : { id, birthDate, regionCode, warning: 'REGION' };
}

/** True where `checkResidentId` finds no problem; warnings do not count. */
export function isValidResidentId(text: string): boolean {
  return checkResidentId(text).problem === undefined;
}

/** The check character for 17 digits: `10X98765432`[sum(digit * weight) mod 11]. Throws RangeError for other input. */
export function residentIdCheckCharacter(first17: string): string {
  if (!/^\d{17}$/.test(first17)) throw new RangeError('not the first 17 digits of an identity number');
  let sum = 0;
  for (let index = 0; index < 17; index += 1) sum += (first17.charCodeAt(index) - 48) * WEIGHTS[index]!;
  return '10X98765432'[sum % 11]!;
}
