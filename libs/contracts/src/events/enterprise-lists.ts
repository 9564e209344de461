import { z } from 'zod';
import { SizeClass } from '../vocabulary.js';
import { defineEvent } from './define-event.js';

const referralState = z.enum(['DELIVERED', 'ACKNOWLEDGED', 'CLAIMED', 'NO_NEED', 'UNREACHABLE', 'REJECTED']);

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
      })).max(500),
    }),
  }),
  'push-list.dispatched': defineEvent({
    description: 'The central-bank branch sends an approved list to one bank through one channel. One event covers all rows.',
    producer: 'enterprise-lists',
    consumers: ['enterprise-lists'],
    payload: z.object({ dispatchId: z.uuid(), pushListId: z.uuid(), bankId: z.uuid(), channel: z.enum(['GREEN', 'INCLUSIVE']) }),
  }),
  'referrals.progressed': defineEvent({
    description: 'A bank acknowledged or answered referrals, at most 500 to an event. The rows of the department count it.',
    producer: 'enterprise-lists',
    consumers: ['enterprise-lists'],
    payload: z.object({ moves: z.array(z.object({ referralId: z.uuid(), from: referralState, to: referralState })).max(500) }),
  }),
};
