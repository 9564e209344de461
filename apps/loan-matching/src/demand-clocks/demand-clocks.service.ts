import { notFound } from '@finharbor/contracts/errors';
import { toldOf } from '@finharbor/platform/clocks/clock-rows';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { findDemand, onDemand } from '../demands/demand-access.js';
import { intakeId } from '../demands/demand-states.js';
import { DemandClock } from './demand-clock.entity.js';
import type { DemandClockArgs, DemandClockQuery } from './demand-clock.inputs.js';

/** Clocks of demands as they are read: a bank its own, supervisors all, an applicant those of its demand. */
@Injectable()
export class DemandClocksService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly reference: ReferenceCopies) {}

  list(caller: Caller, filter: DemandClockQuery | DemandClockArgs): Promise<Page<DemandClock>> {
    return this.tenancy.run(caller, async (tx) => {
      const { state, kind, demandId, bankId } = filter;
      const query = tx.manager.createQueryBuilder(DemandClock, 'clock');
      if (state) query.andWhere('clock.state = :state', { state });
      if (kind) query.andWhere('clock.kind = :kind', { kind });
      if (demandId) query.andWhere('clock.demandId = :demandId', { demandId });
      if (bankId) query.andWhere('clock.orgId = :bankId', { bankId });
      const page = await readPage(query, filter, this.cursors, {
        list: 'demand-clocks', organisationId: caller.organisationId, filter: { state, kind, demandId, bankId },
      });
      await this.tell(tx, page.items);
      return page;
    });
  }

  get(caller: Caller, id: string): Promise<DemandClock> {
    return this.tenancy.run(caller, async (tx) => {
      const clock = await tx.manager.findOneBy(DemandClock, { id });
      if (!clock) throw notFound('clock');
      await this.tell(tx, [clock]);
      return clock;
    });
  }

  /** Those of one demand, oldest first; for its applicant too. */
  ofDemand(caller: Caller, demandId: string): Promise<DemandClock[]> {
    return onDemand(this.tenancy, caller, async (tx) => {
      const { id } = await findDemand(tx, demandId);
      const clocks = await tx.manager.find(DemandClock, { where: { demandId: id }, order: { id: 'ASC' } });
      await this.tell(tx, clocks);
      return clocks;
    });
  }

  /** What a row does not say: how much is left. */
  private async tell(tx: Tx, clocks: DemandClock[]): Promise<void> {
    const calendar = await this.reference.calendar(tx);
    for (const clock of clocks) Object.assign(clock, toldOf(clock, calendar), { bankId: clock.orgId === intakeId ? null : clock.orgId });
  }
}
