import { type Call, creditAlert, demandClocks, demands } from './subjects.js';

/** Clocks of demands, ledgers and credit watch. */
export const ledgerCalls: Record<string, Call> = {
  'GET /v1/demand-clocks': demandClocks,
  'GET /v1/demand-clocks/{id}': demandClocks,
  'GET /v1/demands/{id}/clocks': demands,
  'GET /v1/demands/{id}/credit-band': { about: (of) => [of.demands.decided] },
  'POST /v1/ladder-simulations': { body: () => ({ kind: 'DEMAND_ACCEPT', from: '2026-01-01', to: '2027-12-31', days: 2 }) },
  'GET /v1/demand-ledger': {},
  'GET /v1/docking-entries': {},
  'POST /v1/docking-entries': {
    ...demands, held: (of, role) => (role === 'bank' ? demands.held!(of, role) : []), body: (demandId) => ({ demandId, way: 'PHONE', outcome: 'NOT_REACHED' }),
  },
  'GET /v1/credit-alerts': {},
  'GET /v1/credit-alerts/{id}': creditAlert,
  'POST /v1/credit-alerts/{id}/handling': { ...creditAlert, body: () => ({ note: '已核实' }) },
  'GET /v1/credit-rules': {},
  'PATCH /v1/credit-rules/{kind}': { about: () => [{ id: 'CREDIT_TOTAL' }], headers: { 'if-match': '"1"' }, body: () => ({ threshold: '10000000', source: '示例' }) },
};
