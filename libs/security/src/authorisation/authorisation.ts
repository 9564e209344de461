/**
 * The authorisation table: who may call which route and read which field. Deny by default: what is not written here
 * is refused to everybody, and a guard test walks every route and field and fails on one without an entry.
 * A row is a list of roles. Which *records* a role sees is decided by row level security, not here.
 */
const signedIn = 'department supervisor bank dashboard administrator';
const everyone = `${signedIn} applicant anonymous`;
const oversight = 'supervisor dashboard';

/** REST: `METHOD /path` as it stands in the OpenAPI document. */
export const routes: Record<string, string> = {
  // partners
  'GET /v1/organisations': signedIn,
  'GET /v1/organisations/{id}': signedIn,
  'POST /v1/organisations': 'administrator',
  'POST /v1/organisations/{id}/names': 'administrator',
  'POST /v1/organisations/{id}/outlets': 'administrator',
  'GET /v1/api-clients': 'administrator',
  'POST /v1/api-clients': 'administrator',
  'POST /v1/api-clients/{id}/lock': 'administrator',
  // enterprise-lists
  'POST /v1/push-lists': 'department',
  'GET /v1/push-lists': 'department supervisor dashboard',
  'GET /v1/push-lists/{id}': 'department supervisor dashboard',
  'GET /v1/push-lists/{id}/entries': 'department supervisor dashboard',
  'GET /v1/push-lists/{id}/rejections': 'department supervisor dashboard',
  'GET /v1/referrals': 'bank supervisor dashboard',
  'GET /v1/referrals/{id}': 'bank supervisor dashboard',
  'POST /v1/referral-acknowledgements': 'bank',
  'POST /v1/referral-answers': 'bank',
  // product-catalog
  'POST /v1/products': 'bank',
  'GET /v1/products': 'bank supervisor dashboard',
  'GET /v1/products/{id}': 'bank supervisor dashboard',
  'POST /v1/products/{id}/publication': 'bank',
  'POST /v1/products/{id}/suspension': 'bank',
  'GET /v1/published-products': everyone,
  'GET /v1/published-products/{id}': everyone,
  // loan-matching
  'POST /v1/loan-codes': 'bank supervisor',
  'GET /v1/loan-codes': 'bank supervisor dashboard',
  'POST /v1/loan-codes/{id}/revocation': 'bank supervisor',
  'GET /v1/scans/{code}': everyone,
  'GET /v1/scans/{code}/qr.svg': everyone,
  'GET /v1/scans/{code}/qr.png': everyone,
  'POST /v1/scans/{code}/demands': 'anonymous',
  'GET /v1/demands': 'bank supervisor dashboard',
  'GET /v1/demands/{id}': 'applicant bank supervisor dashboard',
  'GET /v1/demands/{id}/matches': 'applicant supervisor dashboard',
  'GET /v1/demands/{id}/trail': 'applicant bank supervisor dashboard',
  'POST /v1/demands/{id}/choice': 'applicant',
  'POST /v1/demands/{id}/acceptance': 'bank',
  'POST /v1/demands/{id}/decision': 'bank',
  'POST /v1/demands/{id}/contact-views': 'bank',
  // feedback
  'POST /v1/issues': 'anonymous bank',
  'GET /v1/issues': 'bank supervisor dashboard',
  'GET /v1/issues/{id}': 'applicant bank supervisor dashboard',
  'POST /v1/issues/{id}/acknowledgement': 'bank supervisor',
  'POST /v1/issues/{id}/reply': 'bank',
  'POST /v1/issues/{id}/confirmation': 'applicant',
  // harbors
  'POST /v1/harbors': 'supervisor',
  'GET /v1/harbors': signedIn,
  'GET /v1/harbors/{id}': signedIn,
};

/** GraphQL: `Type.field`, or `Type.*` for the fields of a type that are not named. REST leaves out what is denied here. */
export const fields: Record<string, string> = {
  'PageInfo.*': signedIn,
  // partners
  'Query.organisations': signedIn,
  'Query.organisation': signedIn,
  'Organisation.*': signedIn,
  'OrganisationName.*': signedIn,
  'Outlet.*': signedIn,
  'ApiClient.*': 'administrator',
  'ApiClientCredentials.*': 'administrator',
  // enterprise-lists
  'Query.pushLists': 'department supervisor dashboard',
  'Query.pushList': 'department supervisor dashboard',
  'Query.referrals': 'bank supervisor dashboard',
  'Mutation.approvePushList': 'supervisor',
  'Mutation.returnPushList': 'supervisor',
  'Mutation.dispatchPushList': 'supervisor',
  'PushList.*': 'department supervisor dashboard',
  'PushList.dispatches': oversight,
  'Dispatch.*': oversight,
  'ListEntry.*': 'department supervisor dashboard',
  'ListRejection.*': 'department supervisor dashboard',
  'ListWarning.*': 'department supervisor dashboard',
  'Enterprise.*': 'department supervisor bank dashboard',
  'Enterprise.contactName': 'department supervisor',
  'Enterprise.contactPhone': 'department supervisor',
  'Referral.*': 'bank supervisor dashboard',
  'ReferralBatch.*': 'bank',
  // product-catalog
  'Query.publishedProducts': signedIn,
  'Query.product': signedIn,
  'Product.*': everyone,
  'Product.state': 'bank supervisor dashboard',
  'Eligibility.*': everyone,
  // loan-matching
  'Query.demands': 'bank supervisor dashboard',
  'Query.demand': 'bank supervisor dashboard',
  'Query.loanCodes': 'bank supervisor dashboard',
  'Harbor.demands': 'bank supervisor dashboard',
  'Harbor.demandCounts': 'bank supervisor dashboard',
  'DemandCounts.*': 'bank supervisor dashboard',
  'LoanCode.*': 'bank supervisor dashboard',
  'Scan.*': everyone,
  'Demand.*': 'applicant bank supervisor dashboard',
  'Demand.matches': oversight,
  'Demand.contactName': 'bank supervisor',
  'Demand.contactPhone': 'bank supervisor',
  'SubmittedDemand.*': 'anonymous applicant',
  'Match.*': `anonymous applicant ${oversight}`,
  'RuleResult.*': `anonymous applicant ${oversight}`,
  'Decision.*': 'applicant bank supervisor dashboard',
  'TrailStep.*': 'applicant bank supervisor dashboard',
  'DemandContact.*': 'bank',
  // feedback
  'Query.issues': 'bank supervisor dashboard',
  'Query.issue': 'bank supervisor dashboard',
  'Mutation.acknowledgeIssue': 'bank supervisor',
  'Harbor.issues': 'bank supervisor dashboard',
  'Harbor.issueCounts': 'bank supervisor dashboard',
  'IssueCounts.*': 'bank supervisor dashboard',
  'Issue.*': 'applicant bank supervisor dashboard',
  'Issue.registrantName': 'bank supervisor',
  'Issue.registrantPhone': 'bank supervisor',
  'RegisteredIssue.*': 'anonymous bank',
  // harbors
  'Query.harbors': signedIn,
  'Query.harbor': signedIn,
  'Harbor.*': signedIn,
  'Harbor.demandTotal': oversight,
  'Harbor.approvedTotal': oversight,
  'Harbor.openIssueTotal': oversight,
};
