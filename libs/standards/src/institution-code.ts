/**
 * Financial institution code (金融机构编码), JR/T 0124-2014: letter, digit, 4 institution, 2 province, 5 serial, 1 check.
 */
import { normaliseCode } from './text.js';

/**
 * True where the text has the shape of an institution code once normalised. The rule of the check digit is not public
 * (Luhn and the mod 11 and 37 families do not fit the known codes), so only the shape is checked.
 */
export function isInstitutionCode(text: string): boolean {
  return /^[A-Z]\d{13}$/.test(normaliseCode(text));
}
