import { ClockKind } from '@finharbor/contracts/clocks';
import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { CreditWatch } from '../credit-watch/credit-watch.js';
import { Dockings } from '../ledgers/dockings.js';
import { Onward } from '../routing/onward.js';
import { DemandClocks } from './demand-clocks.js';

/** What follows the moves of demands, within a second and in transactions of its own: clocks, the docking ledger, credit watch. */
@Injectable()
export class Follower {
  constructor(
    private readonly clocks: DemandClocks,
    private readonly dockings: Dockings,
    private readonly watch: CreditWatch,
    private readonly onward: Onward,
  ) {}

  @OnDue('demand-move')
  async moved({ aggregateId: moveId }: DueClock, tx: Tx): Promise<void> {
    const [move] = await tx.query<{ demandId: string; state: string | null }>(
      'select demand_id as "demandId", state from loan_matching.demand_moves where id = $1', [moveId]);
    if (!move) return;
    await this.clocks.follow(tx, move.demandId);
    await this.dockings.follow(tx, moveId);
    if (move.state !== 'SUBMITTED') await this.watch.look(tx, move.demandId);
  }

  /** What a bank did not accept in time is its no more. */
  @On('demand-clock.breached')
  async breached({ payload: { kind, demandId } }: EventOf<'demand-clock.breached'>, tx: Tx): Promise<void> {
    if (kind === ClockKind.DEMAND_ACCEPT) await this.onward.acceptOverdue(tx, demandId);
  }

  /** Likewise what an earlier version, in which a late bank might still accept, had left with it: see migration 0024. */
  @OnDue('demand.late')
  async late({ aggregateId: demandId }: DueClock, tx: Tx): Promise<void> {
    await this.onward.acceptOverdue(tx, demandId);
  }
}
