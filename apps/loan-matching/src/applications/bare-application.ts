import { ApplicantKind } from '@finharbor/contracts/eligibility/facts';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Demand } from '../demands/demand.entity.js';
import { DemandSource, intakeId, nobody } from '../demands/demand-states.js';
import { Application } from './application.entity.js';
import { ApplicationSource, type ApplicationState, RoutingMode, Verification } from './application-states.js';

/** Keeps the application of a demand that began with its bank: a claimed referral, or what a sandbox makes. */
export async function keepApplicationOf(tx: Tx, demand: Demand, state: ApplicationState): Promise<void> {
  const { id, source, enterpriseId, harborId, loanCodeId, accessSecretHash, submittedAt, greenChannel } = demand;
  const isReferral = source === DemandSource.REFERRAL;
  await tx.manager.insert(Application, {
    id, orgId: intakeId, version: 1, state, round: 1, enterpriseId, loanCodeId, accessSecretHash, submittedAt, greenChannel, facts: {},
    mode: isReferral ? RoutingMode.DESIGNATED : RoutingMode.MATCH_FIRST,
    source: ApplicationSource[source],
    harborId: harborId === nobody ? null : harborId,
    applicantKind: ApplicantKind.ENTERPRISE, verification: Verification.VERIFIED, relief: false, documents: [],
  });
}
