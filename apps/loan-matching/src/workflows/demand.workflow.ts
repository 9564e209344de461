import { defineWorkflow } from '@finharbor/platform/workflow/workflow';

/** States in which a bank works on a demand. */
const working = ['ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE'] as const;
/** States in which it waits for the enterprise before it decides. */
const undecided = ['ACTION_REQUIRED', 'COUNTER_OFFERED'] as const;
/** States in which it took the demand on and has not decided. */
export const taken = [...working, ...undecided] as const;
/** States in which it approved. */
export const approved = ['APPROVED', 'APPROVED_ACTION_REQUIRED'] as const;
/** States in which it waits for the enterprise. */
export const waiting = [...undecided, 'APPROVED_ACTION_REQUIRED'] as const;

/**
 * The bank's side of a demand (domain.md 2.14): one application with one bank. A demand begins with the intake, or at a bank that it is
 * offered to as well (ROUTED), or that took it from the pool or claimed its referral (ACCEPTED).
 * CONTRACTED, DISBURSED and CLOSED follow APPROVED in a later version. No state tells a bank that there is another one.
 */
export const demandWorkflow = defineWorkflow({
  name: 'demand', version: 2, initial: ['SUBMITTED', 'ROUTED', 'ACCEPTED'],
  states: {
    SUBMITTED: { side: 'enterprise', meaning: 'It lies with the intake; the enterprise has not chosen.' },
    ROUTED: { side: 'bank', meaning: 'A bank has it and has not accepted.' },
    ACCEPTED: { side: 'bank', meaning: 'The bank took it on, and knows who the enterprise is.' },
    CONTACTED: { side: 'bank', meaning: 'The bank spoke with the enterprise.' },
    DUE_DILIGENCE: { side: 'bank', meaning: 'The bank examines it.' },
    ACTION_REQUIRED: { side: 'enterprise', meaning: 'The bank asked something and waits for the answer.' },
    COUNTER_OFFERED: { side: 'enterprise', meaning: 'The bank proposes other terms and waits for the answer.' },
    APPROVED: { side: 'bank', meaning: 'The bank approved an amount.', rests: true },
    APPROVED_ACTION_REQUIRED: { side: 'enterprise', meaning: 'The bank approved, asked something for the contract, and waits for the answer.' },
    REJECTED: { meaning: 'The bank said no.', terminal: true, negative: true },
    CUSTOMER_DECLINED: { meaning: 'The enterprise did not take what the bank offered.', terminal: true, negative: true },
    WITHDRAWN: { meaning: 'It was taken back: whatever the cause, the bank is told no other.', terminal: true, negative: true },
    EXPIRED: { meaning: 'The bank did not accept in time.', terminal: true, negative: true },
  },
  moves: [
    { action: 'route', from: 'SUBMITTED', to: 'ROUTED', by: ['applicant', 'supervisor', 'bank', 'harbor-staff', 'service'] },
    { action: 'accept', from: ['SUBMITTED', 'ROUTED'], to: 'ACCEPTED', by: ['bank', 'service'] },
    { action: 'contact', from: 'ACCEPTED', to: 'CONTACTED', by: ['bank', 'service'] },
    { action: 'examine', from: ['ACCEPTED', 'CONTACTED'], to: 'DUE_DILIGENCE', by: ['bank'] },
    { action: 'ask', from: working, to: 'ACTION_REQUIRED', by: ['bank'] },
    { action: 'ask', from: 'APPROVED', to: 'APPROVED_ACTION_REQUIRED', by: ['bank'] },
    { action: 'answer', from: 'ACTION_REQUIRED', to: working, by: ['applicant'] },
    { action: 'answer', from: 'APPROVED_ACTION_REQUIRED', to: 'APPROVED', by: ['applicant'] },
    { action: 'retract', from: 'ACTION_REQUIRED', to: working, by: ['bank'] },
    { action: 'retract', from: 'APPROVED_ACTION_REQUIRED', to: 'APPROVED', by: ['bank'] },
    { action: 'counter-offer', from: working, to: 'COUNTER_OFFERED', by: ['bank'] },
    { action: 'take-offer', from: 'COUNTER_OFFERED', to: working, by: ['applicant'] },
    { action: 'retract-offer', from: 'COUNTER_OFFERED', to: working, by: ['bank', 'service'] },
    { action: 'approve', from: working, to: 'APPROVED', by: ['bank', 'service'] },
    { action: 'report', from: 'APPROVED', to: 'APPROVED', by: ['bank'] },
    { action: 'call-off', from: 'APPROVED', to: 'REJECTED', by: ['bank'], reason: 'required' },
    { action: 'report-declined', from: 'APPROVED', to: 'CUSTOMER_DECLINED', by: ['bank'], reason: 'required' },
    { action: 'reject', from: taken, to: 'REJECTED', by: ['bank', 'service'], reason: 'required' },
    { action: 'decline', from: 'ROUTED', to: 'REJECTED', by: ['bank'], reason: 'required' },
    { action: 'expire', from: 'ROUTED', to: 'EXPIRED', by: ['service'], reason: 'required' },
    { action: 'refuse-offer', from: ['COUNTER_OFFERED', ...approved], to: 'CUSTOMER_DECLINED', by: ['applicant'], reason: 'required' },
    {
      action: 'withdraw', from: ['SUBMITTED', 'ROUTED', ...taken, ...approved], to: 'WITHDRAWN',
      by: ['applicant', 'supervisor', 'service'], reason: 'required',
    },
  ],
});

/** Whether its bank took it on and has not decided. */
export const isTaken = ({ state }: { state: string }): boolean => (taken as readonly string[]).includes(state);

export type DemandAction = (typeof demandWorkflow)['moves'][number]['action'];
export type DemandMover = (typeof demandWorkflow)['moves'][number]['by'][number];
