import { toJson } from '@finharbor/platform/workflow/published';
import { actionsIn } from '@finharbor/platform/workflow/workflow';
import { PushListState } from '../vocabulary.js';
import { pushListWorkflow } from './push-list.workflow.js';

describe('the workflow of a push list', () => {
  it('has the states of the table, and each side’s moves', () => {
    const { UNDER_REVIEW, RETURNED, APPROVED, DISPATCHED, CLOSED, WITHDRAWN, UNDONE } = PushListState;
    expect(Object.keys(pushListWorkflow.states).sort()).toEqual(Object.values(PushListState).sort());
    const of = (by: string, ...states: PushListState[]): string[][] => states.map((state) => actionsIn(pushListWorkflow, state, by));
    expect(of('supervisor', UNDER_REVIEW, APPROVED, DISPATCHED)).toEqual([
      ['recommend', 'return-rows', 'approve', 'return', 'assert', 'withdraw'], ['assert', 'dispatch', 'withdraw'], ['assert', 'dispatch', 'close', 'withdraw'],
    ]);
    expect(of('department', UNDER_REVIEW, RETURNED, CLOSED, WITHDRAWN, UNDONE)).toEqual([['assert', 'withdraw'], ['withdraw'], ['withdraw'], [], []]);
    expect(of('bank', ...Object.values(PushListState)).flat()).toEqual([]);
  });

  // Whoever changes it gives it another version, and writes the new digest here: programs read them.
  it('is version 1', () => expect(toJson(pushListWorkflow)).toMatchObject({ version: 1, digest: expect.stringMatching(/^87ba36532a7784a0/) }));
});
