import { ClockKind } from '@finharbor/contracts/clocks';
import { coursesOf, type IssueClockKind } from './issue-course.js';
import type { IssueAction } from './issue.vocabulary.js';

const { ISSUE_ACKNOWLEDGE, ISSUE_ACKNOWLEDGE_BRANCH, ISSUE_ANSWER } = ClockKind;
const all = ['REGISTERED', 'BRANCH_ACKNOWLEDGED', 'BANK_ACKNOWLEDGED', 'ANSWER_OVERDUE', 'REPLIED', 'REOPENED', 'REPLIED', 'CLOSED'];

const [noon, hourMs] = [Date.UTC(2026, 10, 23, 4), 3_600_000];

/** Courses as `KIND step …`, of steps that lie so many hours apart, the first at noon. */
const written = (kind: IssueClockKind, steps: string[], hours = 1): string[] =>
  coursesOf(kind, steps.map((action, index) => ({ action: action as IssueAction, at: new Date(noon + index * hours * hourMs) })))
    .map((course) => course.map(({ kind: event, at }) => `${event} ${(at.getTime() - noon) / hourMs / hours}`).join(' '));

describe('the clocks of an issue', () => {
  it('run each for its step', () => {
    expect(written(ISSUE_ACKNOWLEDGE, all)).toEqual(['START 0 STOP 2']);
    expect(written(ISSUE_ACKNOWLEDGE_BRANCH, all)).toEqual(['START 0 STOP 1']);
    expect(written(ISSUE_ACKNOWLEDGE_BRANCH, ['REGISTERED', 'BANK_ACKNOWLEDGED', 'REPLIED', 'CLOSED', 'BRANCH_ACKNOWLEDGED'])).toEqual(['START 0 STOP 4']);
  });

  it('do not run while the registrant has the word: the answer’s begins anew on another day, and goes on on the same', () => {
    expect(written(ISSUE_ANSWER, all, 24)).toEqual(['START 0 STOP 4', 'START 5 STOP 6']);
    expect(written(ISSUE_ANSWER, all)).toEqual(['START 0 STOP 4 RESUME 5 STOP 6']);
    expect(written(ISSUE_ANSWER, ['REGISTERED', 'BANK_ACKNOWLEDGED'])).toEqual(['START 0']);
  });
});
