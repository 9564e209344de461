import { DomainError } from '@finharbor/contracts/errors';
import { checkWorkflow } from './check-workflow.js';

/** What is true of a record while it is in a state. */
export interface StateFacts {
  /** On whose side it is: whoever must act, or sees it so. Words of the workflow. */
  readonly side?: string;
  /** What it means, in a sentence for people. */
  readonly meaning?: string;
  /** Nothing follows. */
  readonly terminal?: true;
  /** Ends without what was wanted: every move there gives a reason. */
  readonly negative?: true;
  /** A record may stay so for good, although something may follow. */
  readonly rests?: true;
}

/** One way from some states to another. With several `to`, whoever moves says which; it is the state to come back to. */
export interface Move<State extends string, Action extends string, By extends string> {
  readonly action: Action;
  readonly from: State | readonly State[];
  readonly to: State | readonly State[];
  /** Roles of callers; `service` is the suite itself: clocks, events, and what follows from another's move. */
  readonly by: readonly By[];
  readonly reason?: 'required';
}

/** A formal state machine as versioned data. The version rises with every change of its states and moves. */
export interface Workflow<State extends string = string, Action extends string = string, By extends string = string> {
  readonly name: string;
  readonly version: number;
  /** Where records begin. */
  readonly initial: State | readonly State[];
  readonly states: Readonly<Record<State, StateFacts>>;
  readonly moves: readonly Move<State, Action, By>[];
}

/** Why a record ends as it does: a code of the taxonomy, and words for whom it concerns. */
export interface Reason {
  readonly code?: string | null;
  readonly text?: string | null;
}

/** Which of several states, and why, where the move asks for it. */
export interface Moving<State extends string> {
  readonly to?: State;
  readonly reason?: Reason;
}

export const listOf = <T>(one: T | readonly T[]): readonly T[] => (Array.isArray(one) ? one : [one]) as readonly T[];

/** Takes a definition as it is, and refuses one that cannot hold: see `checkWorkflow`. */
export function defineWorkflow<const State extends string, const Action extends string, const By extends string>(
  definition: Workflow<State, Action, By>,
): Workflow<State, Action, By> {
  const problems = checkWorkflow(definition);
  if (problems.length > 0) throw new Error(`The workflow ${definition.name} does not hold:\n${problems.join('\n')}`);
  return definition;
}

/** What a role may do with a record in a state; everybody together when none is named. */
export function actionsIn<State extends string, Action extends string, By extends string>(
  { moves }: Workflow<State, Action, By>, state: State, by?: string,
): Action[] {
  const possible = moves.filter((one) => listOf(one.from).includes(state) && (!by || one.by.includes(by as By)));
  return [...new Set(possible.map(({ action }) => action))];
}

/**
 * The state after a move. ILLEGAL_STATE, naming what the role may do instead, where the workflow has no such move from here; and
 * VALIDATION_FAILED where it asks for a reason, code and text, and none was given.
 */
export function move<State extends string, Action extends string, By extends string>(
  workflow: Workflow<State, Action, By>, state: NoInfer<State>, action: NoInfer<Action>, by: NoInfer<By>,
  { to, reason }: Moving<NoInfer<State>> = {},
): State {
  const found = workflow.moves.find((one) =>
    one.action === action && one.by.includes(by) && listOf(one.from).includes(state) && (to === undefined || listOf(one.to).includes(to)));
  if (!found) throw illegal(workflow, state, action, by);
  const ends = listOf(found.to);
  if (to === undefined && ends.length > 1) throw new Error(`${workflow.name}: ${action} leads to ${ends.join(', ')}: say which.`);
  const missing = (['code', 'text'] as const).filter((part) => found.reason && !reason?.[part]?.trim());
  if (missing.length > 0) {
    throw new DomainError('VALIDATION_FAILED', undefined, missing.map((part) => {
      const field = part === 'code' ? 'reasonCode' : 'reasonText';
      return { field, rule: 'required', message: `${field} is needed with ${action}` };
    }));
  }
  return to ?? ends[0];
}

/** Whether the role may do that now. */
export const mayMove = <State extends string, Action extends string, By extends string>(
  workflow: Workflow<State, Action, By>, state: NoInfer<State>, action: NoInfer<Action>, by: string,
): boolean => actionsIn(workflow, state, by).includes(action);

/** Whether some move leads from one state to the other. */
export const leadsTo = <State extends string>({ moves }: Workflow<State>, from: NoInfer<State>, to: NoInfer<State>): boolean =>
  moves.some((one) => listOf(one.from).includes(from) && listOf(one.to).includes(to));

/** Whether nothing follows. */
export const isEnd = <State extends string>({ states }: Workflow<State>, state: NoInfer<State>): boolean => states[state].terminal === true;

function illegal({ name, moves, states }: Workflow, state: string, action: string, by: string): DomainError {
  const possible = actionsIn({ name, moves, states, version: 0, initial: [] }, state, by);
  const now = possible.length > 0 ? `possible now: ${possible.join(', ')}` : 'nothing is possible now';
  return new DomainError('ILLEGAL_STATE', `The ${name} is ${state}: no ${action} from there (${now}).`);
}
