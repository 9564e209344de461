import { toJson } from '@finharbor/platform/workflow/published';
import { actionsIn, move } from '@finharbor/platform/workflow/workflow';
import { IssueState } from '../issues/issue.vocabulary.js';
import { issueWorkflow } from './issue.workflow.js';

describe('the workflow of an issue', () => {
  it('has the states of the table, and each side’s moves', () => {
    expect(Object.keys(issueWorkflow.states)).toEqual(Object.values(IssueState));
    expect(Object.values(IssueState).map((state) => [actionsIn(issueWorkflow, state, 'bank'), actionsIn(issueWorkflow, state, 'applicant')])).toEqual([
      [['acknowledge'], []], [['reply'], []], [[], ['confirm', 'reopen']], [['reply'], []], [[], []],
    ]);
    expect(() => move(issueWorkflow, 'REGISTERED', 'reply', 'bank')).toThrow('The issue is REGISTERED: no reply from there (possible now: acknowledge).');
  });

  // Whoever changes it gives it another version, and writes the new digest here: programs read them.
  it('is version 1', () => expect(toJson(issueWorkflow)).toMatchObject({ version: 1, digest: expect.stringMatching(/^62c0cddcff0e9d90/) }));
});
