import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { findApplication, mustBeOpen, onApplication } from '../applications/application-access.js';
import type { Application } from '../applications/application.entity.js';
import { ApplicationView } from '../applications/application-view.js';
import { findDemand, mustBeConsented } from '../demands/demand-access.js';
import { agreeOnward } from './application-moves.js';

/** Whether the enterprise lets its application go on without its choice: what it said when it chose, or thought of since. */
@Injectable()
export class OnwardConsentsService {
  constructor(private readonly tenancy: Tenancy, private readonly view: ApplicationView) {}

  /** For the applicant, in every state but an end. It moves nothing: banks and clocks do, and the supervisor, from now on. */
  state(caller: Caller, id: string, given: boolean): Promise<Application> {
    return onApplication(this.tenancy, caller, async (tx) => {
      const application = await findApplication(tx, id, { lock: true });
      if (given) {
        mustBeOpen(application);
        mustBeConsented(await findDemand(tx, id));
      }
      await agreeOnward(tx, application, given);
      return this.view.showOne(tx, application);
    });
  }
}
