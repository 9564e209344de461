import { defineWorkflow } from '@finharbor/platform/workflow/workflow';

const open = ['UNDER_REVIEW', 'APPROVED', 'DISPATCHED'] as const;

/**
 * A push list (domain.md 2.14). Its rows have states of their own, which the database keeps (0012); an import writes no list before its
 * rows were checked, so that a list begins with its review. A list that was returned is corrected by a new one.
 */
export const pushListWorkflow = defineWorkflow({
  name: 'push-list', version: 1, initial: 'UNDER_REVIEW',
  states: {
    UNDER_REVIEW: { side: 'supervisor', meaning: 'The central-bank branch reviews it.' },
    RETURNED: { side: 'department', meaning: 'Returned with a reason.', rests: true },
    APPROVED: { side: 'supervisor', meaning: 'Recommended rows may be dispatched.' },
    DISPATCHED: { side: 'bank', meaning: 'Rows of it are with banks.' },
    CLOSED: { meaning: 'Nothing more of it is dispatched.', rests: true },
    WITHDRAWN: { meaning: 'Its department took it back; its import may still be undone.', rests: true },
    UNDONE: { meaning: 'The import that made it was undone.', terminal: true },
  },
  moves: [
    { action: 'recommend', from: 'UNDER_REVIEW', to: 'UNDER_REVIEW', by: ['supervisor'] },
    { action: 'return-rows', from: 'UNDER_REVIEW', to: 'UNDER_REVIEW', by: ['supervisor'] },
    { action: 'approve', from: 'UNDER_REVIEW', to: 'APPROVED', by: ['supervisor'] },
    { action: 'return', from: 'UNDER_REVIEW', to: 'RETURNED', by: ['supervisor'] },
    { action: 'assert', from: 'UNDER_REVIEW', to: 'UNDER_REVIEW', by: ['department', 'supervisor'] },
    { action: 'assert', from: 'APPROVED', to: 'APPROVED', by: ['department', 'supervisor'] },
    { action: 'assert', from: 'DISPATCHED', to: 'DISPATCHED', by: ['department', 'supervisor'] },
    { action: 'dispatch', from: ['APPROVED', 'DISPATCHED'], to: 'DISPATCHED', by: ['supervisor'] },
    { action: 'close', from: 'DISPATCHED', to: 'CLOSED', by: ['supervisor'] },
    { action: 'withdraw', from: [...open, 'RETURNED', 'CLOSED'], to: 'WITHDRAWN', by: ['department', 'supervisor'] },
    { action: 'undo', from: ['UNDER_REVIEW', 'RETURNED', 'APPROVED', 'CLOSED', 'WITHDRAWN'], to: 'UNDONE', by: ['service'] },
  ],
});

export type PushListAction = (typeof pushListWorkflow)['moves'][number]['action'];
