import { ClockKind } from '@finharbor/contracts/clocks';
import type { Payload } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import type { Clock, ClockEvent, ClockHandlers } from '@finharbor/platform/clocks/clock';
import { Clocks } from '@finharbor/platform/clocks/clocks';
import { courseOn } from '@finharbor/platform/clocks/courses';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { coursesOf, type IssueClockKind, issueClockKinds } from './issue-course.js';
import { IssueAction } from './issue.vocabulary.js';

type Told = Payload<'issue-clock.cleared'>;

const overdue: Readonly<Record<IssueClockKind, IssueAction>> = {
  [ClockKind.ISSUE_ACKNOWLEDGE]: IssueAction.BANK_ACKNOWLEDGEMENT_OVERDUE,
  [ClockKind.ISSUE_ACKNOWLEDGE_BRANCH]: IssueAction.BRANCH_ACKNOWLEDGEMENT_OVERDUE,
  [ClockKind.ISSUE_ANSWER]: IssueAction.ANSWER_OVERDUE,
};

/**
 * The clocks of issues. Nobody starts or stops them: they follow the trail, and are read anew from it whenever they speak. All stand under
 * the issue's bank, since the branch is no tenant here.
 */
@Injectable()
export class IssueClocks implements OnModuleInit, ClockHandlers {
  constructor(private readonly clocks: Clocks, private readonly publisher: Publisher) {}

  onModuleInit(): void {
    this.clocks.handle(issueClockKinds, this);
  }

  /** Starts what begins with a step of the trail, and reads what runs anew. A trigger says that there is one. */
  @OnDue('issue-step')
  async stepped({ aggregateId: stepId, organisationId }: DueClock, tx: Tx): Promise<void> {
    const [step] = await tx.query<{ issueId: string }>('select issue_id as "issueId" from feedback.issue_trail where id = $1', [stepId]);
    if (!step) return;
    const trail = await trailOf(tx, step.issueId);
    const begun = issueClockKinds.flatMap((kind) => coursesOf(kind, trail).map(([{ at }]) => ({ kind, at, organisationId })));
    await this.clocks.track(tx, step.issueId, begun);
  }

  async happened(tx: Tx, { kind, subjectId, reading: { startedAt, breachedAt } }: Clock): Promise<readonly ClockEvent[] | undefined> {
    const course = courseOn(coursesOf(kind as IssueClockKind, await trailOf(tx, subjectId)), startedAt);
    const end = course?.at(-1);
    // What was told as overdue was done after that: in a sandbox the end comes before its time.
    if (end?.kind !== 'STOP' || !breachedAt || end.at >= breachedAt) return course;
    return [...course!.slice(0, -1), { kind: 'STOP', at: breachedAt }];
  }

  /** What the issue shows of its clocks, ended ones included. */
  async moved(tx: Tx, { subjectId }: Clock): Promise<void> {
    await tx.query(
      `update feedback.issues issue set acknowledge_by = said.acknowledge_by, answer_by = said.answer_by, answer_overdue = said.answer,
         bank_acknowledgement_overdue = said.bank, branch_acknowledgement_overdue = said.branch
       from (select max(due_at) filter (where kind = 'ISSUE_ACKNOWLEDGE') as acknowledge_by,
           (array_agg(due_at order by started_on desc) filter (where kind = 'ISSUE_ANSWER'))[1] as answer_by,
           bool_or(kind = 'ISSUE_ACKNOWLEDGE' and breached_at is not null) as bank,
           bool_or(kind = 'ISSUE_ACKNOWLEDGE_BRANCH' and breached_at is not null) as branch,
           bool_or(kind = 'ISSUE_ANSWER' and breached_at is not null) as answer
         from feedback.clocks where subject_id = $1) said
       where issue.id = $1 and (issue.acknowledge_by, issue.answer_by, issue.answer_overdue, issue.bank_acknowledgement_overdue,
         issue.branch_acknowledgement_overdue) is distinct from (said.acknowledge_by, said.answer_by, said.answer, said.bank, said.branch)`, [subjectId]);
  }

  async reminded(tx: Tx, clock: Clock, workingDaysLeft: number): Promise<void> {
    await this.publisher.publish(tx, 'issue-clock.reminded', { ...fact(clock), payload: { ...told(clock, ['HOLDER']), workingDaysLeft } });
  }

  async breached(tx: Tx, clock: Clock): Promise<void> {
    const { id, kind, organisationId, subjectId, reading: { dueAt } } = clock;
    const [step] = await tx.query(
      `insert into feedback.issue_trail (id, org_id, issue_id, action, at) select $1, $2, $3, $4::text, $5::timestamptz
       where not exists (select from feedback.issue_trail where issue_id = $3 and action = $4 and at = $5) returning id`,
      [newId(), organisationId, subjectId, overdue[kind as IssueClockKind], dueAt]);
    // The version before, which kept clocks of its own, found it out already.
    if (!step && clock.version === 1) return;
    await audit(tx, { action: 'clock.breach', resource: 'clock', resourceId: id, detail: { kind, issueId: subjectId } });
    await this.escalated(tx, clock, 0);
  }

  async escalated(tx: Tx, clock: Clock, workingDaysOver: number): Promise<void> {
    const payload = { ...told(clock, ofRung(clock, workingDaysOver)), workingDaysOver };
    await this.publisher.publish(tx, 'issue-clock.escalated', { ...fact(clock), payload });
    if (workingDaysOver > 0) await audit(tx, { action: 'clock.escalate', resource: 'clock', resourceId: clock.id, detail: { workingDaysOver } });
  }

  async cleared(tx: Tx, clock: Clock): Promise<void> {
    await this.publisher.publish(tx, 'issue-clock.cleared', { ...fact(clock), payload: told(clock, ofRung(clock, 0)) });
    await audit(tx, { action: 'clock.clear', resource: 'clock', resourceId: clock.id, detail: { kind: clock.kind } });
  }
}

const fact = ({ id: aggregateId, organisationId, version }: Clock): { aggregateId: string; organisationId: string; version: number } =>
  ({ aggregateId, organisationId, version });

const ofRung = ({ terms: { ladder = [] } }: Clock, rung: number): Told['tell'] =>
  ladder.filter(({ after }) => after === rung).flatMap(({ tell }) => tell);

/** Whoever must act on the branch's clock is the branch. */
function told({ id: clockId, kind, subjectId: issueId, reading: { dueAt } }: Clock, tell: Told['tell']): Told {
  const holder = kind === ClockKind.ISSUE_ACKNOWLEDGE_BRANCH ? 'CENTRAL_BANK_BRANCH' : 'HOLDER';
  const named = new Set(tell.map((one) => (one === 'HOLDER' ? holder : one)));
  return { clockId, kind, issueId, dueAt: dueAt?.toISOString() ?? null, tell: [...named] };
}

const trailOf = (tx: Tx, issueId: string): Promise<{ action: IssueAction; at: Date }[]> =>
  tx.query('select action, at from feedback.issue_trail where issue_id = $1 order by id', [issueId]);
