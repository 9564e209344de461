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
  'demand.chosen': defineEvent({
    description: 'A business chose the product of a bank for its demand: it lies with that bank from now on.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({
      demandId: z.uuid(), bankId: z.uuid(), productId: z.uuid(), harborId: z.uuid(),
      /** Null where the working-day calendar does not reach that far. */
      acceptBy: z.iso.datetime().nullable(),
    }),
  }),
  'demand.accepted': defineEvent({
    description: 'A bank took a demand on. From now on it may know who the enterprise is, under the consent named.',
    producer: 'loan-matching',
    consumers: ['enterprise-lists', 'partners'],
    payload: z.object({ demandId: z.uuid(), bankId: z.uuid(), enterpriseId: z.uuid(), consentId: z.uuid() }),
  }),
  'consent.given': defineEvent({
    description: 'A business agreed, with its demand, that the bank which accepts may know who it is. The register of partners keeps it.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({ consentId: z.uuid(), demandId: z.uuid(), textVersion: z.string(), givenAt: z.iso.datetime() }),
  }),
  'consent.revoked': defineEvent({
    description: 'A business took back, at its demand, what it had agreed to. The register tells everybody else (consent.withdrawn).',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({ consentId: z.uuid(), demandId: z.uuid(), revokedAt: z.iso.datetime() }),
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
