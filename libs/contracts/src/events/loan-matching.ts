import { z } from 'zod';
import { ReasonCode } from '../vocabulary.js';
import { defineEvent } from './define-event.js';

export const loanMatchingEvents = {
  'demand.submitted': defineEvent({
    description: 'A business asked for finance through the loan code of a harbor.',
    producer: 'loan-matching',
    consumers: ['harbors'],
    payload: z.object({ demandId: z.uuid(), harborId: z.uuid() }),
  }),
  'demand.accepted': defineEvent({
    description: 'A bank took a demand on. From now on it may know who the enterprise is, under the consent named.',
    producer: 'loan-matching',
    consumers: ['enterprise-lists'],
    payload: z.object({ demandId: z.uuid(), bankId: z.uuid(), enterpriseId: z.uuid(), consentId: z.uuid() }),
  }),
  'demand.decided': defineEvent({
    description: 'A bank decided on a demand. The platform never decides credit.',
    producer: 'loan-matching',
    consumers: ['harbors', 'enterprise-lists'],
    payload: z.object({
      demandId: z.uuid(),
      harborId: z.uuid(),
      bankId: z.uuid(),
      enterpriseId: z.uuid(),
      outcome: z.enum(['APPROVED', 'REJECTED']),
      reasonCode: z.enum(ReasonCode),
    }),
  }),
};
