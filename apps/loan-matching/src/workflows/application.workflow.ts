import { defineWorkflow } from '@finharbor/platform/workflow/workflow';

/** What is under way with banks follows from the demands of the application: see application-course.ts. */
const underWay = ['ROUTED', 'ACCEPTED', 'ACTION_REQUIRED', 'APPROVED'] as const;
const idle = ['SUBMITTED', 'POOLED', 'EXHAUSTED'] as const;
const open = [...idle, ...underWay] as const;

/**
 * The enterprise's side: an application with however many banks. Each bank's own course is the workflow `demand`, and this one never
 * tells a bank of another.
 */
export const applicationWorkflow = defineWorkflow({
  name: 'application', version: 1, initial: ['UNVERIFIED', 'SUBMITTED', 'ACCEPTED'],
  states: {
    UNVERIFIED: { side: 'supervisor', meaning: 'Name, code or status are not those of the enterprise master: no bank sees it.' },
    SUBMITTED: { side: 'enterprise', meaning: 'Matched, and with no bank.' },
    ROUTED: { side: 'bank', meaning: 'With one bank or more, none of which accepted.' },
    POOLED: { side: 'bank', meaning: 'In the open pool: the first bank that accepts has it.' },
    ACCEPTED: { side: 'bank', meaning: 'A bank at least works on it.' },
    ACTION_REQUIRED: { side: 'enterprise', meaning: 'A bank waits for the enterprise.' },
    APPROVED: { side: 'enterprise', meaning: 'A bank at least approved an amount.', rests: true },
    EXHAUSTED: { side: 'supervisor', meaning: 'Three rounds, or no bank to offer it to.' },
    FUNDED: { meaning: 'A loan was paid out.', terminal: true },
    WITHDRAWN: { meaning: 'The enterprise took it back.', terminal: true, negative: true },
    CUSTOMER_DECLINED: { meaning: 'The enterprise took none of the offers.', terminal: true, negative: true },
    CLOSED: { meaning: 'It was ended without a loan.', terminal: true, negative: true },
  },
  moves: [
    { action: 'verify', from: 'UNVERIFIED', to: 'SUBMITTED', by: ['supervisor', 'service'] },
    {
      action: 'route', from: [...idle, 'ACCEPTED', 'ACTION_REQUIRED', 'APPROVED'], to: 'ROUTED',
      by: ['applicant', 'supervisor', 'bank', 'harbor-staff', 'service'],
    },
    { action: 'pool', from: ['SUBMITTED', 'EXHAUSTED', ...underWay], to: 'POOLED', by: ['applicant', 'supervisor', 'service'] },
    { action: 'accept', from: [...idle, 'ROUTED', 'ACTION_REQUIRED', 'APPROVED'], to: 'ACCEPTED', by: ['bank', 'service'] },
    { action: 'require', from: [...idle, 'ROUTED', 'ACCEPTED', 'APPROVED'], to: 'ACTION_REQUIRED', by: ['bank', 'service'] },
    { action: 'approve', from: [...idle, 'ROUTED', 'ACCEPTED', 'ACTION_REQUIRED'], to: 'APPROVED', by: ['bank', 'service'] },
    { action: 'return', from: ['POOLED', 'EXHAUSTED', ...underWay], to: 'SUBMITTED', by: ['applicant', 'supervisor', 'service'] },
    { action: 'exhaust', from: ['SUBMITTED', 'POOLED', ...underWay], to: 'EXHAUSTED', by: ['supervisor', 'service'] },
    { action: 'fund', from: 'APPROVED', to: 'FUNDED', by: ['bank', 'service'] },
    { action: 'withdraw', from: ['UNVERIFIED', ...open], to: 'WITHDRAWN', by: ['applicant', 'supervisor', 'service'], reason: 'required' },
    { action: 'refuse-offers', from: ['ACTION_REQUIRED', 'APPROVED'], to: 'CUSTOMER_DECLINED', by: ['applicant'], reason: 'required' },
    { action: 'close', from: ['UNVERIFIED', ...open], to: 'CLOSED', by: ['supervisor', 'service'], reason: 'required' },
  ],
});

export type ApplicationAction = (typeof applicationWorkflow)['moves'][number]['action'];
