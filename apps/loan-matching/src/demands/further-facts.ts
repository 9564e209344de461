import { scaled, unscaled } from '@finharbor/contracts/eligibility/decimals';
import type { KnownFacts } from '@finharbor/contracts/eligibility/facts';
import type { NamedCopy } from '../copies/copies.js';
import type { SubmitDemandInput } from './demand.inputs.js';
import { ageOn } from './person-problems.js';

/**
 * What the applicant told beyond the facts that every product may ask for, its age by its resident ID, and the tags that the enterprise
 * master holds of it. What nobody told stays open.
 */
export function furtherFacts(input: SubmitDemandInput, known: Pick<NamedCopy, 'tags'> | undefined, today: string): KnownFacts {
  const { kind, employees, revenue, assets, taxGrade, specialGroups, purposeKind, applicantKind, residentId } = input;
  const age = residentId == null ? undefined : ageOn(residentId, today);
  return {
    demandKind: kind,
    ...(known?.tags && { tags: known.tags }),
    ...(age !== undefined && { applicantAge: String(age) }),
    ...(employees != null && { employees: String(employees) }),
    ...(revenue != null && { revenue: inYuan(revenue) }),
    ...(assets != null && { assets: inYuan(assets) }),
    ...(taxGrade != null && { taxGrade }),
    ...(specialGroups != null && { groups: specialGroups }),
    ...(purposeKind != null && { purpose: purposeKind }),
    ...(applicantKind != null && { applicantKind }),
  };
}

/** From 万元. */
const inYuan = (tenThousands: string): string => unscaled(scaled(tenThousands)! * 10_000n);
