import { scaled, unscaled } from '@finharbor/contracts/eligibility/decimals';
import type { KnownFacts } from '@finharbor/contracts/eligibility/facts';
import type { SubmitDemandInput } from './demand.inputs.js';

/** What the applicant told beyond the facts that every product may ask for. What it left out stays open. */
export function furtherFacts(input: SubmitDemandInput): KnownFacts {
  const { kind, employees, revenue, assets, taxGrade, specialGroups, purposeKind, applicantKind } = input;
  return {
    demandKind: kind,
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
