import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { Application } from '../applications/application.entity.js';
import { changeApplication } from '../applications/application-access.js';
import { lockApplication, stateAfter } from '../routing/application-moves.js';
import { PlatformOffers } from '../outside-platform/platform-offers.js';
import { Endings } from '../routing/endings.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { change, findDemand, onDemand } from './demand-access.js';
import { Demand } from './demand.entity.js';
import { intakeId } from './demand-states.js';
import { Disclosure } from './disclosure.js';

/**
 * The consent under which a bank may know who made a demand. It is made with the demand, since an applicant has no account and only
 * the demand knows its secret; the register of partners keeps it and is the one that tells everybody when it holds no more.
 */
@Injectable()
export class DemandConsentsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly disclosure: Disclosure,
    private readonly endings: Endings,
    private readonly offers: PlatformOffers,
  ) {}

  /**
   * The applicant takes its consent back: here at once, and through the register everywhere. Of an application from all its banks, from
   * the pool and the outside platform; of one bank's demand from that bank. Again changes nothing.
   */
  revoke(caller: Caller, id: string): Promise<Demand> {
    return onDemand(this.tenancy, caller, async (tx) => {
      const { applicationId } = await findDemand(tx, id);
      const application = await lockApplication(tx, applicationId);
      const which = id === applicationId ? { applicationId } : { id };
      const revokedAt = new Date();
      for (const demand of await tx.manager.find(Demand, { where: which, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } })) {
        if (demand.consentWithdrawnAt) continue;
        await this.end(tx, demand, revokedAt);
        await this.publisher.publish(tx, 'consent.revoked', {
          organisationId: demand.orgId, aggregateId: demand.consentId, version: 2,
          payload: { consentId: demand.consentId, demandId: demand.id, revokedAt: revokedAt.toISOString() },
        });
      }
      if (application && id === applicationId) {
        await this.leavePool(tx, application);
        await this.offers.revoke(tx, application);
      }
      return this.disclosure.showOne(tx, await findDemand(tx, id));
    });
  }

  /** The register says so, of one demand or of all that one consent covers: of a demand that withdrew it itself this is no news. */
  @On('consent.withdrawn')
  async withdrawn({ payload: { consentId, withdrawnAt } }: EventOf<'consent.withdrawn'>, tx: Tx): Promise<void> {
    for (const { id, applicationId } of await tx.manager.find(Demand, { where: { consentId }, order: { id: 'ASC' } })) {
      const application = await lockApplication(tx, applicationId);
      const demand = await findDemand(tx, id, { lock: true });
      if (!demand.consentWithdrawnAt) await this.end(tx, demand, new Date(withdrawnAt));
      if (application && id === applicationId) {
        await this.leavePool(tx, application);
        await this.offers.revoke(tx, application);
      }
    }
    const offered = await tx.manager.findOne(Application, { where: { orgId: intakeId, platformConsentId: consentId }, lock: { mode: 'pessimistic_write' } });
    if (offered) await this.offers.recall(tx, offered);
  }

  /** Without it no bank may take it from the pool; the enterprise, if it thinks better of it, begins anew. */
  private async leavePool(tx: Tx, application: Application): Promise<void> {
    if (await this.endings.closePool(tx, application)) await changeApplication(tx, application, { state: stateAfter(application, 'return') });
  }

  private async end(tx: Tx, demand: Demand, consentWithdrawnAt: Date): Promise<void> {
    const { id, consentId } = demand;
    await change(tx, demand, { consentWithdrawnAt });
    await addStep(tx, demand, TrailStepKind.CONSENT_WITHDRAWN, { consentId });
    await audit(tx, { action: 'demand.consent-withdraw', resource: 'demand', resourceId: id, detail: { consentId } });
  }
}
