import { z } from 'zod';
import { defineEvent } from './define-event.js';

export const harborsEvents = {
  'harbor.registered': defineEvent({
    description: 'A harbor opened at an outlet of its host bank, with a number that is never used again.',
    producer: 'harbors',
    consumers: ['loan-matching', 'feedback', 'partners', 'enterprise-lists'],
    payload: z.object({ harborId: z.uuid(), number: z.string(), name: z.string(), hostBankId: z.uuid(), areaCode: z.string() }),
  }),
};
