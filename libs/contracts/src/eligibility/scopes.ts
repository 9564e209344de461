import { isIndustryWithin } from '@finharbor/standards/industries';
import { normaliseCode } from '@finharbor/standards/text';

/** Whether a code lies within a scope. UNKNOWN where the code is too coarse to tell. */
export type Outcome = 'PASS' | 'UNKNOWN' | 'FAIL';
export type Within = (code: string, scope: string) => Outcome;

/**
 * A region takes in what its code begins: 500101 the street 500101001, 500000 the whole municipality. By code alone, so
 * that a street outside our tables is placed too. A functional zone overlaps streets, so neither tells about the other.
 */
export const isRegionIn: Within = (code, scope) => {
  if (code.startsWith(stem(scope))) return 'PASS';
  if (scope.startsWith(stem(code))) return 'UNKNOWN';
  const overlaps = code.slice(0, 6) === scope.slice(0, 6) && (code[6] === 'Z') !== (scope[6] === 'Z');
  return overlaps ? 'UNKNOWN' : 'FAIL';
};

const stem = (code: string): string => (code.endsWith('0000') ? code.slice(0, 2) : code);

export const isIndustryIn: Within = (code, scope) => {
  if (normaliseCode(code) === normaliseCode(scope) || isIndustryWithin(code, scope)) return 'PASS';
  return isIndustryWithin(scope, code) ? 'UNKNOWN' : 'FAIL';
};
