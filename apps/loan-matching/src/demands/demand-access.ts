import { DomainError, notFound } from '@finharbor/contracts/errors';
import type { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { hashSecret, newSecret, secretMatches } from '@finharbor/security/tokens/secrets';
import { Demand } from './demand.entity.js';

/** An unknown demand is compared with this, so that it takes as long to refuse as a wrong secret. */
const nobodysHash = hashSecret(newSecret('nobody'));

/** Runs a use case on a demand. An applicant has no organisation: it comes in by the secret of the one demand that it holds. */
export function onDemand<T>(tenancy: Tenancy, caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> {
  return caller.role === 'applicant' ? tenancy.asWorker('applicant', caller, work) : tenancy.run(caller, work);
}

/**
 * The demand, as far as the caller may reach it: row level security decides for organisations, the secret for an
 * applicant. A wrong secret, another's demand and none at all are the same NOT_FOUND.
 */
export async function findDemand(tx: Tx, id: string, { lock = false } = {}): Promise<Demand> {
  const demand = await tx.manager.findOne(Demand, { where: { id }, ...(lock && { lock: { mode: 'pessimistic_write' as const } }) });
  const { caller } = tx;
  const denied = caller?.role === 'applicant' && !secretMatches(caller.accessSecret ?? '', demand?.accessSecretHash ?? nobodysHash);
  if (!demand || denied) throw notFound('demand');
  return demand;
}

/** Refuses to disclose anything of a demand whose consent was withdrawn. */
export function mustBeConsented({ consentWithdrawnAt }: Demand): void {
  if (consentWithdrawnAt) throw new DomainError('CONSENT_WITHDRAWN', 'The enterprise took back its consent that a bank may know who it is.');
}

/** Moves a locked demand along, with the version that its next event carries. */
export async function change(tx: Tx, demand: Demand, changes: Partial<Demand>): Promise<void> {
  Object.assign(demand, changes, { version: demand.version + 1 });
  await tx.manager.update(Demand, { id: demand.id }, { ...changes, version: demand.version });
}
