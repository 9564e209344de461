import { readFileSync } from 'node:fs';
import { isOfBank } from '@finharbor/security/tokens/caller';
import { type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { GraphWalk } from './graph-walk.js';
import { consents, demands, harbors, issues, lists, loanCodes, offers, organisations, people, referrals, type Subject } from './rest-calls.js';

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

/** Root fields, and the records that they find. */
export const roots: Record<string, Subject> = {
  demands, issues, loanCodes, referrals, harbors, organisations, pushLists: lists, publishedProducts: offers, consents, consent: consents,
  harborPeople: people,
  demand: demands, issue: issues, harbor: harbors, organisation: organisations, pushList: lists, product: drafts,
};

/** Mutations, the records that they change, and what they must be told beside the id. */
export const mutations: Record<string, Subject & { told?: string }> = {
  approvePushList: lists,
  returnPushList: { ...lists, told: ', reason: "请补充"' },
  dispatchPushList: { ...lists, told: ', channel: INCLUSIVE' },
  acknowledgeIssue: issues,
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
