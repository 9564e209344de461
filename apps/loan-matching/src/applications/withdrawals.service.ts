import { DomainError } from '@finharbor/contracts/errors';
import { mayGive } from '@finharbor/contracts/reasons';
import { Due } from '@finharbor/platform/due/due';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { move } from '@finharbor/platform/workflow/workflow';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { findDemand } from '../demands/demand-access.js';
import { DemandState } from '../demands/demand-states.js';
import { PlatformOffers } from '../outside-platform/platform-offers.js';
import { Endings } from '../routing/endings.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { applicationWorkflow } from '../workflows/application.workflow.js';
import { DemandMoves } from '../workflows/demand-moves.js';
import { changeApplication, findApplication, onApplication } from './application-access.js';
import type { Application } from './application.entity.js';
import type { WithdrawApplicationInput } from './application.inputs.js';
import { ApplicationState } from './application-states.js';
import { ApplicationView } from './application-view.js';
import { recheckClock } from './verifying.js';

/** The enterprise takes its application back, at any time before signing. */
@Injectable()
export class WithdrawalsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly due: Due,
    private readonly endings: Endings,
    private readonly moves: DemandMoves,
    private readonly view: ApplicationView,
    private readonly offers: PlatformOffers,
  ) {}

  /** Ends it with every bank. Each is told that it was withdrawn, and nothing of the others. Again, or after one lent: ILLEGAL_STATE. */
  withdraw(caller: Caller, id: string, { reasonCode, reasonText }: WithdrawApplicationInput): Promise<Application> {
    return onApplication(this.tenancy, caller, async (tx) => {
      const application = await findApplication(tx, id, { lock: true });
      if (!mayGive('applicant', reasonCode)) {
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'reasonCode', rule: 'applicant', message: 'reasonCode is not one that applicants give' }]);
      }
      const reason = { code: reasonCode, text: reasonText };
      const state = ApplicationState[move(applicationWorkflow, application.state, 'withdraw', 'applicant', { reason })];
      await this.endings.takeBack(tx, application);
      // The one that lies with the intake as long as nothing was chosen.
      const first = await findDemand(tx, id, { lock: true });
      if (first.state === DemandState.SUBMITTED) await this.moves.move(tx, first, 'withdraw', { reason });
      await changeApplication(tx, application, { state, reasonCode, reasonText, closedAt: new Date() });
      await this.offers.recall(tx, application);
      await addStep(tx, application, TrailStepKind.WITHDRAWN, { reasonCode });
      await this.due.cancel(tx, recheckClock, id);
      await audit(tx, { action: 'application.withdraw', resource: 'application', resourceId: id, detail: { reasonCode } });
      return this.view.showOne(tx, application);
    });
  }
}
