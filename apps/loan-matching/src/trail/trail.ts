import { newId } from '@finharbor/contracts/ids';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { In } from 'typeorm';
import { TrailStep, type TrailStepKind } from './trail-step.entity.js';

type StepFacts = Partial<Pick<TrailStep, 'productId' | 'consentId' | 'reasonCode' | 'dueAt' | 'by' | 'at'>>;

/** Adds a step to the trail of a demand, for its present holder to see; `by` where the holder must not see who. Never changed. */
export async function addStep(tx: Tx, demand: { id: string; orgId: string }, step: TrailStepKind, facts: StepFacts = {}): Promise<void> {
  tx.insertLater(TrailStep, {
    id: newId(), orgId: demand.orgId, demandId: demand.id, step, by: tx.caller?.role ?? 'service', at: new Date(), ...facts,
  });
}

/** The steps of demands that the transaction may see, oldest first. */
export const stepsOf = (tx: Tx, demandIds: readonly string[]): Promise<TrailStep[]> =>
  tx.manager.find(TrailStep, { where: { demandId: In([...demandIds]) }, order: { id: 'ASC' } });
