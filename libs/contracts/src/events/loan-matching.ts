import { z } from 'zod';
import { ClockKind } from '../clocks.js';
import { ReasonCode } from '../vocabulary.js';
import { defineEvent } from './define-event.js';
import { offeredEvents } from './exchange.js';

const clockOfDemand = {
  clockId: z.uuid(),
  kind: z.enum(ClockKind),
  demandId: z.uuid(),
  /** Null where a correction left it without an end. */
  dueAt: z.iso.datetime().nullable(),
};

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
    description: 'A business agreed, with its demand, that the bank which accepts may know who it is; or (NEED) that the outside platform may know what is asked for, and not who asks. The register of partners keeps it.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({
      consentId: z.uuid(), demandId: z.uuid(), textVersion: z.string(), givenAt: z.iso.datetime(), disclosure: z.enum(['NEED']).optional(),
    }),
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
  'demand.progressed': defineEvent({
    description: 'A demand came a stage further with its bank: docked, credited, lent, or ended without a loan. Each stage once.',
    producer: 'loan-matching',
    consumers: ['enterprise-lists', 'loan-matching'],
    payload: z.object({
      demandId: z.uuid(),
      /** The referral that the demand comes from; null for one that came through a loan code. */
      referralId: z.uuid().nullable(),
      bankId: z.uuid(),
      enterpriseId: z.uuid(),
      stage: z.enum(['DOCKED', 'CREDITED', 'LENT', 'ENDED']),
      /** With ENDED and CREDITED. */
      reasonCode: z.enum(ReasonCode).nullable(),
      /** Yuan, an exact decimal; with CREDITED and LENT. */
      amount: z.string().nullable(),
    }),
  }),
  'demand.moved': defineEvent({
    description: 'A demand went from one state to another, by a move of its workflow: its application follows.',
    producer: 'loan-matching',
    consumers: ['loan-matching'],
    payload: z.object({ demandId: z.uuid(), applicationId: z.uuid(), action: z.string(), from: z.string(), to: z.string() }),
  }),
  'demand.answered': defineEvent({
    description: 'The enterprise answered what a bank had asked about its demand, which goes on where it was.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({ demandId: z.uuid(), questionId: z.uuid() }),
  }),
  'counter-offer.answered': defineEvent({
    description: 'The enterprise took the other terms that a bank proposed, or declined them. To take them decides nothing: the bank still does.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({ offerId: z.uuid(), demandId: z.uuid(), answer: z.enum(['TAKEN', 'DECLINED']) }),
  }),
  'application.exhausted': defineEvent({
    description: 'An application had its rounds, or no bank is left that it could go to: it is the supervisor’s now.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({ applicationId: z.uuid(), rounds: z.int() }),
  }),
  'application.unverified': defineEvent({
    description: 'An application still does not agree with the enterprise master after it was compared anew: a supervisor decides. Once for each.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({ applicationId: z.uuid() }),
  }),
  'cultivation.re-recommended': defineEvent({
    description: 'What stood in the way of a rejected row was mended: its department may have it recommended again.',
    producer: 'loan-matching',
    consumers: ['enterprise-lists'],
    payload: z.object({ cultivationId: z.uuid(), enterpriseId: z.uuid(), entryId: z.uuid(), measure: z.string().nullable() }),
  }),
  // Clocks of demands and credit watch.
  'demand-clock.reminded': defineEvent({
    description: 'A clock of a demand runs out soon: whoever must act is reminded, once for each time that its terms name.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({ ...clockOfDemand, workingDaysLeft: z.int() }),
  }),
  'demand-clock.breached': defineEvent({
    description: 'A clock of a demand ran out before the step was done: the demand may go to another bank. Who is told stands in its ladder.',
    producer: 'loan-matching',
    consumers: ['loan-matching'],
    payload: z.object(clockOfDemand),
  }),
  'demand-clock.escalated': defineEvent({
    description: 'A clock of a demand ran out, and the step is still open: one organisation is told, as a rung of the ladder says. 0 working days is the end itself.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({ ...clockOfDemand, workingDaysOver: z.int(), holderId: z.uuid() }),
  }),
  'demand-clock.cleared': defineEvent({
    description: 'A breach that was told was none: calendar or terms were corrected, or the step had been done in time. Told to whom the breach was told.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({ ...clockOfDemand, holderId: z.uuid() }),
  }),
  'credit-alert.raised': defineEvent({
    description: 'Something about the credit or the demands of an enterprise is for the supervisors to look at. It names the alert and no enterprise.',
    producer: 'loan-matching',
    consumers: ['partners'],
    payload: z.object({ alertId: z.uuid(), kind: z.string() }),
  }),
  ...offeredEvents,
};
