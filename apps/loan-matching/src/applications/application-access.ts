import { DomainError, notFound } from '@finharbor/contracts/errors';
import type { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { isEnd } from '@finharbor/platform/workflow/workflow';
import type { Caller } from '@finharbor/security/tokens/caller';
import { hashSecret, newSecret, secretMatches } from '@finharbor/security/tokens/secrets';
import { applicationWorkflow } from '../workflows/application.workflow.js';
import { Application } from './application.entity.js';
import type { ApplicationState } from './application-states.js';

/** An unknown application is compared with this, so that it takes as long to refuse as a wrong secret. */
const nobodysHash = hashSecret(newSecret('nobody'));

/**
 * Runs a use case on an application. Its row lies with the intake, so that whoever is no supervisor comes in as the worker: an applicant
 * by the secret that it holds, whoever takes applications down for what its organisation took down.
 */
export function onApplication<T>(tenancy: Tenancy, caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (caller.role === 'applicant') return tenancy.asWorker('applicant', caller, work);
  return isResponder(caller) ? tenancy.asWorker('staff', caller, work) : tenancy.run(caller, work);
}

/** Whoever takes applications down for others: the staff of harbors, and who answers for an area. */
export const isResponder = ({ role }: Caller): boolean => role === 'harbor-staff' || role === 'area';

/** The application as far as the caller may reach it. A wrong secret, another's application and none at all are the same NOT_FOUND. */
export async function findApplication(tx: Tx, id: string, { lock = false } = {}): Promise<Application> {
  const found = await tx.manager.findOne(Application, { where: { id }, ...(lock && { lock: { mode: 'pessimistic_write' as const } }) });
  const { caller } = tx;
  const isOpened = caller?.role !== 'applicant' || secretMatches(caller.accessSecret ?? '', found?.accessSecretHash ?? nobodysHash);
  const isOwn = !caller || !isResponder(caller) || found?.responderOrgId === caller.organisationId;
  if (!found || !isOpened || !isOwn) throw notFound('application');
  return found;
}

/** Changes a locked application. For the worker and for supervisors: banks have no way to it. */
export async function changeApplication(tx: Tx, application: Application, changes: Partial<Application>): Promise<void> {
  Object.assign(application, changes, { version: application.version + 1 });
  await tx.manager.update(Application, { id: application.id }, { ...changes, version: application.version });
}

/** Refuses a move from any state but these with ILLEGAL_STATE. */
export function mustBeIn(application: Application, ...expected: readonly ApplicationState[]): void {
  if (!expected.includes(application.state)) {
    throw new DomainError('ILLEGAL_STATE', `The application is ${application.state}, not ${expected.join(' or ')}.`);
  }
}

/** Refuses to change what has ended. */
export function mustBeOpen({ state }: Application): void {
  if (isEnd(applicationWorkflow, state)) throw new DomainError('ILLEGAL_STATE', `The application is ${state}: nothing follows.`);
}
