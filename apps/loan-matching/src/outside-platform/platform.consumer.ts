import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { oneByOne } from '@finharbor/platform/delivery/handlers';
import { On, OnBatch } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import { Application } from '../applications/application.entity.js';
import { changeApplication } from '../applications/application-access.js';
import { Cultivation } from '../cultivation/cultivation.js';
import { lockAll } from '../cultivation/locks.js';
import { intakeId, platformId } from '../demands/demand-states.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { PlatformApplications } from './platform-applications.js';

const by = 'platform';

/** What the outside platform said in signed files, which enterprise-lists verified and tells once. */
@Injectable()
export class PlatformConsumer {
  constructor(private readonly applications: PlatformApplications, private readonly cultivation: Cultivation) {}

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

  /** Enterprises are locked before applications, as wherever rejections are told. */
  @OnBatch('platform-outcome.received')
  async outcomes(events: EventOf<'platform-outcome.received'>[], tx: Tx): Promise<void> {
    const enterprises = await enterprisesOf(tx, events.filter(({ payload }) => payload.reasonCode).map(({ payload }) => payload.offerId));
    await lockAll(tx, 'enterprise', [...enterprises.values()]);
    await oneByOne<'platform-outcome.received'>((event) => this.outcome(tx, event, enterprises.get(event.payload.offerId)))(events, tx);
  }

  /**
   * What a bank there did is a step of the application, which no bank here sees. It moves nothing: those banks are not ours. What it
   * refused is to be mended all the same; nobody tells which bank it was, so that each rejection goes by its event.
   */
  private async outcome(tx: Tx, { id, payload }: EventOf<'platform-outcome.received'>, enterpriseId?: string): Promise<void> {
    const { offerId, result, reasonCode, at } = payload;
    const application = await find(tx, offerId);
    if (!application) return;
    await addStep(tx, { id: application.id, orgId: intakeId }, TrailStepKind[result], { by, reasonCode, at: new Date(at) });
    await audit(tx, { action: 'application.platform-outcome', resource: 'application', resourceId: application.id, detail: { result, reasonCode } });
    if (!enterpriseId || !reasonCode) return;
    await this.cultivation.add(tx, {
      source: 'DEMAND', rejectedId: id, bankId: platformId, enterpriseId, listEntryId: null, reasonCode, reasonText: null,
    });
  }
}

const find = (tx: Tx, platformOfferId: string): Promise<Application | null> =>
  tx.manager.findOne(Application, { where: { orgId: intakeId, platformOfferId }, lock: { mode: 'pessimistic_write' } });

/** Who asked for what was offered, by its offer. As in every demand an id stands for a person. */
async function enterprisesOf(tx: Tx, offerIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ offerId: string; enterpriseId: string }>(
    `select a.platform_offer_id as "offerId", d.enterprise_id as "enterpriseId" from loan_matching.applications a
     join loan_matching.demands d on d.id = a.id where a.org_id = $1 and a.platform_offer_id = any($2)`, [intakeId, offerIds]);
  return new Map(rows.map(({ offerId, enterpriseId }) => [offerId, enterpriseId]));
}
