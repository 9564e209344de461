import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { CONFIG } from '@finharbor/platform/config/config';
import { On } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { hashSecret, newSecret } from '@finharbor/security/tokens/secrets';
import { Inject, Injectable } from '@nestjs/common';
import { ApplicationState } from '../applications/application-states.js';
import { keepApplicationOf } from '../applications/bare-application.js';
import type { LoanMatchingConfig } from '../config.js';
import { DecisionOutcome } from '../decisions/decision.entity.js';
import { DecisionsService } from '../decisions/decisions.service.js';
import { DemandClocks } from '../demand-clocks/demand-clocks.js';
import { consentTextVersion } from '../demands/consent-text.js';
import { findDemand } from '../demands/demand-access.js';
import { Demand } from '../demands/demand.entity.js';
import { DemandSource, DemandState, intakeId, isTooLate } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { RoutingService } from '../routing/routing.service.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { taken } from '../workflows/demand.workflow.js';
import { forcedClock, forcedOutcomeOf } from './forced.js';

const resetClock = 'sandbox.reset';
/** So many demands are closed in one transaction. */
const atOnce = 50;
/** What is approved of a demand that names no amount. */
const someYuan = '100000.00';

/** What a sandbox does with demands in a bank's place, by the very steps that the bank would take. Elsewhere it does nothing. */
@Injectable()
export class SandboxDemands {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly due: Due,
    private readonly publisher: Publisher,
    private readonly routing: RoutingService,
    private readonly decisions: DecisionsService,
    private readonly disclosure: Disclosure,
    private readonly clocks: DemandClocks,
  ) {}

  /** What the credit code forces, right after the demand was routed, or came from a claimed referral. */
  @OnDue(forcedClock)
  async force({ aggregateId: id }: DueClock, tx: Tx): Promise<void> {
    const demand = await findDemand(tx, id);
    const forced = forcedOutcomeOf(demand);
    const isRouted = demand.state === DemandState.ROUTED && !isTooLate(demand);
    const isNew = demand.source === DemandSource.REFERRAL ? demand.state === DemandState.ACCEPTED : isRouted;
    if (!this.config.SANDBOX || !forced || !isNew || demand.consentWithdrawnAt) return;
    if (isRouted && forced.outcome === 'TIME_OUT') await this.clocks.expireAccept(tx, id);
    if (isRouted && forced.outcome === 'DUPLICATE') await this.duplicate(tx, demand);
    if (forced.outcome === 'APPROVED') await this.decide(tx, demand, DecisionOutcome.APPROVED, ReasonCode.MEETS_CRITERIA);
    if (forced.outcome === 'REJECTED') await this.decide(tx, demand, DecisionOutcome.REJECTED, forced.reasonCode!);
  }

  @On('sandbox.reset')
  async reset({ payload: { organisationId } }: EventOf<'sandbox.reset'>, tx: Tx): Promise<void> {
    await this.closeLater(tx, organisationId);
  }

  /**
   * Rejects the open demands of a bank, some at a time. One whose consent was withdrawn before it was accepted stays, as does one whose
   * time to accept is over: no bank may take it.
   */
  @OnDue(resetClock)
  async close({ organisationId }: DueClock, tx: Tx): Promise<void> {
    if (!this.config.SANDBOX) return;
    const open = await tx.manager.createQueryBuilder(Demand, 'demand').where('demand.org_id = :organisationId', { organisationId })
      .andWhere(`(demand.state in (:...taken) or (demand.state = 'ROUTED' and demand.consent_withdrawn_at is null
        and not demand.accept_overdue and (demand.accept_due_at is null or demand.accept_due_at > :now)))`, { taken, now: new Date() })
      .orderBy('demand.id').limit(atOnce).getMany();
    for (const demand of open) await this.decide(tx, demand, DecisionOutcome.REJECTED, ReasonCode.OTHER);
    if (open.length === atOnce) await this.closeLater(tx, organisationId);
  }

  private closeLater(tx: Tx, organisationId: string): Promise<void> {
    return this.due.set(tx, { kind: resetClock, aggregateId: organisationId, organisationId, dueAt: new Date() });
  }

  private async decide(tx: Tx, { id, state, amount }: Demand, outcome: DecisionOutcome, reasonCode: ReasonCode): Promise<void> {
    if (state === DemandState.ROUTED) await this.routing.acceptIn(tx, id);
    const approved = outcome === DecisionOutcome.APPROVED;
    await this.decisions.decideIn(tx, id, { outcome, reasonCode, ...(approved ? { approvedAmount: Number(amount) > 0 ? amount : someYuan } : { reasonText: '沙盒演练，非真实结论。' }) });
  }

  /** The same enterprise a second time. Nobody holds the secret of this demand. */
  private async duplicate(tx: Tx, demand: Demand): Promise<void> {
    const holder = { id: newId(), orgId: demand.orgId };
    const contact = (await this.disclosure.open(tx, [demand])).get(demand.id);
    const copy = tx.manager.create(Demand, {
      ...demand, ...holder, furtherOf: null, applicationId: holder.id, version: 2, consentId: newId(), accessSecretHash: hashSecret(newSecret('demand')), submittedAt: new Date(),
      ...(contact && await this.disclosure.seal(tx, holder, contact)),
    });
    const { id, bankId, productId, harborId, consentId, acceptDueAt: dueAt } = copy;
    await tx.manager.insert(Demand, copy);
    await keepApplicationOf(tx, copy, ApplicationState.ROUTED);
    await tx.query(
      `insert into loan_matching.matches (demand_id, product_id, org_id, product_name, bank_id, verdict, rules)
       select $2, product_id, org_id, product_name, bank_id, verdict, rules from loan_matching.matches where demand_id = $1`, [demand.id, id],
    );
    await addStep(tx, { id, orgId: intakeId }, TrailStepKind.SUBMITTED, { consentId });
    await addStep(tx, copy, TrailStepKind.ROUTED, { productId, dueAt });
    await this.publisher.publish(tx, 'demand.submitted', { organisationId: intakeId, aggregateId: id, version: 1, payload: { demandId: id, harborId } });
    await this.publisher.publish(tx, 'consent.given', {
      organisationId: intakeId, aggregateId: consentId, version: 1,
      payload: { consentId, demandId: id, textVersion: consentTextVersion, givenAt: copy.submittedAt.toISOString() },
    });
    await this.publisher.publish(tx, 'demand.chosen', {
      organisationId: holder.orgId, aggregateId: id, version: 2,
      payload: { demandId: id, bankId: bankId!, productId: productId!, harborId, acceptBy: dueAt?.toISOString() ?? null },
    });
  }
}
