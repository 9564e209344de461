import { PurposeKind } from '@finharbor/contracts/eligibility/facts';
import type { FieldError } from '@finharbor/contracts/errors';
import { checkResidentId } from '@finharbor/standards/resident-id';
import type { SubmitDemandInput } from './demand.inputs.js';

/** Who asks for a loan is of age (民法典 art. 17, 18). */
const fullAge = 18;

/** Full years of age on a day, of the bearer of a resident identity number that is well formed. */
export function ageOn(residentId: string, today: string): number | undefined {
  const { birthDate } = checkResidentId(residentId, today);
  if (!birthDate) return undefined;
  return Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (today.slice(5) < birthDate.slice(5) ? 1 : 0);
}

/** What is wrong with the application of a natural person: one of the six groups, of age, no enterprise, for a start-up loan (H-112). */
export function personProblems(input: SubmitDemandInput, today: string): FieldError[] {
  const problems: FieldError[] = [];
  const refuse = (field: string, rule: string, message: string): void => void problems.push({ field, rule, message });
  for (const field of ['enterpriseName', 'creditCode'] as const) {
    if (input[field] != null) refuse(field, 'naturalPerson', `${field} is asked of enterprises, and not of a natural person`);
  }
  // The number itself is in no message.
  const problem = input.residentId == null ? 'EMPTY' : checkResidentId(input.residentId, today).problem;
  if (problem) refuse('residentId', `residentId${problem}`, 'residentId must be a number of a resident identity card (GB 11643)');
  else if (ageOn(input.residentId!, today)! < fullAge) refuse('residentId', 'fullAge', `residentId is of somebody under ${fullAge}`);
  if (!input.specialGroups?.length) refuse('specialGroups', 'required', 'specialGroups must name at least one of the six groups: a natural person applies as one of them');
  if (input.purposeKind !== PurposeKind.START_UP) refuse('purposeKind', 'startUp', 'purposeKind must be START_UP: a natural person applies for a start-up loan');
  return problems;
}
