import { DomainError } from '@finharbor/contracts/errors';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { findApplication, mustBeOpen, onApplication } from '../applications/application-access.js';
import type { Application } from '../applications/application.entity.js';
import { ApplicationView } from '../applications/application-view.js';
import { findDemand } from '../demands/demand-access.js';
import { PlatformOffers } from './platform-offers.js';

/** Whether the enterprise lets the outside platform know its need: what it said with the application, or thought of since. */
@Injectable()
export class PlatformConsentsService {
  constructor(private readonly tenancy: Tenancy, private readonly offers: PlatformOffers, private readonly view: ApplicationView) {}

  /** For the applicant. Again changes nothing; what was taken back stays so, with ILLEGAL_STATE. */
  state(caller: Caller, id: string, given: boolean): Promise<Application> {
    return onApplication(this.tenancy, caller, async (tx) => {
      const application = await findApplication(tx, id, { lock: true });
      if (!given) await this.offers.revoke(tx, application);
      else if (application.platformRecalledAt) throw new DomainError('ILLEGAL_STATE', 'The application was taken back from the outside platform.');
      else if (!application.platformConsentId) {
        mustBeOpen(application);
        await this.offers.agree(tx, application);
        await this.offers.offer(tx, application, await findDemand(tx, id));
      }
      return this.view.showOne(tx, application);
    });
  }
}
