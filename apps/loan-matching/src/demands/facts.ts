import { ApplicantKind } from '@finharbor/contracts/eligibility/facts';
import { yuanOf } from '@finharbor/contracts/eligibility/decimals';
import type { FieldError } from '@finharbor/contracts/errors';
import { SizeClass } from '@finharbor/contracts/vocabulary';
import { checkCreditCode } from '@finharbor/standards/credit-code';
import { isIsoDate } from '@finharbor/standards/dates';
import { checkIndustryCode } from '@finharbor/standards/industries';
import { type Region, regionOn } from '@finharbor/standards/regions';
import { sizeClass, sizeGroupOfIndustry } from '@finharbor/standards/size-class';
import type { EnterpriseCopy } from '../copies/copies.js';
import { type Fact, type Facts, FactSource } from '../matching/matching.js';
import { contradicts } from './applicant-kind.js';
import type { SubmitDemandInput } from './demand.inputs.js';
import { personProblems } from './person-problems.js';

/** What of the input names something that does not exist. `known` is what the enterprise master holds under its credit code and name. */
export function inputProblems(
  input: SubmitDemandInput, known: EnterpriseCopy | undefined, today: string, imported: readonly Region[] = [],
): FieldError[] {
  const problems: FieldError[] = [];
  const refuse = (field: string, rule: string, message: string): void => void problems.push({ field, rule, message });
  if (input.applicantKind === ApplicantKind.NATURAL_PERSON) problems.push(...personProblems(input, today));
  else {
    // What an outside platform sent in comes without: enterprise-lists checked it.
    const { kind, problem } = input.creditCode == null ? { kind: 'CHECKED', problem: undefined } : checkCreditCode(input.creditCode);
    // Registered codes that fail the checksum exist; the master holds one only after a supervisor looked at it.
    if (kind === 'INVALID' && !(problem === 'CHECKSUM' && known)) {
      refuse('creditCode', `creditCode${problem!}`, 'creditCode must be a unified social credit code or a 15-digit registration number');
    }
    if (input.creditCode != null && input.applicantKind && contradicts(input.creditCode, input.applicantKind)) {
      refuse('applicantKind', 'creditCode', `applicantKind is not ${input.applicantKind}: by its first two characters the creditCode is of another kind`);
    }
    if (input.residentId != null) refuse('residentId', 'naturalPerson', 'residentId is asked of natural persons alone');
  }
  if (input.regionCode != null && !regionOn(input.regionCode, today, imported)) refuse('regionCode', 'region', 'regionCode is no region of today');
  if (input.industryCode != null && checkIndustryCode(input.industryCode).problem) {
    refuse('industryCode', 'industry', 'industryCode is no code of GB/T 4754-2017');
  }
  if (input.establishedOn != null && !(isIsoDate(input.establishedOn) && input.establishedOn >= '1900-01-01' && input.establishedOn <= today)) {
    refuse('establishedOn', 'pastDate', 'establishedOn must be a day that has been, written like "2019-05-20"');
  }
  const { enterpriseName, creditCode, residentId, contactName, contactPhone, purpose } = input;
  const named = [enterpriseName, creditCode?.trim(), residentId?.trim(), contactName, contactPhone];
  if (named.some((name) => name && purpose.toLowerCase().includes(name.toLowerCase()))) {
    refuse('purpose', 'identity', 'purpose must not name the enterprise or its contact: banks read it before they may know them');
  }
  return problems;
}

/** What of a demand its facts follow from. */
export type StatedFacts = Pick<SubmitDemandInput, 'amount' | 'termMonths' | 'guaranteeTypes' | 'applicantKind'> & {
  [Name in 'regionCode' | 'industryCode' | 'establishedOn' | (typeof indicators)[number]]?: SubmitDemandInput[Name] | null;
};

/** The facts that products are matched with. What the enterprise master states wins over what the applicant wrote. */
export function factsOf(input: StatedFacts, known: EnterpriseCopy | undefined): Facts {
  const knownIndustry = known?.industryCode ? checkIndustryCode(known.industryCode) : undefined;
  const ownIndustry = input.industryCode == null ? null : checkIndustryCode(input.industryCode).code;
  const industryCode = fact(knownIndustry?.problem ? null : knownIndustry?.code, ownIndustry);
  return {
    amount: yuanOf(input.amount),
    termMonths: input.termMonths,
    guaranteeTypes: input.guaranteeTypes,
    regionCode: fact(known?.regionCode, input.regionCode),
    industryCode,
    establishedOn: fact(known?.establishedOn, input.establishedOn),
    ...sizeOf(input, known, industryCode),
  };
}

const fact = (known: string | null | undefined, own: string | null | undefined): Fact | null => {
  if (known != null) return { value: known, source: FactSource.ENTERPRISE_MASTER };
  return own == null ? null : { value: own, source: FactSource.APPLICANT };
};

const indicators = ['employees', 'revenue', 'assets'] as const;

function sizeOf(input: StatedFacts, known: EnterpriseCopy | undefined, industry: Fact | null): Pick<Facts, 'sizeClass' | 'missingForSize'> {
  if (known && known.sizeClass !== SizeClass.UNKNOWN) {
    return { sizeClass: { value: known.sizeClass, source: FactSource.ENTERPRISE_MASTER }, missingForSize: [] };
  }
  if (input.applicantKind === ApplicantKind.NATURAL_PERSON) {
    return { sizeClass: { value: SizeClass.NOT_APPLICABLE, source: FactSource.APPLICANT }, missingForSize: [] };
  }
  const group = (industry && sizeGroupOfIndustry(industry.value)) ?? 'UNKNOWN';
  const value = sizeClass({ group, employees: input.employees, revenue: input.revenue, assets: input.assets }) as SizeClass;
  const sized = { value, source: FactSource.APPLICANT };
  if (value !== SizeClass.UNKNOWN) return { sizeClass: sized, missingForSize: [] };
  if (group === 'UNKNOWN') return { sizeClass: sized, missingForSize: ['industryCode'] };
  // An indicator that the group needs is one without which even the others at nothing leave the class open.
  const needed = indicators.filter((name) => sizeClass({ group, employees: 0, revenue: 0, assets: 0, [name]: undefined }) === 'UNKNOWN');
  return { sizeClass: sized, missingForSize: needed.filter((name) => input[name] == null) };
}
