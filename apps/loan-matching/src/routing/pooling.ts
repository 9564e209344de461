import { newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Due } from '@finharbor/platform/due/due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Inject, Injectable } from '@nestjs/common';
import type { Application } from '../applications/application.entity.js';
import { changeApplication } from '../applications/application-access.js';
import { RoutingMode } from '../applications/application-states.js';
import type { LoanMatchingConfig } from '../config.js';
import { acceptBy } from '../demands/accept-clock.js';
import { mustBeConsented } from '../demands/demand-access.js';
import { Demand } from '../demands/demand.entity.js';
import { intakeId } from '../demands/demand-states.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { stateAfter } from './application-moves.js';
import { PoolEntry } from './pool-entry.entity.js';

/** Clock of an entry, by its own id: nobody but its handler ever takes hold of it, so that it blocks nobody. */
export const poolClock = 'pool.close';

/** How an application comes into the open pool. */
@Injectable()
export class Pooling {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly due: Due,
    private readonly reference: ReferenceCopies,
  ) {}

  /** Shows a locked application to every bank but those that had it, without what tells who asks. A round like any other. */
  async open(tx: Tx, application: Application, rows: readonly Demand[]): Promise<void> {
    const first = await tx.manager.findOneByOrFail(Demand, { id: application.id });
    mustBeConsented(first);
    const { id: applicationId, round } = application;
    const now = new Date();
    const closesAt = acceptBy(now, this.config.POOL_WORKING_DAYS, await this.reference.calendar(tx)) ?? null;
    const { kind, amount, termMonths, purpose, guaranteeTypes, sizeClass, greenChannel } = first;
    const entry = tx.manager.create(PoolEntry, {
      id: newId(), orgId: intakeId, applicationId, kind, amount, termMonths, purpose, guaranteeTypes, sizeClass, greenChannel,
      regionCode: first.regionCode?.slice(0, 6) ?? null, industryCode: first.industryCode?.slice(0, 3) ?? null,
      hadBy: rows.map(({ orgId }) => orgId), listedAt: now, closesAt, closedAt: null, takenBy: null,
    });
    await tx.manager.insert(PoolEntry, entry);
    await changeApplication(tx, application, {
      state: stateAfter(application, 'pool'), mode: RoutingMode.OPEN_POOL, round: rows.length > 0 ? round + 1 : round,
    });
    await addStep(tx, { id: applicationId, orgId: intakeId }, TrailStepKind.POOLED, { dueAt: closesAt });
    if (closesAt) await this.due.set(tx, { kind: poolClock, aggregateId: entry.id, organisationId: intakeId, dueAt: closesAt });
    await audit(tx, { action: 'application.pool', resource: 'application', resourceId: applicationId, detail: { entryId: entry.id } });
  }
}
