/**
 * Who may call. `applicant` is a business that holds the access secret of one record, `anonymous` anyone without a token.
 * Machines and people alike come with one of the other five, always from a verified token.
 */
export const roles = ['department', 'supervisor', 'bank', 'dashboard', 'administrator', 'applicant', 'anonymous'] as const;

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
