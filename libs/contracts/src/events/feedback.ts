import { z } from 'zod';
import { defineEvent } from './define-event.js';

export const feedbackEvents = {
  'issue.registered': defineEvent({
    description: 'A financing issue was registered at a harbor: its host bank and the central-bank branch must both answer for it.',
    producer: 'feedback',
    consumers: ['harbors', 'partners'],
    payload: z.object({ issueId: z.uuid(), harborId: z.uuid() }),
  }),
  'issue.closed': defineEvent({
    description: 'The registrant confirmed the reply to a financing issue.',
    producer: 'feedback',
    consumers: ['harbors', 'partners'],
    payload: z.object({ issueId: z.uuid(), harborId: z.uuid() }),
  }),
};
