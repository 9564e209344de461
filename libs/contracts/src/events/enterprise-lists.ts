import { z } from 'zod';
import { ClockKind } from '../clocks.js';
import { GuaranteeType, ReasonCode, SizeClass } from '../vocabulary.js';
import { defineEvent } from './define-event.js';
import { exchangedEvents } from './exchange.js';

const referralState = z.enum(['SENT', 'DELIVERED', 'ACKNOWLEDGED', 'CLAIMED', 'NO_NEED', 'UNREACHABLE', 'REJECTED', 'RECALLED', 'EXPIRED']);
const channel = z.enum(['GREEN', 'INCLUSIVE']);

const clockOfList = {
  clockId: z.uuid(),
  kind: z.enum(ClockKind),
  /** The list, or the dispatch whose rows share the clock. */
  subjectId: z.uuid(),
  dueAt: z.iso.datetime().nullable(),
  /** Rows that are open; 1 for a list. */
  count: z.int(),
};

export const enterpriseListsEvents = {
  'enterprises.recorded': defineEvent({
    description: 'Enterprises entered or changed in the master, at most 500 to an event. Registry facts only, no contacts.',
    producer: 'enterprise-lists',
    consumers: ['loan-matching'],
    payload: z.object({
      enterprises: z.array(z.object({
        enterpriseId: z.uuid(),
        version: z.int(),
        name: z.string(),
        regionCode: z.string().nullable(),
        industryCode: z.string().nullable(),
        sizeClass: z.enum(SizeClass),
        establishedOn: z.iso.date().nullable(),
        /** ENTERPRISE, SELF_EMPLOYED, COOPERATIVE, FAMILY_FARM …; what follows is missing in events of before. */
        kind: z.string().optional(),
        /** Privately owned (民营); null where nothing says so. */
        isPrivate: z.boolean().nullable().optional(),
        /** Why it is outside the programme; null where it is not. */
        outsideReason: z.string().nullable().optional(),
        /** Where its registration stands, by the names of RegistrationStatus; null where no list says so, missing in events of before. */
        registrationStatus: z.string().nullable().optional(),
        /** Sectors, plates and tiers, by the names of EnterpriseTag. */
        tags: z.array(z.string()).optional(),
      })).max(500),
    }),
  }),
  'push-list.dispatched': defineEvent({
    description: 'The central-bank branch sends rows of a list to one bank through one channel. One event covers all of them.',
    producer: 'enterprise-lists',
    consumers: ['enterprise-lists'],
    payload: z.object({
      dispatchId: z.uuid(), pushListId: z.uuid(), bankId: z.uuid(), channel,
      /** Which rows; without it all that are recommended. */
      orderId: z.uuid().optional(),
    }),
  }),
  'referrals.dispatched': defineEvent({
    description: 'The rows of a dispatch became referrals of its bank. One event covers all of them, however many.',
    producer: 'enterprise-lists',
    consumers: ['partners', 'enterprise-lists'],
    payload: z.object({ dispatchId: z.uuid(), channel: z.enum(['GREEN', 'INCLUSIVE']), count: z.int() }),
  }),
  'push-list.submitted': defineEvent({
    description: 'A department pushed a list, which was taken in and waits for its review.',
    producer: 'enterprise-lists',
    consumers: ['partners', 'enterprise-lists'],
    payload: z.object({ pushListId: z.uuid(), departmentId: z.uuid(), acceptedCount: z.int(), rejectedCount: z.int() }),
  }),
  'push-list.reviewed': defineEvent({
    description: 'The central-bank branch approved a list, or returned it with a reason.',
    producer: 'enterprise-lists',
    consumers: ['partners', 'enterprise-lists'],
    payload: z.object({ pushListId: z.uuid(), departmentId: z.uuid(), outcome: z.enum(['APPROVED', 'RETURNED']) }),
  }),
  'push-list.answered': defineEvent({
    description: 'Banks acknowledged or answered rows of a list since it was told last; gathered, so that nobody counts single banks by it.',
    producer: 'enterprise-lists',
    consumers: ['partners'],
    payload: z.object({ pushListId: z.uuid(), departmentId: z.uuid() }),
  }),
  'referrals.progressed': defineEvent({
    description: 'A bank acknowledged or answered referrals, at most 500 to an event. The rows of the department count it.',
    producer: 'enterprise-lists',
    consumers: ['enterprise-lists'],
    payload: z.object({ moves: z.array(z.object({ referralId: z.uuid(), from: referralState, to: referralState })).max(500) }),
  }),
  'referral.claimed': defineEvent({
    description: 'A bank claimed a referral: it knows the enterprise from now on, and the row becomes a demand with it.',
    producer: 'enterprise-lists',
    consumers: ['loan-matching'],
    payload: z.object({
      referralId: z.uuid(), entryId: z.uuid(), bankId: z.uuid(), enterpriseId: z.uuid(),
      /** Null where the list names no consent: the bank knows who it is, and not whom to call. */
      consentId: z.uuid().nullable(),
      /** Yuan, an exact decimal. */
      amount: z.string().nullable(),
      termMonths: z.int().nullable(), purpose: z.string().nullable(), guaranteeType: z.enum(GuaranteeType).nullable(),
    }),
  }),
  'referral.rejected': defineEvent({
    description: 'A bank rejected a referral, found no need or reached nobody, with its reason: the cultivation ledger takes what could be mended.',
    producer: 'enterprise-lists',
    consumers: ['loan-matching'],
    payload: z.object({
      referralId: z.uuid(), entryId: z.uuid(), enterpriseId: z.uuid(), bankId: z.uuid(), reasonCode: z.enum(ReasonCode),
      /** How often the row was offered: 1 to 3. */
      round: z.int(),
    }),
  }),
  'referrals.recalled': defineEvent({
    description: 'Rows that a bank was given were withdrawn. One event for all of them; the bank must confirm that it withdrew them too.',
    producer: 'enterprise-lists',
    consumers: ['partners', 'loan-matching'],
    payload: z.object({
      recallId: z.uuid(), count: z.int(),
      /** Those of them that the bank had claimed: their demands are withdrawn too. */
      claimedIds: z.array(z.uuid()).optional(),
    }),
  }),
  'referral-recall.acknowledged': defineEvent({
    description: 'A bank confirmed that it processed a recall, or a platform confirmed it by its receipt. The department counts both.',
    producer: 'enterprise-lists',
    consumers: ['enterprise-lists'],
    payload: z.object({ listRecallId: z.uuid(), recallId: z.uuid() }),
  }),
  'list-entries.unanswered': defineEvent({
    description: 'Rows of a list were offered as often as they may be, and no bank answered: the supervisor must see to them.',
    producer: 'enterprise-lists',
    consumers: ['partners'],
    payload: z.object({ pushListId: z.uuid(), count: z.int() }),
  }),
  'list-clock.reminded': defineEvent({
    description: 'A clock of lists or referrals runs out soon: whoever must act is reminded, once for each time that its terms name.',
    producer: 'enterprise-lists',
    consumers: ['partners'],
    payload: z.object({ ...clockOfList, workingDaysLeft: z.int() }),
  }),
  'list-clock.breached': defineEvent({
    description: 'A clock of lists or referrals ran out before everything was done. Supervisors are told; rows may go to the next bank.',
    producer: 'enterprise-lists',
    consumers: ['partners', 'enterprise-lists'],
    payload: z.object(clockOfList),
  }),
  'list-clock.cleared': defineEvent({
    description: 'A breach that was told was none: calendar or terms were corrected, and the clock ends later.',
    producer: 'enterprise-lists',
    consumers: ['partners'],
    payload: z.object(clockOfList),
  }),
  'list-entries.withdrawn': defineEvent({
    description: 'Rows that banks may hold were withdrawn, at most 500 to an event. They are recalled wherever they went.',
    producer: 'enterprise-lists',
    consumers: ['enterprise-lists'],
    payload: z.object({ pushListId: z.uuid(), entryIds: z.array(z.uuid()).max(500), reason: z.string() }),
  }),
  'push-duty.overdue': defineEvent({
    description: 'A department pushed no list for a period of its duty before the last day was over.',
    producer: 'enterprise-lists',
    consumers: ['partners'],
    payload: z.object({ departmentId: z.uuid(), period: z.string(), dueOn: z.iso.date() }),
  }),
  ...exchangedEvents,
};
