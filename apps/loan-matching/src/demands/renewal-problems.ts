import type { FieldError } from '@finharbor/contracts/errors';
import { isIsoDate } from '@finharbor/standards/dates';
import type { SubmitDemandInput } from './demand.inputs.js';
import { DemandKind } from './demand-states.js';

/**
 * What is wrong with when the present loan ends: a renewal, and nothing else, says it, and is applied for before that day.
 * @param day on which it was applied for @param isAsked whether the day must be there: an outside platform tells none
 */
export function renewalProblems({ kind, maturesOn }: Pick<SubmitDemandInput, 'kind' | 'maturesOn'>, day: string, isAsked = true): FieldError[] {
  const refuse = (rule: string, message: string): FieldError[] => [{ field: 'maturesOn', rule, message }];
  if (maturesOn == null) {
    const isMissing = isAsked && kind === DemandKind.RENEWAL;
    return isMissing ? refuse('required', 'maturesOn is needed with a RENEWAL, which is applied for before the loan ends') : [];
  }
  if (kind !== DemandKind.RENEWAL) return refuse('renewal', 'maturesOn goes with a RENEWAL');
  if (isIsoDate(maturesOn) && maturesOn > day) return [];
  return refuse('maturity', 'maturesOn must be a day to come, written like "2027-05-20": a renewal is applied for before the loan ends');
}
