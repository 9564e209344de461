import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import { Application } from '../applications/application.entity.js';
import { changeApplication } from '../applications/application-access.js';
import { intakeId } from '../demands/demand-states.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { PlatformApplications } from './platform-applications.js';

const by = 'platform';

/** What the outside platform said in signed files, which enterprise-lists verified and tells once. */
@Injectable()
export class PlatformConsumer {
  constructor(private readonly applications: PlatformApplications) {}

  /** The receipts: only by them a need is there, or gone again. */
  @On('platform-demands.confirmed')
  async confirmed({ payload }: EventOf<'platform-demands.confirmed'>, tx: Tx): Promise<void> {
    const [sentAt, receivedAt] = [new Date(payload.sentAt), new Date(payload.receivedAt)];
    const isRecall = payload.kind === 'DEMAND_RECALL';
    const changes = isRecall ? { platformRecallReceivedAt: receivedAt } : { platformSentAt: sentAt, platformReceivedAt: receivedAt };
    for (const offerId of [...payload.offerIds].sort()) {
      const application = await find(tx, offerId);
      if (!application) continue;
      await changeApplication(tx, application, changes);
      const step = isRecall ? TrailStepKind.PLATFORM_RECALLED : TrailStepKind.PLATFORM_RECEIVED;
      await addStep(tx, { id: application.id, orgId: intakeId }, step, { by });
      await audit(tx, { action: isRecall ? 'application.recall-confirm' : 'application.offer-confirm', resource: 'application', resourceId: application.id, detail: { fileId: payload.fileId } });
    }
  }

  @On('platform-application.received')
  async received(event: EventOf<'platform-application.received'>, tx: Tx): Promise<void> {
    await this.applications.take(tx, event);
  }

  /** What a bank there did is a step of the application, which no bank here sees. It moves nothing: those banks are not ours. */
  @On('platform-outcome.received')
  async outcome({ payload: { offerId, result, reasonCode, at } }: EventOf<'platform-outcome.received'>, tx: Tx): Promise<void> {
    const application = await find(tx, offerId);
    if (!application) return;
    await addStep(tx, { id: application.id, orgId: intakeId }, TrailStepKind[result], { by, reasonCode, at: new Date(at) });
    await audit(tx, { action: 'application.platform-outcome', resource: 'application', resourceId: application.id, detail: { result, reasonCode } });
  }
}

const find = (tx: Tx, platformOfferId: string): Promise<Application | null> =>
  tx.manager.findOne(Application, { where: { orgId: intakeId, platformOfferId }, lock: { mode: 'pessimistic_write' } });
