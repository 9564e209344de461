import type { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { type SignedInRole, signedInRoles } from '@finharbor/security/tokens/caller';

/** The roles in which machines may call: any that a token names. */
export const clientRoles = signedInRoles;

export type ClientRole = SignedInRole;

const rolesByKind: Record<OrganisationKind, readonly ClientRole[]> = {
  DEPARTMENT: ['department'],
  CENTRAL_BANK_BRANCH: ['supervisor', 'dashboard'],
  FINANCE_OFFICE: ['supervisor', 'dashboard'],
  FINANCIAL_REGULATOR: ['supervisor', 'dashboard'],
  // A program at a harbor's counter needs less than the bank's own system.
  BANK: ['bank', 'harbor-staff'],
  AREA_ORGANISATION: ['area'],
  INSURER: ['insurer'],
  GUARANTOR: ['guarantor'],
  COURT: ['department'],
  POLICE: ['department'],
  MARKET_REGULATOR: ['department'],
  FUND: ['institution'],
  INCUBATOR: ['institution'],
  OPERATOR: ['system-administrator', 'security-administrator', 'audit-administrator', 'dashboard'],
};

/** In which roles the clients of an organisation of this kind may call. */
export const rolesOf = (kind: OrganisationKind): readonly ClientRole[] => rolesByKind[kind];
