import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { move } from '@finharbor/platform/workflow/workflow';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { findEnterprise, isOnOffer } from '../copies/copies.js';
import { findDemand } from '../demands/demand-access.js';
import { RoutingService } from '../routing/routing.service.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { applicationWorkflow } from '../workflows/application.workflow.js';
import { DemandMoves } from '../workflows/demand-moves.js';
import { changeApplication, findApplication, mustBeIn } from './application-access.js';
import type { Application } from './application.entity.js';
import type { VerifyApplicationInput } from './application.inputs.js';
import { ApplicationState, Verification } from './application-states.js';
import { ApplicationView } from './application-view.js';
import { isVerified, verificationOf } from './verification.js';
import { recheckClock } from './verifying.js';

/** Applications that do not agree with the enterprise master, until it or a supervisor says otherwise. No bank sees them. */
@Injectable()
export class VerificationsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly due: Due,
    private readonly routing: RoutingService,
    private readonly moves: DemandMoves,
    private readonly view: ApplicationView,
  ) {}

  /** Compares it with what the master holds by now. What the master tells sets this clock again (`recheckAll`). */
  @OnDue(recheckClock)
  async recheck({ aggregateId: id }: DueClock, tx: Tx): Promise<void> {
    const application = await findApplication(tx, id, { lock: true });
    if (application.state !== ApplicationState.UNVERIFIED || !application.enterpriseId) return;
    const { enterpriseName } = await findDemand(tx, id);
    const verification = verificationOf(enterpriseName!, await findEnterprise(tx, application.enterpriseId));
    if (isVerified(verification)) await this.verify(tx, application, verification);
    else if (verification !== application.verification) await changeApplication(tx, application, { verification });
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

  /** From now on banks may have it, and it goes at once to what the enterprise chose meanwhile. */
  private async verify(tx: Tx, application: Application, verification: Verification): Promise<void> {
    const by = tx.caller ? 'supervisor' : 'service';
    const state = ApplicationState[move(applicationWorkflow, application.state, 'verify', by)];
    const chosen = application.chosenProductIds ?? [];
    await changeApplication(tx, application, { state, verification, chosenProductIds: null });
    await addStep(tx, application, TrailStepKind.VERIFIED);
    await this.due.cancel(tx, recheckClock, application.id);
    // It changed its mind meanwhile.
    if ((await findDemand(tx, application.id)).consentWithdrawnAt) return;
    const offered: string[] = [];
    for (const productId of chosen) if (await isOnOffer(tx, productId)) offered.push(productId);
    if (offered.length > 0) await this.routing.chooseIn(tx, application, offered);
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
