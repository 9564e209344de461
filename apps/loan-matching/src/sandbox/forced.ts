import { setTimeout as pause } from 'node:timers/promises';
import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { type SandboxOutcome, sandboxOutcomes } from '@finharbor/contracts/sandbox';
import type { LoanMatchingConfig } from '../config.js';
import type { Demand } from '../demands/demand.entity.js';

/** Kind of the clock at which what a credit code forces happens. */
export const forcedClock = 'sandbox.outcome';

const byEnterprise = new Map(sandboxOutcomes.map((one) => [enterpriseIdOf(one.creditCode), one]));

/** What a sandbox does with the demand, by the credit code of its enterprise, of which a demand of a referral knows the id alone. */
export const forcedOutcomeOf = ({ enterpriseId }: Pick<Demand, 'enterpriseId'>): SandboxOutcome | undefined =>
  byEnterprise.get(enterpriseId ?? '');

/** The clock of a demand that just came to its bank, in a sandbox and where its credit code forces something; it runs out at once. */
export function sandboxClock(
  config: LoanMatchingConfig, { id, orgId, enterpriseId }: Demand,
): { kind: string; aggregateId: string; organisationId: string; dueAt: Date } | undefined {
  const forced = config.SANDBOX ? forcedOutcomeOf({ enterpriseId }) : undefined;
  if (!forced || forced.outcome === 'SLOW') return undefined;
  return { kind: forcedClock, aggregateId: id, organisationId: orgId, dueAt: new Date() };
}

/** The answer to a bank: late, in a sandbox and where the credit code says so. What it tells was committed long before. */
export async function slowly(config: LoanMatchingConfig, work: Promise<Demand>): Promise<Demand> {
  const demand = await work;
  if (config.SANDBOX && forcedOutcomeOf(demand)?.outcome === 'SLOW') await pause(config.SANDBOX_SLOW_MS);
  return demand;
}
