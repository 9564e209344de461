import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { change, findDemand, onDemand } from './demand-access.js';
import { Demand } from './demand.entity.js';
import { Disclosure } from './disclosure.js';

/**
 * The consent under which a bank may know who made a demand. It is made with the demand, since an applicant has no account and only
 * the demand knows its secret; the register of partners keeps it and is the one that tells everybody when it holds no more.
 */
@Injectable()
export class DemandConsentsService {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher, private readonly disclosure: Disclosure) {}

  /** The applicant takes its consent back: here at once, and through the register everywhere. Again changes nothing. */
  revoke(caller: Caller, id: string): Promise<Demand> {
    return onDemand(this.tenancy, caller, async (tx) => {
      const demand = await findDemand(tx, id, { lock: true });
      if (!demand.consentWithdrawnAt) {
        const revokedAt = new Date();
        await this.end(tx, demand, revokedAt);
        await this.publisher.publish(tx, 'consent.revoked', {
          organisationId: demand.orgId, aggregateId: demand.consentId, version: 2,
          payload: { consentId: demand.consentId, demandId: id, revokedAt: revokedAt.toISOString() },
        });
      }
      return this.disclosure.showOne(tx, demand);
    });
  }

  /** The register says so, of one demand or of all that one consent covers: of a demand that withdrew it itself this is no news. */
  @On('consent.withdrawn')
  async withdrawn({ payload: { consentId, withdrawnAt } }: EventOf<'consent.withdrawn'>, tx: Tx): Promise<void> {
    const demands = await tx.manager.find(Demand, { where: { consentId }, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } });
    for (const demand of demands) if (!demand.consentWithdrawnAt) await this.end(tx, demand, new Date(withdrawnAt));
  }

  private async end(tx: Tx, demand: Demand, consentWithdrawnAt: Date): Promise<void> {
    const { id, consentId } = demand;
    await change(tx, demand, { consentWithdrawnAt });
    await addStep(tx, demand, TrailStepKind.CONSENT_WITHDRAWN, { consentId });
    await audit(tx, { action: 'demand.consent-withdraw', resource: 'demand', resourceId: id, detail: { consentId } });
  }
}
