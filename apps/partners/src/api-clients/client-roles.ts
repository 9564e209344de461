import type { OrganisationKind } from '@finharbor/contracts/vocabulary';

/** The roles in which machines may call. */
export const clientRoles = ['department', 'supervisor', 'bank', 'dashboard', 'administrator'] as const;

export type ClientRole = (typeof clientRoles)[number];

const rolesByKind: Record<OrganisationKind, readonly ClientRole[]> = {
  DEPARTMENT: ['department'],
  CENTRAL_BANK_BRANCH: ['supervisor', 'dashboard'],
  FINANCE_OFFICE: ['supervisor', 'dashboard'],
  FINANCIAL_REGULATOR: ['supervisor', 'dashboard'],
  BANK: ['bank'],
  OPERATOR: ['administrator', 'dashboard'],
};

/** In which roles the clients of an organisation of this kind may call. */
export const rolesOf = (kind: OrganisationKind): readonly ClientRole[] => rolesByKind[kind];
