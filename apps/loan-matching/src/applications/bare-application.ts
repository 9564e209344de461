import type { Tx } from '@finharbor/platform/tenancy/tx';
import { applicantKindOf } from '../demands/applicant-kind.js';
import type { Demand } from '../demands/demand.entity.js';
import { DemandSource, intakeId, nobody } from '../demands/demand-states.js';
import { Application } from './application.entity.js';
import { ApplicationSource, type ApplicationState, RoutingMode, Verification } from './application-states.js';

/** Keeps the application of a demand that began with its bank: a claimed referral, or what a sandbox makes. */
export async function keepApplicationOf(tx: Tx, demand: Demand, state: ApplicationState): Promise<void> {
  const { id, source, creditCode, enterpriseId, harborId, loanCodeId, accessSecretHash, submittedAt, greenChannel } = demand;
  const isReferral = source === DemandSource.REFERRAL;
  await tx.manager.insert(Application, {
    id, orgId: intakeId, version: 1, state, round: 1, enterpriseId, loanCodeId, accessSecretHash, submittedAt, greenChannel, facts: {},
    mode: isReferral ? RoutingMode.DESIGNATED : RoutingMode.MATCH_FIRST,
    source: ApplicationSource[source],
    harborId: harborId === nobody ? null : harborId,
    applicantKind: applicantKindOf(creditCode), verification: Verification.VERIFIED, relief: false, documents: [],
  });
}
