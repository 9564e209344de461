import { DomainError } from '@finharbor/contracts/errors';
import { mayGive, reasons } from '@finharbor/contracts/reasons';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { checkWorkflow } from '@finharbor/platform/workflow/check-workflow';
import { toJson } from '@finharbor/platform/workflow/published';
import { actionsIn, isEnd, listOf, move, type Workflow } from '@finharbor/platform/workflow/workflow';
import fc from 'fast-check';
import { ApplicationState } from '../applications/application-states.js';
import { CultivationState } from '../cultivation/cultivation-states.js';
import { DemandState, isAccepted } from '../demands/demand-states.js';
import { applicationWorkflow } from './application.workflow.js';
import { courseOf } from './application-course.js';
import { cultivationEntryWorkflow } from './cultivation-entry.workflow.js';
import { demandWorkflow } from './demand.workflow.js';

const any = (workflow: unknown): Workflow => workflow as Workflow;
const reason = { code: ReasonCode.OTHER, text: '其他' };
const workflows = [any(demandWorkflow), any(applicationWorkflow), any(cultivationEntryWorkflow)];
const tables: Record<string, object> = { demand: DemandState, application: ApplicationState, 'cultivation-entry': CultivationState };
const choices = fc.infiniteStream(fc.nat());

/** One legal step, as the choice has it; undefined at the end. */
function step(workflow: Workflow, state: string, choice: number): { action: string; by: string; to: string; ends: boolean } | undefined {
  const legal = workflow.moves.filter(({ from }) => listOf(from).includes(state)).flatMap(({ action, by, to, reason: needed }) =>
    by.flatMap((who) => listOf(to).map((next) => ({ action, by: who, to: next, ends: needed === 'required' }))));
  return legal[choice % Math.max(1, legal.length)];
}

describe.each(workflows.map((one): [string, Workflow] => [one.name, one]))('the workflow %s', (_name, workflow) => {
  const states = Object.keys(workflow.states);
  const everybody = [...new Set(workflow.moves.flatMap(({ by }) => by))];
  const actions = [...new Set(workflow.moves.map(({ action }) => action))];

  it('holds, and every state is one of the table', () => {
    expect(checkWorkflow(workflow)).toEqual([]);
    expect(states.sort()).toEqual(Object.values(tables[workflow.name]).sort());
  });

  it('is walked at random: only by its moves, ends stay, whoever ends badly gives a reason, and from everywhere an end can be reached', () => {
    fc.assert(fc.property(fc.nat(), choices, (start, stream) => {
      let state = listOf(workflow.initial)[start % listOf(workflow.initial).length];
      for (let steps = 0; steps < 30 && !isEnd(workflow, state); steps += 1) {
        const one = step(workflow, state, stream.next().value as number)!;
        const negative = workflow.states[one.to].negative === true;
        if (negative && outcome(() => move(workflow, state, one.action, one.by, { to: one.to })) !== 'VALIDATION_FAILED') return false;
        state = move(workflow, state, one.action, one.by, { to: one.to, reason });
        if (state !== one.to || endsFrom(workflow, state).length === 0) return false;
      }
      return !isEnd(workflow, state) || step(workflow, state, 0) === undefined;
    }), { numRuns: 200 });
  });

  it('allows what its table says and nothing else', () => {
    const wrong = states.flatMap((state) => actions.flatMap((action) => [...everybody, 'anonymous'].filter((by) => {
      const legal = workflow.moves.filter((one) => one.action === action && one.by.includes(by) && listOf(one.from).includes(state))
        .flatMap(({ to }) => listOf(to));
      const elsewhere = states.find((to) => !legal.includes(to));
      return legal.some((to) => outcome(() => move(workflow, state, action, by, { to, reason })) !== to)
        || outcome(() => move(workflow, state, action, by, { to: elsewhere, reason })) !== 'ILLEGAL_STATE';
    }).map((by) => `${by}: ${action} ${state}`)));
    expect(wrong).toEqual([]);
  });
});

/** The state that comes of it, or the code with which it is refused. */
function outcome(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

/** Ends, and states in which a record may rest, that can be come to. */
function endsFrom({ states, moves }: Workflow, from: string): string[] {
  const reached = new Set([from]);
  for (const state of reached) {
    for (const one of moves) if (listOf(one.from).includes(state)) listOf(one.to).forEach((to) => reached.add(to));
  }
  return [...reached].filter((state) => states[state].terminal ?? states[state].rests);
}

describe('an application', () => {
  it('follows its demands by legal moves alone, wherever they go, and stays when nothing changed', () => {
    const starts = fc.constantFrom('SUBMITTED', 'POOLED', 'EXHAUSTED');
    fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), starts, choices, (banks, start, stream) => {
      let state = start as `${ApplicationState}`;
      const demands = Array.from({ length: banks }, () => 'SUBMITTED');
      for (let steps = 0; steps < 60; steps += 1) {
        const index = (stream.next().value as number) % banks;
        const one = step(any(demandWorkflow), demands[index], stream.next().value as number);
        if (one) demands[index] = one.to;
        const next = courseOf(state, demands as `${DemandState}`[]);
        if (next && move(applicationWorkflow, state, next.action, 'service') !== next.to) return false;
        state = next?.to ?? state;
        if (courseOf(state, demands as `${DemandState}`[])) return false;
        const isWaiting = demands.some((one) => ['ACTION_REQUIRED', 'COUNTER_OFFERED', 'APPROVED_ACTION_REQUIRED'].includes(one));
        if (isWaiting !== (state === 'ACTION_REQUIRED') || (!isWaiting && demands.includes('APPROVED')) !== (state === 'APPROVED')) return false;
      }
      return true;
    }), { numRuns: 200 });
  });

  it('stays what it was told to be: unverified, or ended', () => {
    const told = ['UNVERIFIED', 'FUNDED', 'WITHDRAWN', 'CUSTOMER_DECLINED', 'CLOSED'] as const;
    expect(told.filter((state) => courseOf(state, ['ACCEPTED']))).toEqual([]);
  });
});

describe('a bank', () => {
  it('knows the enterprise from its acceptance to its decision or what it told after it, and never where it refused before', () => {
    const knowing = Object.values(DemandState).filter((state) => isAccepted({ state, declined: false }));
    expect(knowing).toEqual([
      'ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE', 'ACTION_REQUIRED', 'COUNTER_OFFERED', 'APPROVED', 'APPROVED_ACTION_REQUIRED', 'REJECTED',
    ]);
    expect(isAccepted({ state: DemandState.REJECTED, declined: true })).toBe(false);
    expect(isAccepted({ state: DemandState.CUSTOMER_DECLINED, declined: false, endedByBank: true })).toBe(true);
  });

  it('decides from wherever it works, and says no also while it waits', () => {
    const from = (action: string): string[] =>
      Object.values(DemandState).filter((state) => actionsIn(demandWorkflow, state, 'bank').some((one) => one === action));
    expect(from('approve')).toEqual(['ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE']);
    expect(from('reject')).toEqual(['ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE', 'ACTION_REQUIRED', 'COUNTER_OFFERED']);
    expect(from('decline')).toEqual(['ROUTED']);
  });

  it('asks until the loan is told, and decides no second time while it waits for the contract', () => {
    expect(actionsIn(demandWorkflow, 'APPROVED', 'bank')).toEqual(['ask', 'report', 'call-off', 'report-declined']);
    expect(actionsIn(demandWorkflow, 'APPROVED_ACTION_REQUIRED', 'bank')).toEqual(['retract']);
    expect(actionsIn(demandWorkflow, 'APPROVED_ACTION_REQUIRED', 'applicant')).toEqual(['answer', 'refuse-offer', 'withdraw']);
  });
});

describe('what is published', () => {
  // Whoever changes a workflow gives it another version, and writes the new digest here: programs read them.
  it.each([
    ['demand', 2, 'd490e98d6288c6e6'], ['application', 1, '7af273c4ecc4a173'], ['cultivation-entry', 1, '125f96a4f17fea63'],
  ])('%s is version %d', (name, version, digest) => {
    const { version: present, digest: found } = toJson(workflows.find((one) => one.name === name)!);
    expect([present, found.slice(0, 16)]).toEqual([version, digest]);
  });

  it('has a side, a giver and words for every reason', () => {
    expect(Object.keys(reasons).sort()).toEqual(Object.values(ReasonCode).sort());
    for (const [code, { by, text }] of Object.entries(reasons)) expect([code, by.length > 0, text.length > 1]).toEqual([code, true, true]);
    const customers = Object.values(ReasonCode).filter((code) => code.startsWith('CUSTOMER_') && mayGive('applicant', code));
    expect(customers).toHaveLength(6);
    expect(mayGive('applicant', ReasonCode.TOO_SLOW)).toBe(true);
    expect(mayGive('bank', ReasonCode.TOO_SLOW)).toBe(false);
  });
});
