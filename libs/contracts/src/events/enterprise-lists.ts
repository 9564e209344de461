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
  'referrals.dispatched': defineEvent({
    description: 'The rows of a dispatch became referrals of its bank. One event covers all of them, however many.',
    producer: 'enterprise-lists',
    consumers: ['partners'],
    payload: z.object({ dispatchId: z.uuid(), channel: z.enum(['GREEN', 'INCLUSIVE']), count: z.int() }),
  }),
  'push-list.submitted': defineEvent({
    description: 'A department pushed a list, which was taken in and waits for its review.',
    producer: 'enterprise-lists',
    consumers: ['partners'],
    payload: z.object({ pushListId: z.uuid(), departmentId: z.uuid(), acceptedCount: z.int(), rejectedCount: z.int() }),
  }),
  'push-list.reviewed': defineEvent({
    description: 'The central-bank branch approved a list, or returned it with a reason.',
    producer: 'enterprise-lists',
    consumers: ['partners'],
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
};
