import { readFileSync } from 'node:fs';
import { newId } from '@finharbor/contracts/ids';
import { isOfBank, type Role } from '@finharbor/security/tokens/caller';
import { publicRoutes } from '../../../tools/generate/authorisation.mjs';
import { matchingCalls } from './matching-calls.js';
import { reader } from './readers.js';
import {
  all, allEndpoints, bank, clocks, consents, contradiction, deadLetters, endpoints, harbors, imports, issues, link, lists, offers,
  onboardings, organisations, people, productImports, productReports, readers, referrals, signatureKeys, withdrawn, bySms, clientKeys,
  type Call,
} from './subjects.js';

/** The same for all. */
const workflow: Call = { needs: 'the name of a workflow' };

/** Named without a record: the same for all, whoever they are. */
export const oauth = ['GET /.well-known/oauth-authorization-server', 'GET /.well-known/openid-configuration', 'GET /oauth/jwks', 'POST /oauth/token',
  'POST /oauth/introspection', 'POST /oauth/revocation'];

export const calls: Record<string, Call> = {
  'GET /v1/operations/{service}/delivery': {},
  'GET /v1/operations/{service}/dead-letters': {},
  'POST /v1/operations/{service}/dead-letters': { ...deadLetters, body: (eventId) => ({ eventId }) },
  'POST /v1/operations/{service}/dead-letters/{id}/replay': deadLetters,
  'GET /v1/operations/{service}/audit': {},
  'GET /v1/operations/{service}/audit/records': {},
  'POST /v1/operations/{service}/audit/verifications': { body: () => ({}) },
  'GET /v1/operations/{service}/field-keys': {},
  'POST /v1/operations/{service}/person-reports': { body: () => ({ identifier: '13900000000', reason: '本人查询' }) },
  'POST /v1/operations/{service}/person-erasures': { body: () => ({ identifier: '13900000000', reason: '本人要求删除' }) },
  'GET /v1/receipts/{service}/keys': {},
  'GET /v1/workflows/{service}': {},
  'GET /v1/workflows/{service}/{name}': workflow,
  'GET /v1/workflows/{service}/{name}/diagram': workflow,
  'GET /v1/receipts/{service}/{id}': { about: (of) => [of.receipt], held: (of, role) => (role === 'department' ? [] : [of.receipt]) },
  'GET /v1/organisations': organisations,
  'GET /v1/organisations/{id}': organisations,
  'POST /v1/organisations': { body: () => ({ kind: 'DEPARTMENT', name: `新单位 ${newId()}` }) },
  'POST /v1/organisations/{id}/names': { about: bank, body: () => ({ name: '更名', validFrom: '2027-01-01' }) },
  'POST /v1/organisations/{id}/outlets': { about: bank, body: () => ({ name: `新支行 ${newId()}`, areaCode: '500101001' }) },
  'POST /v1/organisations/{id}/relations': { about: bank, body: (_, of) => ({ kind: 'MEMBER_OF', relatedId: of.departmentOrganisation.id, validFrom: '2025-01-01' }) },
  'POST /v1/organisation-relations/{id}/end': { about: (of) => [of.relation], body: () => ({ validTo: '2027-01-01' }) },
  // Not about a harbor: an area organisation names its liaison at any, a bank its people at its own.
  'POST /v1/harbor-people': { body: (_, of) => ({ ...of.colleague(of.harbor.id), post: 'LIAISON', workAddress: '联络处' }) },
  'GET /v1/harbor-people': people,
  'POST /v1/harbor-people/{id}/contact-views': { ...people, body: () => ({ reason: '核对联系方式' }) },
  'POST /v1/harbor-people/{id}/departure': { ...people, body: () => ({ validTo: '2027-01-01' }) },
  'POST /v1/onboardings': { about: bank, body: (organisationId, of) => of.proposal(organisationId) },
  'GET /v1/onboardings': onboardings,
  'GET /v1/onboardings/{id}': onboardings,
  'POST /v1/onboardings/{id}/approval': { about: (of) => [of.onboardings.approvable], body: () => ({ reason: '同意' }) },
  'POST /v1/onboardings/{id}/rejection': { about: (of) => [of.onboardings.rejectable], body: () => ({ reason: '不同意' }) },
  'POST /v1/onboardings/{id}/withdrawal': { about: (of) => [of.onboardings.withdrawable], body: () => ({ reason: '撤回' }) },
  'POST /v1/consents': { body: (_, of) => of.agreement() },
  'GET /v1/consents': consents,
  'GET /v1/consents/{id}': consents,
  'POST /v1/consents/{id}/withdrawal': { about: (of) => [of.consent] },
  // Terms of clocks, which supervisors import too.
  'POST /v1/reference-data/{kind}': { body: () => ({ rows: [{ clock: 'LIST_REVIEW', validFrom: '2999-01-10', days: 5, source: '通知' }] }) },
  'GET /v1/reference-data/{kind}': {},
  'GET /v1/reference-data/{kind}/imports': {},
  'GET /v1/working-days': { query: '?start=2026-11-20&days=3' },
  'GET /v1/api-clients': { about: (of) => [of.client] },
  'POST /v1/api-clients': { about: bank, body: (organisationId) => ({ organisationId, role: 'bank', name: '核心系统', sandbox: true }) },
  'GET /v1/api-clients/{id}/keys': { ...clientKeys, held: (of, role) => (/^(system|security)-administrator$/.test(role) ? [of.client] : []) },
  'POST /v1/api-clients/{id}/keys': { ...clientKeys, needs: 'a client with keys', body: (_, of) => ({ jwks: of.jwks }) },
  'POST /v1/api-clients/{id}/key-removals': { ...clientKeys, needs: 'a client with keys', body: () => ({ kids: ['one'] }) },
  'GET /v1/requests/{id}': {
    about: (of) => [of.request], held: (of, role) => (isOfBank(role) || role === 'system-administrator' ? [of.request] : []),
  },
  'GET /v1/deprecations': {},
  'GET /v1/sandbox/outcomes': {},
  'POST /v1/sandbox/clock': { body: () => ({ advance: 'PT1S' }) },
  'POST /v1/sandbox/reset': { needs: 'records that the walk does not look at: it would close them' },
  'GET /v1/revocations': {},
  'GET /v1/api-clients/{id}/signature-keys': signatureKeys,
  'POST /v1/api-clients/{id}/signature-keys': { ...signatureKeys, body: () => ({ jwks: { keys: [] } }) },
  'POST /v1/message-recipients': { body: (_, of) => reader(of.tags.personal) },
  'GET /v1/message-recipients': readers,
  'GET /v1/message-recipients/{id}': readers,
  'POST /v1/message-recipients/{id}/subscriptions': { ...readers, body: () => ({ subscriptions: [{ kind: 'CLIENT_LOCKED', channel: 'MAIL' }] }) },
  'POST /v1/message-recipients/{id}/opt-outs': { ...readers, ...bySms },
  'POST /v1/message-recipients/{id}/opt-ins': { ...readers, ...bySms },
  'POST /v1/message-recipients/{id}/removal': {
    about: ({ readers: { removable } }) => [removable], held: ({ readers: { removable } }, role) => (role === 'bank' ? [removable] : []),
  },
  'GET /v1/messages': {},
  'GET /v1/message-kinds': {},
  'GET /unsubscribe/{token}': link,
  'POST /unsubscribe/{token}': link,
  'POST /unsubscribe/{token}/withdrawal': link,
  'GET /v1/signing-keys': {},
  'POST /v1/signing-keys': {},
  'GET /v1/status': {},
  'GET /v1/events': {},
  'GET /v1/event-types': {},
  'POST /v1/webhook-endpoints': { body: () => ({ url: 'http://127.0.0.1:9/', types: ['organisation.renamed'] }) },
  'GET /v1/webhook-endpoints': allEndpoints,
  'GET /v1/webhook-endpoints/{id}': allEndpoints,
  'PATCH /v1/webhook-endpoints/{id}': { ...allEndpoints, headers: { 'if-match': '"1"' }, body: () => ({ description: '系统' }) },
  'DELETE /v1/webhook-endpoints/{id}': allEndpoints,
  'POST /v1/webhook-endpoints/{id}/challenge': endpoints('pending'),
  'POST /v1/webhook-endpoints/{id}/pause': endpoints('pausable'),
  'POST /v1/webhook-endpoints/{id}/resume': endpoints('paused'),
  'POST /v1/webhook-endpoints/{id}/test-events': { ...endpoints('active'), body: () => ({}) },
  'POST /v1/webhook-endpoints/{id}/replays': { ...endpoints('active'), body: () => ({ from: '2026-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' }) },
  'POST /v1/webhook-endpoints/{id}/secrets': { ...allEndpoints, body: () => ({}) },
  'DELETE /v1/webhook-endpoints/{id}/secrets/{secretId}': allEndpoints,
  'GET /v1/webhook-deliveries': endpoints('delivery'),
  'GET /v1/webhook-deliveries/{id}': endpoints('delivery'),
  'POST /v1/webhook-deliveries/{id}/replay': endpoints('delivery'),
  'POST /v1/push-lists': { query: '?title=%E5%90%8D%E5%8D%95&period=2026-Q4', body: () => '企业名称,统一社会信用代码\n万州示例企业,91500101MA5U00011L' },
  'GET /v1/push-lists': lists,
  'GET /v1/push-lists/{id}': lists,
  'GET /v1/push-lists/{id}/entries': lists,
  'GET /v1/push-lists/{id}/rejections': lists,
  'POST /v1/imports': { body: () => ({ title: '名单', period: '2026-11' }) },
  'GET /v1/imports': imports(),
  'GET /v1/imports/{id}': { ...imports(), isVersioned: true },
  'PUT /v1/imports/{id}/file': { ...imports('begun'), body: () => '企业名称,统一社会信用代码\n万州示例企业,91500101MA5U00011L' },
  'PUT /v1/imports/{id}/parts/{number}': { ...imports('begun'), body: () => '企业名称,统一社会信用代码' },
  'POST /v1/imports/{id}/complete': { ...imports('begun'), needs: 'all parts of a file', body: () => ({ parts: 1 }) },
  'GET /v1/imports/{id}/changes': imports('checked'),
  'GET /v1/imports/{id}/results/{set}': imports('checked', 'applied'),
  'POST /v1/imports/{id}/apply': imports('checked'),
  'POST /v1/imports/{id}/abort': imports('begun'),
  'POST /v1/imports/{id}/undo': imports('applied'),
  'GET /v1/import-templates/push-list': {},
  'GET /v1/import-mappings': {},
  'PUT /v1/import-mappings': { headers: { 'if-match': '"0"' }, body: () => ({ mapping: {} }) },
  'GET /v1/push-lists/{id}/difference': lists,
  'GET /v1/push-lists/{id}/gaps': lists,
  'POST /v1/push-lists/{id}/assertions': { ...lists, body: () => ({ assertions: [{ criteria: ['FIXED_PREMISES'], met: true, evidence: '租赁合同' }] }) },
  'GET /v1/list-entries/{id}/assertions': { about: (of) => [of.entry] },
  'GET /v1/quality-reports': {},
  'GET /v1/bank-responses': {},
  'GET /v1/push-duties': {},
  'GET /v1/enterprises/{id}': { about: (of) => all(of.enterprises) },
  'GET /v1/contradictions': {},
  'GET /v1/contradictions/{id}': contradiction,
  'POST /v1/contradictions/{id}/resolution': { ...contradiction, body: (source) => ({ source, reason: '以年报为准' }) },
  'GET /v1/precedence-rules': {},
  'POST /v1/precedence-rules': { body: (_, of) => ({ sourceId: of.departmentOrganisation.id, field: 'employees', rank: 0 }) },
  'GET /v1/code-exceptions': {},
  'POST /v1/code-exceptions': { body: () => ({ creditCode: '91350203M0001QAY9B', reason: '登记机关确认' }) },
  'POST /v1/code-exceptions/{code}/revocation': { about: () => [{ id: '91350203M0001QAY9A' }], needs: 'a code that was accepted' },
  'GET /v1/clocks': clocks,
  'GET /v1/clocks/{id}': clocks,
  'GET /v1/referrals': referrals,
  'GET /v1/referrals/{id}': referrals,
  'POST /v1/referrals/{id}/contact-views': { ...referrals, needs: 'a row whose list names a consent', body: () => ({ reason: '联系企业' }) },
  'POST /v1/referral-acknowledgements': { ...referrals, body: (id) => ({ referralIds: [id] }) },
  'POST /v1/referral-answers': { ...referrals, body: (referralId) => ({ answers: [{ referralId, outcome: 'CLAIMED' }] }) },
  'GET /v1/push-lists/{id}/recalls': lists,
  'GET /v1/referral-recalls': {},
  'GET /v1/referral-recalls/{id}': withdrawn,
  'POST /v1/referral-recalls/{id}/acknowledgement': { ...withdrawn, body: () => ({ referralCount: 1 }) },
  'POST /v1/products': { body: () => ({ name: '新产品', eligibility: {} }) },
  'GET /v1/products': { about: (of) => all(of.products) },
  'GET /v1/products/{id}': { about: (of) => all(of.products) },
  'PUT /v1/products/{id}': { about: (of) => [of.products.draft], headers: { 'if-match': '"1"' }, body: () => ({ name: '改写的产品', eligibility: {} }) },
  'GET /v1/products/{id}/quality': { about: (of) => all(of.products) },
  'POST /v1/products/{id}/submission': { about: (of) => [of.products.submittable] },
  'POST /v1/products/{id}/review': { about: (of) => [of.products.reviewable], body: () => ({ outcome: 'APPROVED' }) },
  'POST /v1/products/{id}/retirement': { about: (of) => [of.products.retirable] },
  'POST /v1/product-upserts': { body: () => ({ items: [{ externalId: 'walk', name: '批量产品', eligibility: {} }] }) },
  'GET /v1/published-products': offers,
  'GET /v1/published-products/{id}': offers,
  'GET /v1/published-products/{id}/versions': offers,
  'GET /v1/published-products/{id}/differences': { ...offers, query: '?from=1&to=1' },
  'GET /v1/product-changes': {},
  'GET /v1/product-templates/{line}': { needs: 'a line in its path' },
  'POST /v1/product-imports': { body: () => '产品编号,产品名称\nwalk-row,表格产品' },
  'GET /v1/product-imports/{id}': productImports,
  'GET /v1/product-imports/{id}/workbook': productImports,
  'GET /v1/product-comparisons': { needs: 'several products in its query' },
  'POST /v1/published-products/{id}/reports': { ...offers, body: () => ({ text: '额度与公告不一致' }) },
  'GET /v1/product-reports': productReports,
  'GET /v1/product-reports/{id}': productReports,
  'POST /v1/product-reports/{id}/answer': {
    about: (of) => [of.reports.answerable], held: (of, role) => (isOfBank(role) ? [of.reports.answerable] : []),
    body: () => ({ outcome: 'REFUSED', text: '核对无误，以合同为准' }),
  },
  'GET /cds-au/v1/banking/products': { headers: { 'x-v': '3' } },
  'GET /cds-au/v1/banking/products/{productId}': { needs: 'the version in a header, whatever else is asked' },
  'GET /cds-au/v1/discovery/status': { headers: { 'x-v': '1' } },
  'GET /cds-au/v1/discovery/outages': { headers: { 'x-v': '1' } },
  ...matchingCalls,
  'POST /v1/issues': { about: (of) => [of.harbor], body: (harborId, of) => ({ harborId, ...of.complaint() }) },
  'GET /v1/issues': issues,
  'GET /v1/issues/{id}': issues,
  'GET /v1/issues/{id}/trail': issues,
  'POST /v1/issues/{id}/acknowledgement': issues,
  'POST /v1/issues/{id}/reply': { ...issues, body: (_, of) => ({ text: of.tags.bank }) },
  'POST /v1/issues/{id}/contact-views': { ...issues, body: () => ({ reason: '回访' }) },
  'POST /v1/issues/{id}/confirmation': { ...issues, body: () => ({ satisfied: true }) },
  'POST /v1/harbors': { about: (of) => [of.outlet], body: (outletId) => ({ name: '新港湾', outletId, areaCode: '500101001' }) },
  'GET /v1/harbors': harbors,
  'GET /v1/harbors/{id}': harbors,
  // A list that is withdrawn is there still, and is neither reviewed nor dispatched any more.
  'POST /v1/push-lists/{id}/withdrawal': { about: (of) => [of.lists.withdrawable], body: () => ({ reason: '企业已注销' }) },
  // Last, so that what goes before finds the client in use and the products on offer.
  'POST /v1/api-clients/{id}/lock': { about: (of) => [of.client] },
  'POST /v1/products/{id}/publication': { about: (of) => [of.products.draft] },
  'POST /v1/products/{id}/suspension': { about: (of) => [of.products.suspendable] },
};

interface Parameter { in: string; name: string; schema: { type?: string; enum?: string[]; $ref?: string } }

/** A route as the OpenAPI document describes it, and how the walk calls it. */
export interface Route extends Call {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  service: string;
  roles: readonly Role[];
  /** Names one record, in its path or its body. */
  isTargeted: boolean;
  /** Lists what `about` says. */
  isList: boolean;
  isPaged: boolean;
  /** Names of its query parameters. */
  parameters: string[];
  /** What the list may be narrowed to: one query for each value of each enumeration. */
  filters: string[];
}

interface Operation {
  'x-roles': Role[];
  'x-service': string;
  parameters?: Parameter[];
  responses: Record<string, { content?: Record<string, unknown> }>;
}
interface Openapi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { enum?: string[] }> };
}

const openapi = JSON.parse(readFileSync(new URL('../../../apps/gateway/generated/openapi.json', import.meta.url), 'utf8')) as Openapi;

function valuesOf({ schema }: Parameter): string[] {
  if (schema.type === 'boolean') return ['true'];
  return schema.enum ?? openapi.components.schemas[schema.$ref?.split('/').at(-1) ?? '']?.enum ?? [];
}

const operations = new Map<string, Operation>(Object.entries(openapi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation])));

export const documentedRoutes = [...operations.keys()];

/** What each route may answer with, when it succeeds. */
export const contentTypes = Object.fromEntries([...operations].map(([name, { responses }]) =>
  [name, Object.entries(responses).filter(([status]) => status.startsWith('2')).flatMap(([, { content = {} }]) => Object.keys(content))]));

/** In the order of `calls`. A call without a route is left to the test that compares the two. */
export const routes: Route[] = Object.entries(calls).flatMap(([name, call]) => {
  const operation = operations.get(name);
  if (!operation) return [];
  const [method, path] = name.split(' ') as [Route['method'], string];
  const parameters = (operation.parameters ?? []).filter((one) => one.in === 'query');
  const takesId = path.replace(/{(service|kind)}/, '').includes('{');
  const isTargeted = Boolean(call.about) && (takesId || method === 'POST');
  return [{
    ...call, name, method, path: path.replace('{service}', 'loan-matching').replace('{kind}', 'sla').replace('{secretId}', '00000000-0000-7000-8000-000000000000').replace('{number}', '1').replace('{questionId}', '00000000-0000-7000-8000-000000000000').replace('{placementId}', '00000000-0000-7000-8000-000000000000').replace('{set}', 'rejected'), isPublic: publicRoutes.has(name), service: operation['x-service'] ?? 'loan-matching', roles: operation['x-roles'], isTargeted,
    isList: method === 'GET' && !takesId, isPaged: parameters.some((one) => one.name === 'cursor'),
    parameters: parameters.map(({ name }) => name),
    filters: parameters.flatMap((one) => valuesOf(one).map((value) => `${one.name}=${value}`)),
  }];
});
