import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { CONFIG } from '@finharbor/platform/config/config';
import { oneByOne } from '@finharbor/platform/delivery/handlers';
import { On, OnBatch } from '@finharbor/platform/delivery/on';
import { Due } from '@finharbor/platform/due/due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Inject, Injectable } from '@nestjs/common';
import type { LoanMatchingConfig } from '../config.js';
import { Cultivation } from '../cultivation/cultivation.js';
import { lockAll } from '../cultivation/locks.js';
import { DecisionOutcome } from '../decisions/decision.entity.js';
import { DecisionsService } from '../decisions/decisions.service.js';
import { sandboxClock } from '../sandbox/forced.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { isTaken } from '../workflows/demand.workflow.js';
import { DemandMoves } from '../workflows/demand-moves.js';
import { keepClaimed } from './claimed-demand.js';
import { Demand } from './demand.entity.js';

/** Rows of lists that banks claimed or rejected. A claim is told once or often, before or after what follows it: one demand for each. */
@Injectable()
export class ReferralDemandsConsumer {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly due: Due,
    private readonly decisions: DecisionsService,
    private readonly cultivation: Cultivation,
    private readonly moves: DemandMoves,
  ) {}

  /** The claim is the acceptance: the bank knows the enterprise, and goes on with the demand as with any other. */
  @OnBatch('referral.claimed')
  async claimed(events: EventOf<'referral.claimed'>[], tx: Tx): Promise<void> {
    await lockReferrals(tx, events);
    await oneByOne<'referral.claimed'>((event) => this.claim(tx, event))(events, tx);
  }

  private async claim(tx: Tx, { payload }: EventOf<'referral.claimed'>): Promise<void> {
    const { referralId, bankId, consentId } = payload;
    // Rejected or recalled since, and told sooner.
    const [recalled] = await tx.query('select from loan_matching.recalled_referrals where referral_id = $1', [referralId]);
    if (recalled || await this.cultivation.holds(tx, bankId, referralId)) return;
    const demand = await keepClaimed(tx, payload);
    if (!demand) return;
    await addStep(tx, demand, TrailStepKind.CLAIMED, { consentId });
    await audit(tx, { action: 'demand.claim', resource: 'demand', resourceId: demand.id, detail: { referralId, consentId } });
    const forced = sandboxClock(this.config, demand);
    if (forced) await this.due.set(tx, forced);
  }

  /** What the bank had claimed before ends with it; whatever was rejected goes to the cultivation ledger. */
  @OnBatch('referral.rejected')
  async rejected(events: EventOf<'referral.rejected'>[], tx: Tx): Promise<void> {
    await lockReferrals(tx, events);
    await lockAll(tx, 'enterprise', events.map(({ payload: { enterpriseId } }) => enterpriseId));
    await oneByOne<'referral.rejected'>((event) => this.reject(tx, event))(events, tx);
  }

  private async reject(tx: Tx, { payload }: EventOf<'referral.rejected'>): Promise<void> {
    const { referralId, entryId, bankId, enterpriseId, reasonCode } = payload;
    const demand = await tx.manager.findOneBy(Demand, { orgId: bankId, referralId });
    if (demand && isTaken(demand)) {
      await this.decisions.decideIn(tx, demand.id, { outcome: DecisionOutcome.REJECTED, reasonCode, reasonText: '银行对该名单行答复：不予支持。' });
    } else if (!demand) {
      await this.cultivation.add(tx, { source: 'REFERRAL', rejectedId: referralId, bankId, enterpriseId, listEntryId: entryId, reasonCode, reasonText: null });
    }
  }

  /** What was recalled is withdrawn here too: the bank goes on with it no more, and knows the enterprise no more. What it decided stays. */
  @On('referrals.recalled')
  async recalled({ organisationId: orgId, payload: { recallId, claimedIds = [] } }: EventOf<'referrals.recalled'>, tx: Tx): Promise<void> {
    await lockAll(tx, 'referral', claimedIds);
    for (const referralId of [...claimedIds].sort()) {
      await tx.query('insert into loan_matching.recalled_referrals (referral_id) values ($1) on conflict do nothing', [referralId]);
      const demand = await tx.manager.findOne(Demand, { where: { orgId, referralId }, lock: { mode: 'pessimistic_write' } });
      if (!demand || !isTaken(demand)) continue;
      await this.moves.move(tx, demand, 'withdraw', { reason: { code: ReasonCode.RECALLED, text: '推荐单位撤回该名单行。' } });
      await addStep(tx, demand, TrailStepKind.WITHDRAWN, { reasonCode: ReasonCode.RECALLED });
      await audit(tx, { action: 'demand.withdraw', resource: 'demand', resourceId: demand.id, detail: { recallId } });
    }
  }
}

/** Of a claim and a rejection that are told at once, the later one finds what the other did. */
const lockReferrals = (tx: Tx, events: readonly { payload: { referralId: string } }[]): Promise<void> =>
  lockAll(tx, 'referral', events.map(({ payload: { referralId } }) => referralId));
