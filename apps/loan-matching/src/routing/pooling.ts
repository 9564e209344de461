import { newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
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
/** Where the calendar does not reach, this one asks again the next day. Of another kind: with that, an earlier version closes the entry. */
const unsetPoolClock = 'pool.reckon';
const dayMs = 86_400_000;

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
    const closesAt = await this.closingOf(tx, now);
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
    await this.setClock(tx, entry.id, closesAt);
    await audit(tx, { action: 'application.pool', resource: 'application', resourceId: applicationId, detail: { entryId: entry.id } });
  }

  /** When an entry closes, counted from its listing, if the calendar reaches by now. Where that is past it closes at once. */
  @OnDue(unsetPoolClock)
  async reckon({ aggregateId: id }: DueClock, tx: Tx): Promise<void> {
    const entry = await tx.manager.findOneBy(PoolEntry, { id, closedAt: IsNull() });
    if (!entry) return;
    const closesAt = await this.closingOf(tx, entry.listedAt);
    if (closesAt) await tx.manager.update(PoolEntry, { id }, { closesAt });
    await this.setClock(tx, id, closesAt);
  }

  private async closingOf(tx: Tx, listedAt: Date): Promise<Date | null> {
    return acceptBy(listedAt, this.config.POOL_WORKING_DAYS, await this.reference.calendar(tx)) ?? null;
  }

  private setClock(tx: Tx, aggregateId: string, closesAt: Date | null): Promise<void> {
    const clock = closesAt ? { kind: poolClock, dueAt: closesAt } : { kind: unsetPoolClock, dueAt: new Date(Date.now() + dayMs) };
    return this.due.set(tx, { ...clock, aggregateId, organisationId: intakeId });
  }
}
