import { ClockKind } from '@finharbor/contracts/clocks';
import { notFound } from '@finharbor/contracts/errors';
import { toldOf } from '@finharbor/platform/clocks/clock-rows';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { Clock } from './clock.entity.js';
import type { ClockArgs, ClockQuery } from './clock.inputs.js';
import { openRows } from './open-rows.js';

/** Clocks as they are read: a bank sees its own, supervisors see all. */
@Injectable()
export class ClocksService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly reference: ReferenceCopies) {}

  list(caller: Caller, filter: ClockQuery | ClockArgs): Promise<Page<Clock>> {
    return this.tenancy.run(caller, async (tx) => {
      const { state, kind } = filter;
      const organisationId = 'organisationId' in filter ? filter.organisationId : undefined;
      const query = tx.manager.createQueryBuilder(Clock, 'clock');
      if (state) query.andWhere('clock.state = :state', { state });
      if (kind) query.andWhere('clock.kind = :kind', { kind });
      if (organisationId) query.andWhere('clock.organisationId = :organisationId', { organisationId });
      const page = await readPage(query, filter, this.cursors, {
        list: 'clocks', organisationId: caller.organisationId, filter: { state, kind, organisationId },
      });
      await this.tell(tx, page.items);
      return page;
    });
  }

  get(caller: Caller, id: string): Promise<Clock> {
    return this.tenancy.run(caller, async (tx) => {
      const clock = await tx.manager.findOneBy(Clock, { id });
      if (!clock) throw notFound('clock');
      await this.tell(tx, [clock]);
      return clock;
    });
  }

  /** What a row does not say: how much is left, and of how many rows. */
  private async tell(tx: Tx, clocks: Clock[]): Promise<void> {
    const calendar = await this.reference.calendar(tx);
    for (const clock of clocks) Object.assign(clock, toldOf(clock, calendar), { openCount: clock.stoppedAt ? 0 : await open(tx, clock) });
  }
}

const open = (tx: Tx, clock: Clock): Promise<number> | number => (clock.kind === ClockKind.LIST_REVIEW ? 1 : openRows(tx, clock));
