import { isOfBank, type Role } from '@finharbor/security/tokens/caller';
import type { Endpoints } from './endpoints.js';
import type { Holding } from './holding.js';
import type { Mine } from './mine.js';

/** Records that can be asked for, and who may know them. */
export interface Subject {
  /** Records of one side. */
  about?: (holding: Holding) => Mine[];
  /** Of these, what the side's own bank, department or applicant may know, and whoever is above both sides; all unless told. */
  held?: (holding: Holding, role: Role) => Mine[];
  /** Whoever may ask may know everybody's records. */
  isPublic?: boolean;
}

/** How the walk calls a route of the OpenAPI document. What it is about stands in its path or body, or in its list. */
export interface Call extends Subject {
  query?: string;
  /** Why the walk cannot make it succeed; then it is only refused. */
  needs?: string;
  headers?: Record<string, string>;
  /** Its answer has an ETag, to change the record by. */
  isVersioned?: true;
  /** A body that is good for the route; text is sent as CSV. */
  body?: (id: string, holding: Holding) => object | string;
}

export const all = (records: Record<string, Mine>): Mine[] => Object.values(records);
export const demands: Subject = {
  about: (of) => all(of.demands),
  held: ({ demands: { submitted, ...routed } }, role) => (isOfBank(role) ? all(routed) : [submitted, ...all(routed)]),
};
/** The clock of a demand that a bank has. */
export const placements: Subject = { about: (of) => [of.placement] };
export const demandClocks: Subject = { about: (of) => [of.demandClock] };
/** Nothing about the enterprises of the walk is to be looked into. */
export const creditAlert: Call = { about: () => [{ id: '00000000-0000-7000-8000-000000000000' }], needs: 'an enterprise that is credited too much' };
/** Nobody of the walk took an application down for somebody else. */
export const matchedApplication: Subject = {
  about: (of) => [of.demands.submitted], held: (of, role) => (['harbor-staff', 'area'].includes(role) ? [] : [of.demands.submitted]),
};
/** An application has the id of its first demand; whoever takes some down for others took none of these down. */
export const applications: Subject = {
  about: (of) => all(of.demands), held: (of, role) => (isOfBank(role) || role === 'area' ? [] : all(of.demands)),
};
export const issues: Subject = { about: (of) => all(of.issues) };
export const lists: Subject = { about: (of) => all(of.lists) };
/** All imports of a side, or some. */
export const imports = (...which: (keyof Holding['imports'])[]): Subject =>
  ({ about: (of) => (which.length > 0 ? which.map((one) => of.imports[one]) : all(of.imports)) });
export const referrals: Subject = { about: (of) => all(of.referrals) };
/** Of the ledger nothing is a bank's. */
export const cultivations: Subject = { about: (of) => [of.cultivation], held: (of, role) => (isOfBank(role) ? [] : [of.cultivation]) };
export const category: Subject = { about: () => [{ id: 'TAX' }] };
export const clocks: Subject = { about: (of) => [of.clock] };
export const loanCodes: Subject = { about: (of) => all(of.loanCodes) };
/** Made by the side's department about what its bank offers. */
export const productReports: Subject = {
  about: (of) => all(of.reports), held: (of, role) => (isOfBank(role) || role === 'department' || role === 'supervisor' ? all(of.reports) : []),
};
/** A bank's own affair. */
export const productImports: Subject = { about: (of) => [of.productImport] };
export const offers: Subject = { about: (of) => [of.products.offered, of.products.suspendable], isPublic: true };
/** No event of the walk fails. */
export const deadLetters: Call = { about: () => [{ id: '00000000-0000-7000-8000-000000000000' }], needs: 'an event that cannot be applied' };
/** No two sources of the walk contradict each other. */
export const contradiction: Call = { about: () => [{ id: '00000000-0000-7000-8000-000000000000' }], needs: 'sources that contradict each other' };
/** No application of the walk is in the pool. */
export const pooled: Call = { about: () => [{ id: '00000000-0000-7000-8000-000000000000' }], needs: 'an application in the pool' };
/** No row of the walk is withdrawn after it went to a bank. */
export const withdrawn: Call = { about: () => [{ id: '00000000-0000-7000-8000-000000000000' }], needs: 'a row that was withdrawn' };
export const harbors: Subject = { about: (of) => [of.harbor], isPublic: true };
export const organisations: Subject = { about: (of) => [of.organisation, of.departmentOrganisation], isPublic: true };
export const people: Subject = { about: (of) => [of.person], held: (of, role) => (role === 'area' ? [] : [of.person]) };
export const onboardings: Subject = { about: (of) => all(of.onboardings) };
export const consentsOf = (of: Holding, ...given: Mine[]): Mine[] => [of.consent, ...given.map(({ consentId }) => ({ id: consentId! }))];
/** Of a demand the bank knows the consent when it accepts. */
export const consents: Subject = {
  about: (of) => consentsOf(of, of.demands.routed, of.demands.accepted, of.demands.decided),
  held: (of, role) => consentsOf(of, ...(isOfBank(role) ? [] : [of.demands.routed]), of.demands.accepted, of.demands.decided),
};
/** A client finds itself, whatever role it comes in; those that walk are others than the one that each side holds. */
export const clientKeys: Subject = { about: (of) => [of.client], held: (of, role) => (role === 'system-administrator' ? [of.client] : []) };
export const scans: Subject = { about: (of) => [{ id: of.loanCodes.kept.code }], isPublic: true };
export const bank = (of: Holding): Mine[] => [of.organisation];
/** Their bank's alone: here supervisors too see only what is their own. */
export const endpoints = (...which: (keyof Endpoints)[]): Subject => {
  const those = ({ endpoints: all }: Holding): Mine[] => which.map((one) => all[one]);
  return { about: those, held: (of, role) => (role === 'bank' ? those(of) : []) };
};
export const allEndpoints = endpoints('active', 'pausable', 'paused', 'pending');
/** Their organisation's alone, whoever else sees everything. */
export const readers: Subject = {
  about: ({ readers: { kept, departments } }) => [kept, departments],
  held: ({ readers: { kept, departments } }, role) => (role === 'bank' ? [kept] : role === 'department' ? [departments] : []),
};
export const bySms = { body: () => ({ channel: 'SMS' }) };
/** No mail is opened in the walk. */
export const link: Call = { about: () => [{ id: 'AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA' }], needs: 'the link in a mail' };
/** The clients that walk are others than the one that each side holds. */
export const signatureKeys: Subject = { about: (of) => [of.client], held: (of, role) => (/^(department|bank)$/.test(role) ? [] : [of.client]) };
