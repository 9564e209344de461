import { readFileSync } from 'node:fs';
import { isOfBank } from '@finharbor/security/tokens/caller';
import { type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { GraphWalk } from './graph-walk.js';
import {
  applications, clocks, consents, contradiction, creditAlert, cultivations, demandClocks, demands, harbors, imports, issues, lists,
  loanCodes, offers, organisations, people, placements, referrals, type Subject,
} from './subjects.js';

/** A draft is its bank's own affair, and that of those who oversee banks. */
const drafts: Subject = {
  about: (of) => [of.products.draft],
  held: (of, role) => (role === 'bank' || role === 'supervisor' || role === 'dashboard' ? [of.products.draft] : []),
};

/** A bank knows what it claimed, a department what it pushed. */
const enterprises: Subject = {
  about: (of) => Object.values(of.enterprises),
  held: ({ enterprises: { claimed, unclaimed } }, role) => {
    if (isOfBank(role)) return [claimed];
    return role === 'department' || role === 'supervisor' || role === 'dashboard' ? [claimed, unclaimed] : [];
  },
};

/** What is told by department. */
const departments: Subject = { about: (of) => [of.departmentOrganisation] };

/** What is told by bank. */
const banks: Subject = { about: (of) => [of.organisation] };

/** Root fields, and the records that they find. */
export const roots: Record<string, Subject> = {
  demands, issues, loanCodes, referrals, clocks, harbors, organisations, consents, pushLists: lists, publishedProducts: offers,
  consent: consents,
  harborPeople: people, cultivationEntries: cultivations, cultivationEntry: cultivations, cultivationCategories: {},
  demandClocks, demandLedger: {}, dockingEntries: {}, creditAlerts: {},
  creditAlert: { ...creditAlert, held: () => [] }, creditRules: {}, loanCodePlacements: placements, poolEntries: {},
  qualityReports: departments, pushDuties: departments, bankResponses: banks,
  dispatchPreview: lists, referralRecalls: {},
  imports: imports(), import: imports(),
  contradictions: {}, contradiction: { ...contradiction, held: () => [] }, precedenceRules: {}, codeExceptions: {},
  applications, application: applications,
  demand: demands, issue: issues, harbor: harbors, organisation: organisations, pushList: lists, product: drafts,
};

/** Mutations, the records that they change, and what they must be told beside the id. */
export const mutations: Record<string, Subject & { told?: string }> = {
  assertCriteria: { ...lists, told: ', assertions: [{ criteria: [FIXED_PREMISES], met: true, evidence: "租赁合同" }]' },
  recommendListEntries: lists,
  returnListEntries: { ...lists, told: ', reason: "请补充"' },
  withdrawPushList: { ...lists, told: ', reason: "企业已注销"' },
  closePushList: lists,
  setPushDuty: { ...departments, told: ', frequency: MONTHLY' },
  approvePushList: lists,
  returnPushList: { ...lists, told: ', reason: "请补充"' },
  dispatchPushList: { ...lists, told: ', channel: INCLUSIVE' },
  acknowledgeIssue: issues,
  recordCultivation: { ...cultivations, told: ', measure: "上门辅导"' },
  reRecommendCultivation: cultivations,
  resolveContradiction: { ...contradiction, told: ', source: "00000000-0000-7000-8000-000000000000", reason: "以年报为准"' },
  reviewProduct: { about: (of) => [of.products.reviewable], told: ', outcome: APPROVED' },
};

/** Records that a service finds by a reference in another's answer. */
export const referable: Record<string, Subject> = {
  Demand: demands, Issue: issues, Product: drafts, Enterprise: enterprises, Harbor: harbors, Organisation: organisations,
  Outlet: { about: (of) => [of.outlet], isPublic: true },
};

/** The part of the graph that each service answers for. */
export const subgraphs = new Map<ServiceName, GraphWalk>(serviceNames.map((service) =>
  [service, new GraphWalk(readFileSync(new URL(`../../../apps/${service}/generated/schema.graphql`, import.meta.url), 'utf8'))]));
