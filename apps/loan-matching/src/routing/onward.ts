import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { CONFIG } from '@finharbor/platform/config/config';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Inject, Injectable } from '@nestjs/common';
import type { Application } from '../applications/application.entity.js';
import { changeApplication } from '../applications/application-access.js';
import { ApplicationSource, ApplicationState, RoutingMode } from '../applications/application-states.js';
import type { LoanMatchingConfig } from '../config.js';
import { Demand } from '../demands/demand.entity.js';
import { intakeId } from '../demands/demand-states.js';
import { PlatformOffers } from '../outside-platform/platform-offers.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { followDemands } from '../workflows/application-course.js';
import { isOpen, lockApplication, stateAfter } from './application-moves.js';
import { BankRows } from './bank-rows.js';
import { Candidates, hostBankOf } from './candidates.js';
import { Endings } from './endings.js';
import { Pooling } from './pooling.js';

/**
 * What becomes of an application when its banks are through with it: on to the next fitting bank, the pool, the host bank of its area,
 * at last the supervisor. Runs as the worker, in transactions of its own that begin with the lock of the application.
 */
@Injectable()
export class Onward {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly publisher: Publisher,
    private readonly rows: BankRows,
    private readonly endings: Endings,
    private readonly pooling: Pooling,
    private readonly candidates: Candidates,
    private readonly offers: PlatformOffers,
  ) {}

  /** A demand moved to a state, and its application followed. */
  async follow(tx: Tx, applicationId: string, to: string): Promise<void> {
    const application = await lockApplication(tx, applicationId);
    if (application?.state !== ApplicationState.SUBMITTED) return;
    const rows = await this.rows.of(tx, application);
    if (rows.length === 0 || rows.some(isOpen)) return;
    if (application.source === ApplicationSource.REFERRAL) return this.end(tx, application, 'close', rows.at(-1)!.endReasonCode ?? ReasonCode.OTHER);
    await this.next(tx, application, rows, to);
  }

  /**
   * No bank of the round is left. Where the enterprise agreed to it, what was refused goes to the next fitting bank, and what nobody took
   * in time to the pool, as does what no further bank fits; else the enterprise chooses again.
   */
  private async next(tx: Tx, application: Application, rows: readonly Demand[], last: string): Promise<void> {
    if (application.round >= this.config.ROUTING_ROUNDS) return this.exhaust(tx, application);
    const first = await tx.manager.findOneByOrFail(Demand, { id: application.id });
    const goesOn = ['REJECTED', 'EXPIRED'].includes(last);
    if (!goesOn || !application.onwardConsentAt || first.consentWithdrawnAt) return;
    const candidate = last === 'EXPIRED' ? undefined : await this.candidates.best(tx, application, rows.map(({ orgId }) => orgId));
    if (!candidate) return this.pooling.open(tx, application, rows);
    await addStep(tx, { id: application.id, orgId: intakeId }, TrailStepKind.CASCADED, { productId: candidate.productId });
    await changeApplication(tx, application, { round: application.round + 1 });
    await this.rows.route(tx, application, candidate);
    await followDemands(tx, application.id);
  }

  /** The time of a bank to accept ran out: it loses the demand, whatever other banks do. What follows comes by that move. */
  async acceptOverdue(tx: Tx, demandId: string): Promise<void> {
    const application = await lockApplication(tx, (await tx.manager.findOneBy(Demand, { id: demandId }))?.applicationId);
    if (application) await this.endings.expire(tx, demandId);
  }

  /** A bank lent: all others are told that the enterprise needs it no more. */
  async lent(tx: Tx, demandId: string): Promise<void> {
    const application = await lockApplication(tx, (await tx.manager.findOneBy(Demand, { id: demandId }))?.applicationId);
    if (!application || application.closedAt) return;
    await this.endings.endAll(tx, application, { except: [demandId] });
    await followDemands(tx, application.id);
    Object.assign(application, await lockApplication(tx, application.id));
    if (application.state !== ApplicationState.APPROVED) return;
    await changeApplication(tx, application, { state: stateAfter(application, 'fund'), closedAt: new Date() });
    await this.offers.recall(tx, application);
    await addStep(tx, { id: application.id, orgId: intakeId }, TrailStepKind.FUNDED);
  }

  /** Nobody took it out of the pool: the host bank of its area is asked, if it was not yet; else the supervisor. */
  async poolRanOut(tx: Tx, application: Application): Promise<void> {
    const rows = await this.rows.of(tx, application);
    await addStep(tx, { id: application.id, orgId: intakeId }, TrailStepKind.POOL_CLOSED);
    const first = await tx.manager.findOneByOrFail(Demand, { id: application.id });
    const hostBank = await hostBankOf(tx, first);
    const candidate = hostBank && await this.candidates.best(tx, application, rows.map(({ orgId }) => orgId), hostBank);
    if (!candidate || first.consentWithdrawnAt || application.round >= this.config.ROUTING_ROUNDS) return this.exhaust(tx, application);
    await changeApplication(tx, application, { round: application.round + 1, mode: RoutingMode.DESIGNATED });
    await this.rows.route(tx, application, candidate);
    await followDemands(tx, application.id);
  }

  private async exhaust(tx: Tx, application: Application): Promise<void> {
    await changeApplication(tx, application, { state: stateAfter(application, 'exhaust') });
    const { id: applicationId, version, round: rounds } = application;
    await addStep(tx, { id: applicationId, orgId: intakeId }, TrailStepKind.EXHAUSTED);
    await this.publisher.publish(tx, 'application.exhausted', {
      organisationId: intakeId, aggregateId: applicationId, version, payload: { applicationId, rounds },
    });
    await audit(tx, { action: 'application.exhaust', resource: 'application', resourceId: applicationId });
  }

  private async end(tx: Tx, application: Application, action: 'close', code: ReasonCode): Promise<void> {
    const reason = { code, text: '该推荐行已由银行答复。' };
    await changeApplication(tx, application, {
      state: stateAfter(application, action, reason), reasonCode: code, reasonText: reason.text, closedAt: new Date(),
    });
  }
}
