import { signedInRoles } from '../tokens/caller.js';

/** Sets of roles that rows of the authorisation table name. */
export const signedIn = signedInRoles.join(' ');
export const everyone = `${signedIn} applicant anonymous`;
export const oversight = 'supervisor dashboard';
/** A bank's machines and its people at harbors. */
export const atBank = 'bank harbor-staff';
/** Whose products the catalogue holds. */
export const offering = 'bank insurer guarantor';
/** Who may find one of them wrong. */
export const reporting = `department ${atBank} area insurer guarantor institution supervisor`;
export const system = 'system-administrator';
export const security = 'security-administrator';
export const auditor = 'audit-administrator';

/** Who is told things by messages to its people. */
export const told = 'department bank supervisor';

/** Whoever signs in but a dashboard, whose transactions write nothing. */
export const changing = signedInRoles.filter((role) => role !== 'dashboard').join(' ');

/** Whose systems are told, in feeds and by webhook: programs of organisations that take part, but for those who look after the platform. */
export const partner = 'department supervisor bank area insurer guarantor institution';
