import { z } from 'zod';
import { ClockKind } from '../clocks.js';
import type { EventName } from '../events/catalogue.js';
import { ConsentRecordKind, OrganisationKind } from '../vocabulary.js';
import { definePublicEvent, type PublicEventDefinition } from './define-public-event.js';

const link = z.url();
const [id, other] = ['0197c0de-0000-7000-8000-000000000001', '0197c0de-0000-7000-8000-000000000002'];
const at = (path: string): string => `https://api.example.cn${path}`;

const clockOfList = { clockId: z.uuid(), kind: z.enum(ClockKind), subjectId: z.uuid(), dueAt: z.iso.datetime().nullable(), count: z.int() };
const clockOfDemand = { clockId: z.uuid(), kind: z.enum(ClockKind), demandId: z.uuid(), dueAt: z.iso.datetime().nullable() };
const clockOfIssue = { clockId: z.uuid(), kind: z.enum(ClockKind), issueId: z.uuid(), dueAt: z.iso.datetime().nullable() };
const issueClockExample = { clockId: id, kind: ClockKind.ISSUE_ANSWER, issueId: other, dueAt: '2026-11-24T16:00:00.000Z' };
const demandClockExample = { clockId: id, kind: ClockKind.DEMAND_CONTACT, demandId: other, dueAt: '2026-11-24T16:00:00.000Z' };
const clockExample = { clockId: id, kind: ClockKind.REFERRAL_ACKNOWLEDGE, subjectId: other, dueAt: '2026-11-24T16:00:00.000Z', count: 12 };

/** Everything that organisations are told, by its type. A type is never taken away nor a field of it: what follows only adds. */
export const publicEvents: Record<string, PublicEventDefinition> = {
  'referrals.dispatched': definePublicEvent({
    description: 'A list was dispatched to the bank: its referrals wait to be acknowledged. One event for all of them.',
    from: 'referrals.dispatched',
    to: ['HOLDER'],
    subject: ({ payload }) => `referral-dispatch/${payload.dispatchId}`,
    data: ({ payload: { dispatchId, channel, count } }, href) => ({ dispatchId, channel, count, href: href(`/v1/referrals?dispatchId=${dispatchId}`) }),
    schema: z.object({ dispatchId: z.uuid(), channel: z.enum(['GREEN', 'INCLUSIVE']), count: z.int(), href: link }),
    example: { dispatchId: id, channel: 'GREEN', count: 10_000, href: at(`/v1/referrals?dispatchId=${id}`) },
  }),
  'referrals.recalled': definePublicEvent({
    description: 'Referrals of the bank were withdrawn: it withdraws them too, and confirms that by POST /v1/referral-recalls/{id}/acknowledgement. One event for all of them.',
    from: 'referrals.recalled',
    to: ['HOLDER'],
    subject: ({ payload }) => `referral-recall/${payload.recallId}`,
    data: ({ payload: { recallId, count } }, href) => ({ recallId, count, href: href(`/v1/referral-recalls/${recallId}`) }),
    schema: z.object({ recallId: z.uuid(), count: z.int(), href: link }),
    example: { recallId: id, count: 12, href: at(`/v1/referral-recalls/${id}`) },
  }),
  'demand.chosen': definePublicEvent({
    description: 'A business chose a product of the bank for its demand, which waits to be accepted. Who it is, the bank learns when it accepts.',
    from: 'demand.chosen',
    to: ['HOLDER'],
    subject: ({ payload }) => `demand/${payload.demandId}`,
    data: ({ payload: { demandId, productId, harborId, acceptBy } }, href) => ({ demandId, productId, harborId, acceptBy, href: href(`/v1/demands/${demandId}`) }),
    schema: z.object({ demandId: z.uuid(), productId: z.uuid(), harborId: z.uuid(), acceptBy: z.iso.datetime().nullable(), href: link }),
    example: { demandId: id, productId: other, harborId: other, acceptBy: '2026-11-27T15:59:59.999Z', href: at(`/v1/demands/${id}`) },
  }),
  'demand.answered': definePublicEvent({
    description: 'The enterprise answered what the bank had asked about its demand, which goes on where it was: the clocks of the bank run again.',
    from: 'demand.answered',
    to: ['HOLDER'],
    subject: ({ payload }) => `demand/${payload.demandId}`,
    data: ({ payload: { demandId, questionId } }, href) => ({ demandId, questionId, href: href(`/v1/demands/${demandId}/questions`) }),
    schema: z.object({ demandId: z.uuid(), questionId: z.uuid(), href: link }),
    example: { demandId: id, questionId: other, href: at(`/v1/demands/${id}/questions`) },
  }),
  'counter-offer.answered': definePublicEvent({
    description: 'The enterprise took the other terms that the bank proposed, and the bank decides; or it declined them, and the demand ended.',
    from: 'counter-offer.answered',
    to: ['HOLDER'],
    subject: ({ payload }) => `counter-offer/${payload.offerId}`,
    data: ({ payload: { offerId, demandId, answer } }, href) => ({ offerId, demandId, answer, href: href(`/v1/demands/${demandId}/counter-offers`) }),
    schema: z.object({ offerId: z.uuid(), demandId: z.uuid(), answer: z.enum(['TAKEN', 'DECLINED']), href: link }),
    example: { offerId: id, demandId: other, answer: 'TAKEN', href: at(`/v1/demands/${other}/counter-offers`) },
  }),
  'application.exhausted': definePublicEvent({
    description: 'An application had its rounds, or no bank is left that it could go to: the central-bank branch goes on with it.',
    from: 'application.exhausted',
    to: [OrganisationKind.CENTRAL_BANK_BRANCH],
    subject: ({ payload }) => `application/${payload.applicationId}`,
    data: ({ payload: { applicationId, rounds } }, href) => ({ applicationId, rounds, href: href(`/v1/applications/${applicationId}`) }),
    schema: z.object({ applicationId: z.uuid(), rounds: z.int(), href: link }),
    example: { applicationId: id, rounds: 3, href: at(`/v1/applications/${id}`) },
  }),
  'application.unverified': definePublicEvent({
    description: 'An application does not agree with the enterprise master, and no bank sees it until the central-bank branch decides or the master says otherwise. Told once.',
    from: 'application.unverified',
    to: [OrganisationKind.CENTRAL_BANK_BRANCH],
    subject: ({ payload }) => `application/${payload.applicationId}`,
    data: ({ payload: { applicationId } }, href) => ({ applicationId, href: href(`/v1/applications/${applicationId}`) }),
    schema: z.object({ applicationId: z.uuid(), href: link }),
    example: { applicationId: id, href: at(`/v1/applications/${id}`) },
  }),
  'consent.withdrawn': definePublicEvent({
    description: 'A consent under which the organisation was told who somebody is holds no more. Nothing more is disclosed under it, and what was must not be used.',
    from: 'consent.withdrawn',
    to: ['HOLDER'],
    subject: ({ payload }) => `consent/${payload.consentId}`,
    data: ({ payload: { consentId, recordKind, recordId, cause, withdrawnAt } }, href) =>
      ({ consentId, recordKind, recordId, cause, withdrawnAt, href: href(`/v1/consents/${consentId}`) }),
    schema: z.object({
      consentId: z.uuid(), recordKind: z.enum(ConsentRecordKind), recordId: z.uuid(), cause: z.enum(['WITHDRAWN', 'EXPIRED']),
      withdrawnAt: z.iso.datetime(), href: link,
    }),
    example: {
      consentId: id, recordKind: ConsentRecordKind.DEMAND, recordId: other, cause: 'WITHDRAWN', withdrawnAt: '2026-11-22T02:00:00.000Z',
      href: at(`/v1/consents/${id}`),
    },
  }),
  'issue.registered': definePublicEvent({
    description: 'A financing issue was registered at a harbor: its host bank and the central-bank branch acknowledge it, and the bank answers, within their clocks.',
    from: 'issue.registered',
    to: ['HOLDER', OrganisationKind.CENTRAL_BANK_BRANCH],
    subject: ({ payload }) => `issue/${payload.issueId}`,
    data: ({ payload: { issueId, harborId } }, href) => ({ issueId, harborId, href: href(`/v1/issues/${issueId}`) }),
    schema: z.object({ issueId: z.uuid(), harborId: z.uuid(), href: link }),
    example: { issueId: id, harborId: other, href: at(`/v1/issues/${id}`) },
  }),
  'issue.closed': definePublicEvent({
    description: 'The registrant of a financing issue confirmed the reply of the bank.',
    from: 'issue.closed',
    to: ['HOLDER', OrganisationKind.CENTRAL_BANK_BRANCH],
    subject: ({ payload }) => `issue/${payload.issueId}`,
    data: ({ payload: { issueId, harborId } }, href) => ({ issueId, harborId, href: href(`/v1/issues/${issueId}`) }),
    schema: z.object({ issueId: z.uuid(), harborId: z.uuid(), href: link }),
    example: { issueId: id, harborId: other, href: at(`/v1/issues/${id}`) },
  }),
  'push-list.submitted': definePublicEvent({
    description: 'A department pushed a list, which waits for the review of the central-bank branch.',
    from: 'push-list.submitted',
    to: [OrganisationKind.CENTRAL_BANK_BRANCH],
    subject: ({ payload }) => `push-list/${payload.pushListId}`,
    data: ({ payload: { pushListId, departmentId, acceptedCount, rejectedCount } }, href) =>
      ({ pushListId, departmentId, acceptedCount, rejectedCount, href: href(`/v1/push-lists/${pushListId}`) }),
    schema: z.object({ pushListId: z.uuid(), departmentId: z.uuid(), acceptedCount: z.int(), rejectedCount: z.int(), href: link }),
    example: { pushListId: id, departmentId: other, acceptedCount: 9_990, rejectedCount: 10, href: at(`/v1/push-lists/${id}`) },
  }),
  'push-list.reviewed': definePublicEvent({
    description: 'The central-bank branch approved a list of the department, or returned it with a reason.',
    from: 'push-list.reviewed',
    to: ['HOLDER'],
    subject: ({ payload }) => `push-list/${payload.pushListId}`,
    data: ({ payload: { pushListId, outcome } }, href) => ({ pushListId, outcome, href: href(`/v1/push-lists/${pushListId}`) }),
    schema: z.object({ pushListId: z.uuid(), outcome: z.enum(['APPROVED', 'RETURNED']), href: link }),
    example: { pushListId: id, outcome: 'APPROVED', href: at(`/v1/push-lists/${id}`) },
  }),
  'push-list.answered': definePublicEvent({
    description: 'Banks acknowledged or answered rows of a list of the department. Gathered: at most one event in fifteen minutes, however many did.',
    from: 'push-list.answered',
    to: ['HOLDER'],
    subject: ({ payload }) => `push-list/${payload.pushListId}`,
    data: ({ payload: { pushListId } }, href) => ({ pushListId, href: href(`/v1/push-lists/${pushListId}/entries`) }),
    schema: z.object({ pushListId: z.uuid(), href: link }),
    example: { pushListId: id, href: at(`/v1/push-lists/${id}/entries`) },
  }),
  'push-duty.overdue': definePublicEvent({
    description: 'The last day of a period was over, and the department had pushed no list for it. Told once for each period.',
    from: 'push-duty.overdue',
    to: ['HOLDER', OrganisationKind.CENTRAL_BANK_BRANCH],
    subject: ({ payload }) => `push-duty/${payload.departmentId}`,
    data: ({ payload: { departmentId, period, dueOn } }, href) => ({ departmentId, period, dueOn, href: href(`/v1/quality-reports?period=${period}`) }),
    schema: z.object({ departmentId: z.uuid(), period: z.string(), dueOn: z.iso.date(), href: link }),
    example: { departmentId: id, period: '2026-Q3', dueOn: '2026-10-15', href: at('/v1/quality-reports?period=2026-Q3') },
  }),
  'list-clock.reminded': definePublicEvent({
    description: 'A clock of lists or referrals runs out soon: what the organisation has to do is not all done. Once for each reminder of its terms.',
    from: 'list-clock.reminded',
    to: ['HOLDER'],
    subject: ({ payload }) => `clock/${payload.clockId}`,
    data: ({ payload: { workingDaysLeft, ...clock } }, href) => ({ ...clock, workingDaysLeft, href: href(`/v1/clocks/${clock.clockId}`) }),
    schema: z.object({ ...clockOfList, workingDaysLeft: z.int(), href: link }),
    example: { ...clockExample, workingDaysLeft: 0, href: at(`/v1/clocks/${id}`) },
  }),
  'list-clock.breached': definePublicEvent({
    description: 'A clock of lists or referrals ran out before everything was done. The supervisors are told, and referrals may go to the next bank.',
    from: 'list-clock.breached',
    to: ['HOLDER', OrganisationKind.CENTRAL_BANK_BRANCH],
    subject: ({ payload }) => `clock/${payload.clockId}`,
    data: ({ payload: clock }, href) => ({ ...clock, href: href(`/v1/clocks/${clock.clockId}`) }),
    schema: z.object({ ...clockOfList, href: link }),
    example: { ...clockExample, href: at(`/v1/clocks/${id}`) },
  }),
  'list-clock.cleared': definePublicEvent({
    description: 'A breach that was told was none: the calendar or the terms of the clock were corrected, and it ends later.',
    from: 'list-clock.cleared',
    to: ['HOLDER', OrganisationKind.CENTRAL_BANK_BRANCH],
    subject: ({ payload }) => `clock/${payload.clockId}`,
    data: ({ payload: clock }, href) => ({ ...clock, href: href(`/v1/clocks/${clock.clockId}`) }),
    schema: z.object({ ...clockOfList, href: link }),
    example: { ...clockExample, href: at(`/v1/clocks/${id}`) },
  }),
  'demand-clock.reminded': definePublicEvent({
    description: 'A clock of a demand runs out soon. Once for each reminder of its terms.',
    from: 'demand-clock.reminded',
    to: ['HOLDER'],
    subject: ({ payload }) => `clock/${payload.clockId}`,
    data: ({ payload: { clockId, kind, demandId, dueAt, workingDaysLeft } }, href) =>
      ({ clockId, kind, demandId, dueAt, workingDaysLeft, href: href(`/v1/demand-clocks/${clockId}`) }),
    schema: z.object({ ...clockOfDemand, workingDaysLeft: z.int(), href: link }),
    example: { ...demandClockExample, workingDaysLeft: 1, href: at(`/v1/demand-clocks/${id}`) },
  }),
  'demand-clock.escalated': definePublicEvent({
    description: 'A clock of a demand ran out and the step is still open: told to its bank and to supervisors as the ladder of its terms says, so many working days after its end.',
    from: 'demand-clock.escalated',
    to: ['HOLDER'],
    subject: ({ payload }) => `clock/${payload.clockId}`,
    data: ({ payload: { clockId, kind, demandId, dueAt, workingDaysOver } }, href) =>
      ({ clockId, kind, demandId, dueAt, workingDaysOver, href: href(`/v1/demand-clocks/${clockId}`) }),
    schema: z.object({ ...clockOfDemand, workingDaysOver: z.int(), href: link }),
    example: { ...demandClockExample, workingDaysOver: 0, href: at(`/v1/demand-clocks/${id}`) },
  }),
  'demand-clock.cleared': definePublicEvent({
    description: 'A breach that was told was none: the calendar or the terms were corrected, or the step had been done in time.',
    from: 'demand-clock.cleared',
    to: ['HOLDER'],
    subject: ({ payload }) => `clock/${payload.clockId}`,
    data: ({ payload: { clockId, kind, demandId, dueAt } }, href) => ({ clockId, kind, demandId, dueAt, href: href(`/v1/demand-clocks/${clockId}`) }),
    schema: z.object({ ...clockOfDemand, href: link }),
    example: { ...demandClockExample, href: at(`/v1/demand-clocks/${id}`) },
  }),
  'issue-clock.reminded': definePublicEvent({
    description: 'A clock of a financing issue runs out soon: its bank, or the central-bank branch where that must acknowledge. Once for each reminder of its terms.',
    from: 'issue-clock.reminded',
    to: ['HOLDER', OrganisationKind.CENTRAL_BANK_BRANCH],
    named: ({ payload }) => payload.tell,
    subject: ({ payload }) => `clock/${payload.clockId}`,
    data: ({ payload: { clockId, kind, issueId, dueAt, workingDaysLeft } }, href) =>
      ({ clockId, kind, issueId, dueAt, workingDaysLeft, href: href(`/v1/issues/${issueId}`) }),
    schema: z.object({ ...clockOfIssue, workingDaysLeft: z.int(), href: link }),
    example: { ...issueClockExample, workingDaysLeft: 1, href: at(`/v1/issues/${other}`) },
  }),
  'issue-clock.escalated': definePublicEvent({
    description: 'A clock of a financing issue ran out and the step is still open: told to its bank and to supervisors as the ladder of its terms says, so many working days after its end.',
    from: 'issue-clock.escalated',
    to: ['HOLDER', OrganisationKind.CENTRAL_BANK_BRANCH, OrganisationKind.FINANCE_OFFICE, OrganisationKind.FINANCIAL_REGULATOR],
    named: ({ payload }) => payload.tell,
    subject: ({ payload }) => `clock/${payload.clockId}`,
    data: ({ payload: { clockId, kind, issueId, dueAt, workingDaysOver } }, href) =>
      ({ clockId, kind, issueId, dueAt, workingDaysOver, href: href(`/v1/issues/${issueId}`) }),
    schema: z.object({ ...clockOfIssue, workingDaysOver: z.int(), href: link }),
    example: { ...issueClockExample, workingDaysOver: 0, href: at(`/v1/issues/${other}`) },
  }),
  'issue-clock.cleared': definePublicEvent({
    description: 'A breach that was told was none: the calendar or the terms of the clock were corrected.',
    from: 'issue-clock.cleared',
    to: ['HOLDER', OrganisationKind.CENTRAL_BANK_BRANCH, OrganisationKind.FINANCE_OFFICE, OrganisationKind.FINANCIAL_REGULATOR],
    named: ({ payload }) => payload.tell,
    subject: ({ payload }) => `clock/${payload.clockId}`,
    data: ({ payload: { clockId, kind, issueId, dueAt } }, href) => ({ clockId, kind, issueId, dueAt, href: href(`/v1/issues/${issueId}`) }),
    schema: z.object({ ...clockOfIssue, href: link }),
    example: { ...issueClockExample, href: at(`/v1/issues/${other}`) },
  }),
  'credit-alert.raised': definePublicEvent({
    description: 'Something about the credit or the demands of an enterprise is to be looked at.',
    from: 'credit-alert.raised',
    to: [OrganisationKind.CENTRAL_BANK_BRANCH, OrganisationKind.FINANCIAL_REGULATOR],
    subject: ({ payload }) => `credit-alert/${payload.alertId}`,
    data: ({ payload: { alertId, kind } }, href) => ({ alertId, kind, href: href(`/v1/credit-alerts/${alertId}`) }),
    schema: z.object({ alertId: z.uuid(), kind: z.string(), href: link }),
    example: { alertId: id, kind: 'PARALLEL_DEMANDS', href: at(`/v1/credit-alerts/${id}`) },
  }),
  'list-entries.unanswered': definePublicEvent({
    description: 'Rows of a list were offered to banks three times, or to all that there are, and none answered: the central-bank branch sees to them.',
    from: 'list-entries.unanswered',
    to: [OrganisationKind.CENTRAL_BANK_BRANCH],
    subject: ({ payload }) => `push-list/${payload.pushListId}`,
    data: ({ payload: { pushListId, count } }, href) => ({ pushListId, count, href: href(`/v1/push-lists/${pushListId}/entries`) }),
    schema: z.object({ pushListId: z.uuid(), count: z.int(), href: link }),
    example: { pushListId: id, count: 3, href: at(`/v1/push-lists/${id}/entries`) },
  }),
  'harbor.registered': definePublicEvent({
    description: 'A harbor was opened at an outlet of the bank.',
    from: 'harbor.registered',
    to: ['HOLDER'],
    subject: ({ payload }) => `harbor/${payload.harborId}`,
    data: ({ payload: { harborId, number } }, href) => ({ harborId, number, href: href(`/v1/harbors/${harborId}`) }),
    schema: z.object({ harborId: z.uuid(), number: z.string(), href: link }),
    example: { harborId: id, number: 'WZ-0001', href: at(`/v1/harbors/${id}`) },
  }),
  'organisation.renamed': definePublicEvent({
    description: 'The organisation bears another name from a day on.',
    from: 'organisation.renamed',
    to: ['HOLDER'],
    subject: ({ payload }) => `organisation/${payload.organisationId}`,
    data: ({ payload: { organisationId, name, validFrom } }, href) => ({ organisationId, name, validFrom, href: href(`/v1/organisations/${organisationId}`) }),
    schema: z.object({ organisationId: z.uuid(), name: z.string(), validFrom: z.iso.date(), href: link }),
    example: { organisationId: id, name: '某某银行万州支行', validFrom: '2026-12-01', href: at(`/v1/organisations/${id}`) },
  }),
  'api-client.locked': definePublicEvent({
    description: 'An API client of the organisation was locked for good: it gets no more tokens, and those that it holds are refused.',
    from: 'api-client.locked',
    to: ['HOLDER'],
    subject: ({ payload }) => `api-client/${payload.clientId}`,
    data: ({ payload: { clientId } }) => ({ clientId }),
    schema: z.object({ clientId: z.uuid() }),
    example: { clientId: id },
  }),
};

/** What an endpoint alone is sent, and no feed has. */
export const endpointEvents = {
  'webhook.test': {
    description: 'What the owner of an endpoint has sent to it to try it out. The data are those of the type that was asked for, or this.',
    schema: z.object({ endpointId: z.uuid() }),
    example: { endpointId: id },
  },
  'webhook.challenge': {
    description: 'Asks an endpoint whether it is there: its answer is a 2xx with exactly this challenge as its body.',
    schema: z.object({ challenge: z.string() }),
    example: { challenge: 'cNk0GnT7f9qWv3yLr8sJ5A' },
  },
} as const;

/** The types that can be chosen for an endpoint. */
export const publicEventTypes = Object.keys(publicEvents);

/** The public events that are made of an internal one. */
export const publicEventsOf = (name: EventName): [type: string, PublicEventDefinition][] =>
  Object.entries(publicEvents).filter(([, { from }]) => from === name);
