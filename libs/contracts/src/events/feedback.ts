import { z } from 'zod';
import { ClockKind, ladderAddressees } from '../clocks.js';
import { defineEvent } from './define-event.js';

const clockOfIssue = {
  clockId: z.uuid(),
  kind: z.enum(ClockKind),
  issueId: z.uuid(),
  dueAt: z.iso.datetime().nullable(),
  /** Who is told: the issue's bank, or all organisations of a kind. */
  tell: z.array(z.enum(ladderAddressees)),
};

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
  'issue-clock.reminded': defineEvent({
    description: 'A clock of a financing issue runs out soon: whoever must act is reminded, once for each time that its terms name.',
    producer: 'feedback',
    consumers: ['partners'],
    payload: z.object({ ...clockOfIssue, workingDaysLeft: z.int() }),
  }),
  'issue-clock.escalated': defineEvent({
    description: 'A clock of a financing issue ran out, and the step is still open: told as a rung of its ladder says. 0 working days is the end itself.',
    producer: 'feedback',
    consumers: ['partners'],
    payload: z.object({ ...clockOfIssue, workingDaysOver: z.int() }),
  }),
  'issue-clock.cleared': defineEvent({
    description: 'A breach that was told was none: calendar or terms were corrected. Told to whom the breach was told.',
    producer: 'feedback',
    consumers: ['partners'],
    payload: z.object(clockOfIssue),
  }),
};
