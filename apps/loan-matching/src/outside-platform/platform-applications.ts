import type { EventOf } from '@finharbor/contracts/events/catalogue';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import type { Application } from '../applications/application.entity.js';
import { changeApplication } from '../applications/application-access.js';
import { ApplicationSource, ApplicationState, RoutingMode } from '../applications/application-states.js';
import { Intake } from '../applications/intake.js';
import { SubmitDemandInput } from '../demands/demand.inputs.js';
import { platformId } from '../demands/demand-states.js';
import { BankRows } from '../routing/bank-rows.js';
import { Candidates } from '../routing/candidates.js';
import { Pooling } from '../routing/pooling.js';
import { followDemands } from '../workflows/application-course.js';

/**
 * Applications that enterprises made at the outside platform. They come in as any other: compared with the master, matched, kept. Nobody
 * holds a secret of them here; the enterprise agreed there that fitting banks get them, so they go on unasked.
 */
@Injectable()
export class PlatformApplications {
  constructor(
    private readonly intake: Intake,
    private readonly rows: BankRows,
    private readonly pooling: Pooling,
    private readonly candidates: Candidates,
  ) {}

  /** Takes one in, once for each of the platform's references. What the intake refuses stays out, and the audit trail says why. */
  async take(tx: Tx, { aggregateId: resourceId, payload: { reference, enterpriseId, consent, ...need } }: EventOf<'platform-application.received'>): Promise<void> {
    const known = await tx.query('select from loan_matching.applications where responder_org_id = $1 and client_ref = $2', [platformId, reference]);
    if (known.length > 0) return;
    const input = Object.assign(new SubmitDemandInput(), {
      ...need, regionCode: need.regionCode ?? undefined, industryCode: need.industryCode ?? undefined,
    } as Partial<SubmitDemandInput>);
    const taken = await this.intake.tryTake(tx, input, {
      source: ApplicationSource.PLATFORM, harborId: null, enterpriseId, responderOrgId: platformId, clientRef: reference, consent,
    });
    if (Array.isArray(taken)) {
      const rules = taken.map(({ field, rule }) => `${field} ${rule}`).join(', ');
      await audit(tx, { action: 'application.refuse', resource: 'platform-application', resourceId, detail: { reference, rules } });
    } else {
      await changeApplication(tx, taken.application, { onwardConsentAt: new Date(consent.givenAt) });
      await this.goOn(tx, taken.application);
    }
  }

  /** To the best fitting bank, else to the pool. One that is not verified stays until it is: then it goes by what is on offer by then. */
  async goOn(tx: Tx, application: Application): Promise<void> {
    if (application.state !== ApplicationState.SUBMITTED) return;
    const candidate = await this.candidates.best(tx, application, []);
    if (!candidate) return this.pooling.open(tx, application, []);
    await changeApplication(tx, application, { mode: RoutingMode.MATCH_FIRST });
    await this.rows.route(tx, application, candidate);
    await followDemands(tx, application.id);
  }
}
