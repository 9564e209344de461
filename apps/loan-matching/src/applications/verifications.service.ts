import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { CONFIG } from '@finharbor/platform/config/config';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { move } from '@finharbor/platform/workflow/workflow';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import type { LoanMatchingConfig } from '../config.js';
import { findEnterprise, isOnOffer } from '../copies/copies.js';
import { findDemand } from '../demands/demand-access.js';
import { MatchOutcome } from '../matching/matching.js';
import { Matching } from '../matching/matching.service.js';
import { PlatformApplications } from '../outside-platform/platform-applications.js';
import { PlatformOffers } from '../outside-platform/platform-offers.js';
import { RoutingService } from '../routing/routing.service.js';
import { addStep } from '../trail/trail.js';
import { TrailStep, TrailStepKind } from '../trail/trail-step.entity.js';
import { applicationWorkflow } from '../workflows/application.workflow.js';
import { DemandMoves } from '../workflows/demand-moves.js';
import { changeApplication, findApplication, mustBeIn } from './application-access.js';
import type { Application } from './application.entity.js';
import type { VerifyApplicationInput } from './application.inputs.js';
import { ApplicationSource, ApplicationState, Verification } from './application-states.js';
import { ApplicationView } from './application-view.js';
import { matchAnew } from './matching-anew.js';
import { isVerified, verificationOf } from './verification.js';
import { recheckClock, unverifiedClock } from './verifying.js';

/** Applications that do not agree with the enterprise master, until it or a supervisor says otherwise. No bank sees them. */
@Injectable()
export class VerificationsService {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly tenancy: Tenancy,
    private readonly due: Due,
    private readonly publisher: Publisher,
    private readonly routing: RoutingService,
    private readonly matching: Matching,
    private readonly moves: DemandMoves,
    private readonly view: ApplicationView,
    private readonly offers: PlatformOffers,
    private readonly fromPlatform: PlatformApplications,
  ) {}

  /** Compares it with what the master holds by now. What the master tells sets this clock again (`recheckAll`). */
  @OnDue(recheckClock)
  async recheck({ aggregateId: id }: DueClock, tx: Tx): Promise<void> {
    if (await isAsItWas(tx, id)) return;
    const application = await findApplication(tx, id, { lock: true });
    if (application.state !== ApplicationState.UNVERIFIED || !application.enterpriseId) return;
    const { enterpriseName } = await findDemand(tx, id);
    const verification = verificationOf(enterpriseName!, await findEnterprise(tx, application.enterpriseId));
    if (isVerified(verification)) await this.verify(tx, application, verification);
    else if (verification !== application.verification) await changeApplication(tx, application, { verification });
  }

  /** Tells the supervisor, whose it is, if neither the master nor anybody said otherwise meanwhile. */
  @OnDue(unverifiedClock)
  async staysUnverified({ aggregateId: id }: DueClock, tx: Tx): Promise<void> {
    const { state, orgId, version } = await findApplication(tx, id);
    if (state !== ApplicationState.UNVERIFIED) return;
    await this.publisher.publish(tx, 'application.unverified', { organisationId: orgId, aggregateId: id, version, payload: { applicationId: id } });
  }

  /** A supervisor looked at it. What is refused is closed, and says why. */
  decide(caller: Caller, id: string, { outcome, reasonText }: VerifyApplicationInput): Promise<Application> {
    return this.tenancy.asWorker('supervision', caller, async (tx) => {
      const application = await findApplication(tx, id, { lock: true });
      mustBeIn(application, ApplicationState.UNVERIFIED);
      if (outcome === 'VERIFIED') await this.verify(tx, application, Verification.BY_SUPERVISOR);
      else await this.refuse(tx, application, reasonText);
      await audit(tx, { action: 'application.verify', resource: 'application', resourceId: id, detail: { outcome, reason: reasonText } });
      return this.view.showOne(tx, application);
    });
  }

  /**
   * From now on banks may have it. It is matched anew with what the master holds, and goes at once to what the enterprise chose meanwhile,
   * where that still fits. One that an outside platform sent has nobody to choose: it goes on by itself.
   */
  private async verify(tx: Tx, application: Application, verification: Verification): Promise<void> {
    const by = tx.caller ? 'supervisor' : 'service';
    const state = ApplicationState[move(applicationWorkflow, application.state, 'verify', by)];
    const chosen = application.chosenProductIds ?? [];
    await changeApplication(tx, application, { state, verification, chosenProductIds: null });
    await addStep(tx, application, TrailStepKind.VERIFIED);
    await matchAnew(tx, this.matching, application);
    await this.due.cancel(tx, recheckClock, application.id);
    const first = await findDemand(tx, application.id);
    // It changed its mind meanwhile.
    if (first.consentWithdrawnAt) return;
    await this.offers.offer(tx, application, first);
    const offered: string[] = [];
    for (const productId of chosen) {
      if (await isOnOffer(tx, productId) && await this.fits(tx, application, productId)) offered.push(productId);
    }
    // What was kept before there was a limit on it must not stand in the way.
    const most = offered.slice(0, this.config.ROUTING_BANKS_AT_ONCE);
    if (most.length > 0) await this.routing.chooseIn(tx, application, most, undefined, await chooserOf(tx, application));
    else if (application.source === ApplicationSource.PLATFORM) await this.fromPlatform.goOn(tx, application);
  }

  /** By the master's facts a product may fail that fitted by the applicant's own. */
  private async fits(tx: Tx, application: Application, productId: string): Promise<boolean> {
    return !('facts' in application.facts) || (await this.matching.matchOne(tx, application, productId))?.verdict !== MatchOutcome.FAIL;
  }

  private async refuse(tx: Tx, application: Application, text: string): Promise<void> {
    const reason = { code: ReasonCode.NOT_VERIFIED, text };
    const state = ApplicationState[move(applicationWorkflow, application.state, 'close', 'supervisor', { reason })];
    const demand = await findDemand(tx, application.id, { lock: true });
    await this.moves.move(tx, demand, 'withdraw', { reason });
    await changeApplication(tx, application, {
      state, verification: Verification.REFUSED, reasonCode: reason.code, reasonText: text, closedAt: new Date(),
    });
    await addStep(tx, application, TrailStepKind.NOT_VERIFIED, { reasonCode: reason.code });
    await this.due.cancel(tx, recheckClock, application.id);
  }
}

/** Who chose while it was not verified. Choices were no steps once, and are the enterprise's. */
async function chooserOf(tx: Tx, { id, orgId }: Application): Promise<string> {
  const [kept] = await tx.manager.find(TrailStep, { where: { orgId, demandId: id, step: TrailStepKind.CHOICE_KEPT }, order: { id: 'DESC' }, take: 1 });
  return kept?.by ?? 'applicant';
}

/** Looked at without a lock, since most are: what may have changed is then compared under one. */
async function isAsItWas(tx: Tx, id: string): Promise<boolean> {
  const [one] = await tx.query<{ state: string; verification: Verification; enterpriseId: string | null; name: string | null }>(
    `select a.state, a.verification, a.enterprise_id as "enterpriseId", d.enterprise_name as name
     from loan_matching.applications a join loan_matching.demands d on d.id = a.id where a.id = $1`, [id]);
  if (one?.state !== ApplicationState.UNVERIFIED || one.enterpriseId === null || one.name === null) return false;
  return verificationOf(one.name, await findEnterprise(tx, one.enterpriseId)) === one.verification;
}
