import type { ReasonCode } from '@finharbor/contracts/vocabulary';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { isEnd, move } from '@finharbor/platform/workflow/workflow';
import { audit } from '@finharbor/security/audit/audit';
import { Application } from '../applications/application.entity.js';
import { changeApplication } from '../applications/application-access.js';
import { ApplicationState } from '../applications/application-states.js';
import type { Demand } from '../demands/demand.entity.js';
import { type ApplicationAction, applicationWorkflow } from '../workflows/application.workflow.js';
import { demandWorkflow } from '../workflows/demand.workflow.js';

/** The state after a move that follows by the rules. */
export const stateAfter = (
  { state }: Application, action: ApplicationAction, reason?: { code: ReasonCode; text: string },
): ApplicationState =>
  ApplicationState[move(applicationWorkflow, state, action, 'service', { reason })];

/** The application, locked: the one lock of everything about it, taken before that of any of its demands. */
export const lockApplication = async (tx: Tx, id: string | undefined): Promise<Application | null> =>
  (id ? tx.manager.findOne(Application, { where: { id }, lock: { mode: 'pessimistic_write' } }) : null);

/** The enterprise agrees that its application goes on without its choice, or no more. Again changes nothing. */
export async function agreeOnward(tx: Tx, application: Application, given: boolean): Promise<void> {
  if (given === (application.onwardConsentAt !== null)) return;
  await changeApplication(tx, application, { onwardConsentAt: given ? new Date() : null });
  await audit(tx, { action: 'application.onward-consent', resource: 'application', resourceId: application.id, detail: { given } });
}

/** Whether a demand's bank, or the enterprise with it, still works on it. */
export const isOpen = ({ state }: Pick<Demand, 'state'>): boolean =>
  !isEnd(demandWorkflow, state);
