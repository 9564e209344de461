import { newId } from '@finharbor/contracts/ids';
import { yuanOf } from '@finharbor/contracts/eligibility/decimals';
import { DomainError } from '@finharbor/contracts/errors';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { mayMove } from '@finharbor/platform/workflow/workflow';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { findDemand, onDemand } from '../demands/demand-access.js';
import { Demand } from '../demands/demand.entity.js';
import { DemandState, mustBeInTime } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { ProgressStage } from '../progress/demand-progress.entity.js';
import { Progress, progressOf } from '../progress/progress.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { DemandMoves } from '../workflows/demand-moves.js';
import { demandWorkflow } from '../workflows/demand.workflow.js';
import { mustGive } from '../workflows/reason-codes.js';
import { CounterOffer, CounterOfferAnswer } from './counter-offer.entity.js';
import { Endings, lent } from './endings.js';
import type { CounterOfferInput, EndDemandInput } from './routing.inputs.js';

/** What bank and enterprise say to each other about one demand beside the decision: no, not so, and on other terms. */
@Injectable()
export class DemandEndsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly disclosure: Disclosure,
    private readonly moves: DemandMoves,
    private readonly progress: Progress,
    private readonly endings: Endings,
    private readonly publisher: Publisher,
  ) {}

  /** The bank refuses what was routed to it, without accepting: it never learns who asks. */
  refuse(caller: Caller, id: string, { reasonCode, reasonText }: EndDemandInput): Promise<Demand> {
    return this.tenancy.run(caller, async (tx) => {
      const demand = await findDemand(tx, id, { lock: true });
      mustBeInTime(demand);
      mustGive('bank', reasonCode);
      if (reasonCode === ReasonCode.MEETS_CRITERIA) {
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'reasonCode', rule: 'outcome', message: 'reasonCode does not explain a refusal' }]);
      }
      await this.moves.move(tx, demand, 'decline', { reason: { code: reasonCode, text: reasonText } });
      await addStep(tx, demand, TrailStepKind.REJECTED, { reasonCode });
      await this.progress.reach(tx, demand, ProgressStage.ENDED, { reasonCode, reasonText });
      await audit(tx, { action: 'demand.refuse', resource: 'demand', resourceId: id, detail: { reasonCode } });
      return this.disclosure.showOne(tx, demand);
    });
  }

  /**
   * The applicant takes one demand back from its bank, which is told why where it offered or approved something, else that it is gone.
   * ILLEGAL_STATE when the loan was paid out.
   */
  withdraw(caller: Caller, id: string, { reasonCode, reasonText }: EndDemandInput): Promise<Demand> {
    return onDemand(this.tenancy, caller, async (tx) => {
      const demand = await findDemand(tx, id, { lock: true });
      mustGive('applicant', reasonCode);
      const reached = (await progressOf(tx, [id])).map(({ stage }) => stage);
      if (reached.includes(ProgressStage.LENT)) throw lent();
      if (mayMove(demandWorkflow, demand.state, 'refuse-offer', 'applicant')) {
        if (demand.state === DemandState.COUNTER_OFFERED) await this.answer(tx, demand, CounterOfferAnswer.DECLINED);
        await this.moves.move(tx, demand, 'refuse-offer', { reason: { code: reasonCode, text: reasonText } });
        await addStep(tx, demand, TrailStepKind.CUSTOMER_DECLINED, { reasonCode });
        // A replica of before may have let its bank tell that it ended, without a move.
        if (!reached.includes(ProgressStage.ENDED)) await this.progress.reach(tx, demand, ProgressStage.ENDED, { reasonCode, reasonText });
      } else if (demand.state === DemandState.SUBMITTED || !await this.endings.end(tx, id)) {
        throw new DomainError('ILLEGAL_STATE', `The demand is ${demand.state}: there is nothing to take back from a bank.`);
      }
      await audit(tx, { action: 'demand.take-back', resource: 'demand', resourceId: id, detail: { reasonCode } });
      return this.disclosure.showOne(tx, await findDemand(tx, id));
    });
  }

  counterOffer(caller: Caller, id: string, { amount, termMonths, annualRate, text }: CounterOfferInput): Promise<CounterOffer> {
    return this.tenancy.run(caller, async (tx) => {
      const demand = await findDemand(tx, id, { lock: true });
      await this.moves.move(tx, demand, 'counter-offer');
      const offer = tx.manager.create(CounterOffer, {
        id: newId(), orgId: demand.orgId, demandId: id, amount: yuanOf(amount), termMonths, annualRate: annualRate ?? null, text,
        offeredAt: new Date(), answer: null, answeredAt: null,
      });
      await tx.manager.insert(CounterOffer, offer);
      await addStep(tx, demand, TrailStepKind.COUNTER_OFFERED);
      await audit(tx, { action: 'demand.counter-offer', resource: 'demand', resourceId: id, detail: { offerId: offer.id } });
      return offer;
    });
  }

  counterOffers(caller: Caller, id: string): Promise<CounterOffer[]> {
    return onDemand(this.tenancy, caller, async (tx) =>
      tx.manager.find(CounterOffer, { where: { demandId: (await findDemand(tx, id)).id }, order: { id: 'ASC' } }));
  }

  /** The enterprise takes the other terms: the demand goes on where it was, and the bank decides. */
  takeOffer(caller: Caller, id: string): Promise<Demand> {
    return onDemand(this.tenancy, caller, (tx) => this.resume(tx, id, 'take-offer', CounterOfferAnswer.TAKEN, TrailStepKind.OFFER_TAKEN));
  }

  retractOffer(caller: Caller, id: string): Promise<Demand> {
    return this.tenancy.run(caller, (tx) => this.resume(tx, id, 'retract-offer', CounterOfferAnswer.RETRACTED, TrailStepKind.OFFER_RETRACTED));
  }

  private async resume(tx: Tx, id: string, action: 'take-offer' | 'retract-offer', answer: CounterOfferAnswer, step: TrailStepKind): Promise<Demand> {
    const demand = await findDemand(tx, id, { lock: true });
    await this.moves.move(tx, demand, action);
    await this.answer(tx, demand, answer);
    await addStep(tx, demand, step);
    await audit(tx, { action: `demand.${action}`, resource: 'demand', resourceId: id });
    return this.disclosure.showOne(tx, demand);
  }

  /** What the enterprise answers is told to the bank; what the bank takes back it knows. */
  private async answer(tx: Tx, { id: demandId, orgId }: Demand, answer: CounterOfferAnswer): Promise<void> {
    const [offer] = await tx.query<{ id: string }>(
      'update loan_matching.counter_offers set answer = $3, answered_at = now() where org_id = $1 and demand_id = $2 and answer is null returning id', [orgId, demandId, answer]);
    if (!offer || answer === CounterOfferAnswer.RETRACTED) return;
    await this.publisher.publish(tx, 'counter-offer.answered', {
      organisationId: orgId, aggregateId: offer.id, version: 2, payload: { offerId: offer.id, demandId, answer },
    });
  }
}
