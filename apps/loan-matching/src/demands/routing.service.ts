import { DomainError } from '@finharbor/contracts/errors';
import { CONFIG } from '@finharbor/platform/config/config';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import type { LoanMatchingConfig } from '../config.js';
import { isOnOffer } from '../copies/copies.js';
import { Match } from '../matching/match.entity.js';
import { MatchOutcome } from '../matching/matching.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { sandboxClock, slowly } from '../sandbox/forced.js';
import { acceptBy, acceptClock } from './accept-clock.js';
import { change, findDemand, mustBeConsented, onDemand } from './demand-access.js';
import { Demand } from './demand.entity.js';
import { DemandState, mustBe } from './demand-states.js';
import { Disclosure } from './disclosure.js';

/** How a demand reaches its bank: the enterprise chooses (先匹配、后下单), the bank accepts against a clock. */
@Injectable()
export class RoutingService {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly due: Due,
    private readonly disclosure: Disclosure,
    private readonly reference: ReferenceCopies,
  ) {}

  /** The enterprise chooses one of its matches, once: the demand moves to that bank. A product that does not fit is refused. */
  choose(caller: Caller, id: string, productId: string): Promise<Demand> {
    return onDemand(this.tenancy, caller, async (tx) => {
      const demand = await findDemand(tx, id, { lock: true });
      mustBe(demand, DemandState.SUBMITTED);
      const { bankId } = await this.choosable(tx, id, productId);
      const [calendar, terms] = [await this.reference.calendar(tx), await this.reference.serviceLevels(tx)];
      const dueAt = acceptBy(new Date(), this.config.DEMAND_ACCEPT_WORKING_DAYS, calendar, terms) ?? null;
      await addStep(tx, demand, TrailStepKind.CHOSEN, { productId });
      const contact = (await this.disclosure.open(tx, [demand])).get(id);
      await change(tx, demand, {
        orgId: bankId, bankId, productId, state: DemandState.ROUTED, acceptDueAt: dueAt,
        ...(contact && await this.disclosure.seal(tx, { id, orgId: bankId }, contact, demand.contactNameEncrypted)),
      });
      await tx.manager.update(Match, { demandId: id, productId }, { orgId: bankId });
      await addStep(tx, demand, TrailStepKind.ROUTED, { productId, dueAt });
      if (dueAt) await this.due.set(tx, { kind: acceptClock, aggregateId: id, organisationId: bankId, dueAt });
      else await addStep(tx, demand, TrailStepKind.CLOCK_NOT_COVERED);
      const forced = sandboxClock(this.config, demand);
      if (forced) await this.due.set(tx, forced);
      await this.publisher.publish(tx, 'demand.chosen', {
        organisationId: bankId, aggregateId: id, version: demand.version,
        payload: { demandId: id, bankId, productId, harborId: demand.harborId, acceptBy: dueAt?.toISOString() ?? null },
      });
      await audit(tx, { action: 'demand.choose', resource: 'demand', resourceId: id, detail: { productId, bankId } });
      return this.disclosure.showOne(tx, demand);
    });
  }

  /** The bank takes the demand on, and from now on may know who the enterprise is, under its consent. */
  accept(caller: Caller, id: string): Promise<Demand> {
    return slowly(this.config, this.tenancy.run(caller, async (tx) => this.disclosure.showOne(tx, await this.acceptIn(tx, id))));
  }

  /** The same within a transaction that does more. */
  async acceptIn(tx: Tx, id: string): Promise<Demand> {
    // Clock before demand, as the clock's own handler locks them: the other way round the two could block each other.
    await this.due.cancel(tx, acceptClock, id);
    const demand = await findDemand(tx, id, { lock: true });
    mustBe(demand, DemandState.ROUTED);
    mustBeConsented(demand);
    await change(tx, demand, { state: DemandState.ACCEPTED });
    const { consentId } = demand;
    await addStep(tx, demand, TrailStepKind.ACCEPTED, { consentId });
    await this.publisher.publish(tx, 'demand.accepted', {
      organisationId: demand.orgId, aggregateId: id, version: demand.version,
      payload: { demandId: id, bankId: demand.orgId, enterpriseId: demand.enterpriseId!, consentId },
    });
    await audit(tx, { action: 'demand.accept', resource: 'demand', resourceId: id, detail: { consentId } });
    return demand;
  }

  /** The bank did not accept in time: recorded for the supervisors, and the bank may still accept. */
  @OnDue(acceptClock)
  async acceptOverdue({ aggregateId, dueAt }: DueClock, tx: Tx): Promise<void> {
    const demand = await findDemand(tx, aggregateId, { lock: true });
    if (demand.state !== DemandState.ROUTED) return;
    await change(tx, demand, { acceptOverdue: true });
    await addStep(tx, demand, TrailStepKind.ACCEPT_OVERDUE, { dueAt });
    await audit(tx, { action: 'demand.accept-overdue', resource: 'demand', resourceId: aggregateId });
  }

  private async choosable(tx: Tx, demandId: string, productId: string): Promise<Match> {
    const match = await tx.manager.findOneBy(Match, { demandId, productId });
    const refuse = (rule: string, message: string): DomainError =>
      new DomainError('VALIDATION_FAILED', undefined, [{ field: 'productId', rule, message }]);
    if (!match) throw refuse('match', 'productId is none of the matches of this demand');
    if (match.verdict === MatchOutcome.FAIL) throw refuse('verdict', 'productId is a product whose rules this demand does not keep');
    if (!await isOnOffer(tx, productId)) throw refuse('onOffer', 'productId is not on offer any more');
    return match;
  }
}
