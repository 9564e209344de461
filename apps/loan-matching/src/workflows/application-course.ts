import type { Tx } from '@finharbor/platform/tenancy/tx';
import { move } from '@finharbor/platform/workflow/workflow';
import { Application } from '../applications/application.entity.js';
import { changeApplication } from '../applications/application-access.js';
import { ApplicationState } from '../applications/application-states.js';
import type { DemandState } from '../demands/demand-states.js';
import { type ApplicationAction, applicationWorkflow } from './application.workflow.js';
import { waiting } from './demand.workflow.js';

type State = `${ApplicationState}`;

/** What an application is because of its demands, the most pressing first: the enterprise's turn before what the banks do. */
const ranks: [state: State, action: ApplicationAction, demands: readonly `${DemandState}`[]][] = [
  ['ACTION_REQUIRED', 'require', waiting],
  ['APPROVED', 'approve', ['APPROVED']],
  ['ACCEPTED', 'accept', ['ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE']],
  ['ROUTED', 'route', ['ROUTED']],
];

/** The states of an application that its demands decide. Verification, pool, rounds and ends are told it. */
const decidedByDemands: State[] = ['SUBMITTED', 'ROUTED', 'ACCEPTED', 'ACTION_REQUIRED', 'APPROVED', 'POOLED', 'EXHAUSTED'];

/**
 * How an application goes on now that its demands are in these states, or undefined where it stays. With no bank left it is SUBMITTED
 * again, except that one in the pool, or exhausted, stays that.
 */
export function courseOf(
  state: State, demands: readonly `${DemandState}`[],
): { action: ApplicationAction; to: State } | undefined {
  if (!decidedByDemands.includes(state)) return undefined;
  const [to, action] = ranks.find(([, , some]) => demands.some((one) => some.includes(one))) ?? ['SUBMITTED', 'return'] as const;
  if (to === state || (to === 'SUBMITTED' && (state === 'POOLED' || state === 'EXHAUSTED'))) return undefined;
  return { action, to };
}

/** Brings an application to what its demands are now. Runs as the worker or for a supervisor, and locks the application. */
export async function followDemands(tx: Tx, applicationId: string): Promise<void> {
  const application = await tx.manager.findOne(Application, { where: { id: applicationId }, lock: { mode: 'pessimistic_write' } });
  if (!application) return;
  const demands = await tx.query<{ state: DemandState }>('select state from loan_matching.demands where application_id = $1', [applicationId]);
  const next = courseOf(application.state, demands.map(({ state }) => state));
  if (!next) return;
  const state = ApplicationState[move(applicationWorkflow, application.state, next.action, 'service')];
  await changeApplication(tx, application, { state });
}
