import { newId } from '@finharbor/contracts/ids';
import { applications, type Call } from './subjects.js';

/** How the walk calls the routes of applications. */
export const applicationCalls: Record<string, Call> = {
  'POST /v1/applications': { body: (_, of) => ({ ...of.application(of.tags.hidden), harborId: of.harbor.id }) },
  'POST /v1/applications/batches': { body: (_, of) => ({ items: [{ ...of.application(of.tags.hidden), harborId: of.harbor.id, clientRef: newId() }] }) },
  'GET /v1/applications': applications,
  'GET /v1/applications/{id}': applications,
  'POST /v1/applications/{id}/documents': { ...applications, body: () => ({ documents: ['BUSINESS_LICENCE'] }) },
  'POST /v1/applications/{id}/verification': { ...applications, needs: 'an application that is not verified', body: () => ({ outcome: 'VERIFIED', reasonText: '已核对营业执照' }) },
  'POST /v1/applications/{id}/platform-consent': { ...applications, body: () => ({ given: true }) },
  'POST /v1/applications/{id}/onward-consent': { ...applications, body: () => ({ given: true }) },
  'POST /v1/applications/{id}/withdrawal': { ...applications, about: (of) => [of.demands.submitted], body: () => ({ reasonCode: 'CUSTOMER_NO_NEED', reasonText: '资金已周转' }) },
  'GET /v1/green-channel/statistics': { query: '?from=2026-01-01&to=2027-12-31' },
};
