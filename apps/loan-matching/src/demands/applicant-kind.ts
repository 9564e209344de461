import { ApplicantKind } from '@finharbor/contracts/eligibility/facts';
import { checkCreditCode, type EntityKind, entityKindOfCode } from '@finharbor/standards/credit-code';

const { ENTERPRISE, SELF_EMPLOYED, COOPERATIVE, FAMILY_FARM } = ApplicantKind;

/**
 * What the bearer of a code of the market regulators can be (GB 32100-2015 table 1), the likeliest first: a family farm is registered as a
 * household or an enterprise, and a cooperative of another law than that of farmers' as an enterprise.
 */
const possible: Partial<Record<EntityKind, ApplicantKind[]>> = {
  ENTERPRISE: [ENTERPRISE, FAMILY_FARM, COOPERATIVE], SELF_EMPLOYED: [SELF_EMPLOYED, FAMILY_FARM], COOPERATIVE: [COOPERATIVE],
};

const possibleOf = (creditCode: string): ApplicantKind[] | undefined => possible[entityKindOfCode(creditCode) ?? 'OTHER'];

/** What an applicant is that does not say it: what its code tells, else an enterprise. */
export const applicantKindOf = (creditCode: string | null | undefined): ApplicantKind =>
  (creditCode && possibleOf(creditCode)?.[0]) || ENTERPRISE;

/** Whether the code makes certain that its bearer is something else. Old numbers of 15 digits and codes that fail the checksum do not. */
export const contradicts = (creditCode: string, stated: ApplicantKind): boolean =>
  checkCreditCode(creditCode).kind === 'CREDIT_CODE' && possibleOf(creditCode)?.includes(stated) === false;
