import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import type { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { change } from '../demands/demand-access.js';
import type { Demand } from '../demands/demand.entity.js';
import { DemandProgress, ProgressStage } from './demand-progress.entity.js';

interface StageFacts {
  /** Yuan, with CREDITED and LENT. */
  amount?: string;
  /** With ENDED, and with CREDITED where the bank gave one. */
  reasonCode?: ReasonCode;
  reasonText?: string | null;
}

/** The stages of demands that the transaction may see, in order. */
export const progressOf = (tx: Tx, demandIds: readonly string[]): Promise<DemandProgress[]> =>
  tx.manager.find(DemandProgress, { where: { demandId: In([...demandIds]) }, order: { id: 'ASC' } });

/** Whether a bank paid a loan out for one of these. For whoever holds their locks that is so as long as it holds them. */
export const hasLent = async (tx: Tx, demandIds: readonly string[]): Promise<boolean> =>
  (await progressOf(tx, demandIds)).some(({ stage }) => stage === ProgressStage.LENT);

/** Refuses by name what has been told already, or comes after the end. */
export async function mustNotHaveReached(tx: Tx, demandId: string, ...stages: ProgressStage[]): Promise<void> {
  const reached = new Set((await progressOf(tx, [demandId])).map(({ stage }) => stage));
  const over = stages.find((one) => reached.has(one));
  if (over) throw new DomainError('ILLEGAL_STATE', `The demand is ${over} already.`);
}

/** How far demands came: kept, and told to whoever mirrors it. */
@Injectable()
export class Progress {
  constructor(private readonly publisher: Publisher) {}

  /** A locked demand reaches a stage. */
  async reach(tx: Tx, demand: Demand, stage: ProgressStage, { amount, reasonCode, reasonText }: StageFacts = {}): Promise<void> {
    const { id: demandId, orgId: bankId, referralId, enterpriseId } = demand;
    const facts = { amount: amount ?? null, reasonCode: reasonCode ?? null };
    await tx.manager.insert(DemandProgress, {
      id: newId(), orgId: bankId, demandId, stage, ...facts, reasonText: reasonText ?? null, at: new Date(),
    });
    await change(tx, demand, {});
    await this.publisher.publish(tx, 'demand.progressed', {
      organisationId: bankId, aggregateId: demandId, version: demand.version,
      payload: { demandId, referralId, bankId, enterpriseId: enterpriseId!, stage, ...facts },
    });
  }

  /** An approval: who approves has spoken with the enterprise, even where the bank did not tell. */
  async credit(tx: Tx, demand: Demand, facts: Required<Pick<StageFacts, 'amount' | 'reasonCode'>>): Promise<void> {
    await this.dock(tx, demand);
    await this.reach(tx, demand, ProgressStage.CREDITED, facts);
  }

  /** The bank spoke with the enterprise, unless it told so before. */
  async dock(tx: Tx, demand: Demand): Promise<void> {
    const stages = await progressOf(tx, [demand.id]);
    if (!stages.some(({ stage }) => stage === ProgressStage.DOCKED)) await this.reach(tx, demand, ProgressStage.DOCKED);
  }
}
