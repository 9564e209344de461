import { ClockKind } from '@finharbor/contracts/clocks';
import type { ClockEvent } from '@finharbor/platform/clocks/clock';
import { coursesBy, type Move, type Run } from '@finharbor/platform/clocks/courses';
import { issueWorkflow } from '../workflows/issue.workflow.js';
import { IssueAction, IssueState } from './issue.vocabulary.js';

const states = Object.values(IssueState);

/**
 * When each clock of an issue runs. That of the answer runs while the workflow says that the bank must act: not while the registrant has
 * the word, and anew when the issue is reopened. The branch acknowledges beside all that.
 */
const runs = {
  [ClockKind.ISSUE_ACKNOWLEDGE]: { in: [IssueState.REGISTERED] },
  [ClockKind.ISSUE_ACKNOWLEDGE_BRANCH]: { in: states, until: [IssueAction.BRANCH_ACKNOWLEDGED] },
  [ClockKind.ISSUE_ANSWER]: { in: states.filter((state) => (issueWorkflow.states[state] as { side?: string }).side === 'bank'), again: true },
} satisfies Partial<Record<ClockKind, Run>>;

export type IssueClockKind = keyof typeof runs;

export const issueClockKinds = Object.keys(runs) as IssueClockKind[];

const leadsTo: Partial<Record<IssueAction, IssueState>> = {
  [IssueAction.REGISTERED]: IssueState.REGISTERED,
  [IssueAction.BANK_ACKNOWLEDGED]: IssueState.HANDLING,
  [IssueAction.REPLIED]: IssueState.REPLIED,
  [IssueAction.REOPENED]: IssueState.REOPENED,
  [IssueAction.CLOSED]: IssueState.CLOSED,
};

/** What happened to the clocks of a kind, by the trail of an issue, oldest step first. */
export const coursesOf = (kind: IssueClockKind, trail: readonly { action: IssueAction; at: Date }[]): ClockEvent[][] =>
  coursesBy(runs[kind], trail.map(({ action, at }): Move => {
    const state = leadsTo[action] ?? null;
    return { state, stage: state ? null : action, at };
  }));
