import { DomainError } from '@finharbor/contracts/errors';
import { mayGive, type ReasonGiver, reasons } from '@finharbor/contracts/reasons';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Property } from '@finharbor/platform/subgraph/property';
import { ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'A reason of the taxonomy: why an application, a demand or a referral ended as it did.' })
export class ReasonCodeEntry {
  @Property(() => ReasonCode, { description: 'The code.', enum: ReasonCode, enumName: 'ReasonCode' }) code: ReasonCode;
  @Property(() => String, { description: 'Whose reason it is: BANK, CUSTOMER, or PLATFORM for the course of things.' }) side: string;
  @Property(() => [String], { description: 'Who may give it: bank, applicant, supervisor, or service for the suite itself.' }) by: string[];
  @Property(() => String, { description: 'In words for people.' }) text: string;
}

/** The whole taxonomy, or what one side may give. */
export const reasonCodes = (by?: ReasonGiver): ReasonCodeEntry[] => Object.values(ReasonCode).filter((code) => !by || mayGive(by, code))
  .map((code) => Object.assign(new ReasonCodeEntry(), { code, ...reasons[code], by: [...reasons[code].by] }));

/** Refuses a reason that is not this side's to give. */
export function mustGive(by: ReasonGiver, code: ReasonCode): void {
  if (mayGive(by, code)) return;
  const allowed = reasonCodes(by).map((one) => one.code).join(', ');
  throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'reasonCode', rule: 'giver', message: `reasonCode must be one of ${allowed}` }]);
}
