/**
 * Who may call: machines and people, always by a verified token, in one of these roles. Which kinds of organisation have which,
 * stands in apps/partners/src/api-clients/client-roles.ts.
 * - area: who answers for streets, towns, parks, business districts; institution: funds and incubators;
 * - harbor-staff: people who work at a harbor, in the name of the bank that hosts it; they read, and record consents;
 * - the three administrators hold each other's power apart: system registers and proposes, security approves and locks, audit
 *   reads what the others did.
 */
export const signedInRoles = [
  'department', 'supervisor', 'bank', 'area', 'insurer', 'guarantor', 'institution', 'dashboard', 'harbor-staff',
  'system-administrator', 'security-administrator', 'audit-administrator',
] as const;

/** `applicant` is a business that holds the access secret of one record, `anonymous` anyone without a token. */
export const roles = [...signedInRoles, 'applicant', 'anonymous'] as const;

export type SignedInRole = (typeof signedInRoles)[number];
export type Role = (typeof roles)[number];

/** The party behind a request. The organisation comes from the token and from nowhere else (architecture.md rule 6). */
export interface Caller {
  readonly role: Role;
  readonly organisationId: string | null;
  readonly clientId: string | null;
  /** Of an applicant: the secret that was handed out with the record. */
  readonly accessSecret?: string;
}

export const anonymous: Caller = { role: 'anonymous', organisationId: null, clientId: null };

export const isRole = (value: unknown): value is Role => roles.includes(value as Role);
/** A token never makes an applicant or nobody of its bearer. */
export const isSignedInRole = (value: unknown): value is SignedInRole => signedInRoles.includes(value as SignedInRole);
/** A bank's machines and its people at harbors: both see what the bank may know, and nothing beyond. */
export const isOfBank = (role: Role | undefined): boolean => role === 'bank' || role === 'harbor-staff';
