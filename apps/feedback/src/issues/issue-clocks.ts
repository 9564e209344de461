import { ClockKind } from '@finharbor/contracts/clocks';
import { newId } from '@finharbor/contracts/ids';
import { readClock } from '@finharbor/platform/clocks/clock-reading';
import { termsOn } from '@finharbor/platform/clocks/clock-terms';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { localDate, OFFICIAL_CALENDAR, type ReferenceRow, type WorkingDayCalendar } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import type { Issue } from './issue.entity.js';
import { IssueAction } from './issue.vocabulary.js';

/** The clocks of an issue. Bank and branch acknowledge each on a clock of its own. */
export const issueClocks = {
  'issue.acknowledge': ClockKind.ISSUE_ACKNOWLEDGE,
  'issue.acknowledge-branch': ClockKind.ISSUE_ACKNOWLEDGE_BRANCH,
  'issue.answer': ClockKind.ISSUE_ANSWER,
} as const;

export type IssueClock = keyof typeof issueClocks;

/** When a clock that starts now runs out, by its terms of today. Null where the calendar does not reach: rather none than a guessed one. */
export function clockEnd(
  clock: IssueClock, start: Date, calendar: WorkingDayCalendar = OFFICIAL_CALENDAR, imported: readonly ReferenceRow[] = [],
): Date | null {
  return readClock(termsOn(issueClocks[clock], localDate(start), imported), [{ kind: 'START', at: start }], calendar, start).dueAt;
}

/**
 * Keeps the clocks. A clock that ran out is handled with its own row locked first, so whoever stops a clock does that
 * before locking the issue: in the other order the two could wait for each other.
 */
@Injectable()
export class IssueClocks {
  constructor(private readonly due: Due) {}

  /** Starts the clock, if it has an end. All clocks stand under the issue's bank, since the branch is no tenant here. */
  async start(tx: Tx, kind: IssueClock, issue: Pick<Issue, 'id' | 'bankId'>, dueAt: Date | null): Promise<void> {
    if (dueAt) await this.due.set(tx, { kind, aggregateId: issue.id, organisationId: issue.bankId, dueAt });
  }

  stop(tx: Tx, kind: IssueClock, issueId: string): Promise<void> {
    return this.due.cancel(tx, kind, issueId);
  }

  @OnDue('issue.acknowledge')
  bankAcknowledgementDue(clock: DueClock, tx: Tx): Promise<void> {
    return this.mark(tx, clock, 'bank_acknowledgement_overdue', 'bank_acknowledged_at is null', IssueAction.BANK_ACKNOWLEDGEMENT_OVERDUE);
  }

  @OnDue('issue.acknowledge-branch')
  branchAcknowledgementDue(clock: DueClock, tx: Tx): Promise<void> {
    return this.mark(tx, clock, 'branch_acknowledgement_overdue', 'branch_acknowledged_at is null', IssueAction.BRANCH_ACKNOWLEDGEMENT_OVERDUE);
  }

  @OnDue('issue.answer')
  answerDue(clock: DueClock, tx: Tx): Promise<void> {
    return this.mark(tx, clock, 'answer_overdue', `state in ('REGISTERED', 'HANDLING', 'REOPENED')`, IssueAction.ANSWER_OVERDUE);
  }

  private async mark(tx: Tx, clock: DueClock, flag: string, stillOpen: string, action: IssueAction): Promise<void> {
    const marked = await tx.query(`update feedback.issues set ${flag} = true where id = $1 and ${stillOpen} returning id`, [clock.aggregateId]);
    if (marked.length === 0) return;
    await tx.query(
      'insert into feedback.issue_trail (id, org_id, issue_id, action, at) values ($1, $2, $3, $4, $5)',
      [newId(), clock.organisationId, clock.aggregateId, action, clock.dueAt],
    );
  }
}
