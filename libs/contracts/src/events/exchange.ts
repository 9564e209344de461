import { z } from 'zod';
import { GuaranteeType, ReasonCode, SizeClass } from '../vocabulary.js';
import { defineEvent } from './define-event.js';

const demandKind = z.enum(['FIRST_LOAN', 'RENEWAL', 'OTHER']);

/** Text as people write it: what no column can keep (NUL, half a surrogate pair) is none, nor is a control character. */
const plainText = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u);

/** What an outside platform tells of an application, beside its credit code: no contact, which the platform itself has. */
export const platformApplicationShape = {
  /** What the platform calls it. */
  reference: z.string().regex(/^[\w.:-]{1,64}$/),
  enterpriseName: plainText.min(2).max(100),
  kind: demandKind,
  /** Yuan, an exact decimal, at most ten billion. */
  amount: z.string().regex(/^[1-9]\d{0,9}(\.\d{1,2})?$/),
  termMonths: z.int().min(1).max(600),
  /** Names nobody: nothing in it may be the number of a person or of a phone. */
  purpose: z.string().min(2).max(200).regex(/^(?!.*\d{8})[^\p{C}]*$/u),
  guaranteeTypes: z.array(z.enum(GuaranteeType)).max(10),
  regionCode: plainText.max(12).nullable(),
  industryCode: plainText.max(12).nullable(),
  /** What the enterprise agreed to there: that fitting banks get it, and that the one which accepts may know who asks. */
  consent: z.strictObject({ textVersion: z.string().regex(/^[\w.:-]{1,50}$/), givenAt: z.iso.datetime() }),
};

export const platformResult = z.enum(['CONTACTED', 'DOCKED', 'APPROVED', 'REJECTED', 'LENT']);

/** Applications out to the outside platform of the inclusive channel (长江渝融通): what loan-matching tells. */
export const offeredEvents = {
  'application.offered': defineEvent({
    description: 'An enterprise agreed that an outside platform is told its need: what is asked for, and not who asks. The offer has an id of its own.',
    producer: 'loan-matching',
    consumers: ['enterprise-lists'],
    payload: z.object({
      offerId: z.uuid(), kind: demandKind,
      /** Yuan, an exact decimal. */
      amount: z.string(),
      termMonths: z.int(), guaranteeTypes: z.array(z.enum(GuaranteeType)), sizeClass: z.enum(SizeClass),
      /** As coarse as a district, and two digits of the industry. */
      regionCode: z.string().nullable(), industryCode: z.string().nullable(),
      /** How it came in, and the harbor that it came to. The platform is told neither. */
      source: z.string(), harborId: z.uuid().nullable(),
    }),
  }),
  'application.recalled': defineEvent({
    description: 'What an outside platform was offered is taken back: the application ended, or the enterprise agrees no more.',
    producer: 'loan-matching',
    consumers: ['enterprise-lists'],
    payload: z.object({ offerId: z.uuid() }),
  }),
};

/** And what comes back: what enterprise-lists tells, which reads the platform's files. */
export const exchangedEvents = {
  'platform-demands.confirmed': defineEvent({
    description: 'An outside platform confirmed by its signed receipt that it has a file of demands, or that it took them back. One event for the file.',
    producer: 'enterprise-lists',
    consumers: ['loan-matching'],
    payload: z.object({
      fileId: z.uuid(), kind: z.enum(['DEMANDS', 'DEMAND_RECALL']), offerIds: z.array(z.uuid()).max(500),
      /** When the file was first put into the folder, and when the receipt was read back. */
      sentAt: z.iso.datetime(), receivedAt: z.iso.datetime(),
    }),
  }),
  'platform-application.received': defineEvent({
    description: 'An enterprise applied at an outside platform, which sent it in a signed file. Each of its references once.',
    producer: 'enterprise-lists',
    consumers: ['loan-matching'],
    payload: z.object({ ...platformApplicationShape, enterpriseId: z.uuid(), consent: z.object(platformApplicationShape.consent.shape) }),
  }),
  'platform-outcome.received': defineEvent({
    description: 'An outside platform told in a signed file what a bank there did with a demand that it was offered. Each outcome once.',
    producer: 'enterprise-lists',
    consumers: ['loan-matching'],
    payload: z.object({
      offerId: z.uuid(), result: platformResult,
      /** With REJECTED. */
      reasonCode: z.enum(ReasonCode).nullable(),
      at: z.iso.datetime(),
    }),
  }),
};
