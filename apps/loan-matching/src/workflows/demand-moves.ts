import type { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { move } from '@finharbor/platform/workflow/workflow';
import { Injectable } from '@nestjs/common';
import { change } from '../demands/demand-access.js';
import type { Demand } from '../demands/demand.entity.js';
import { DemandState } from '../demands/demand-states.js';
import { type DemandAction, type DemandMover, demandWorkflow, waiting } from './demand.workflow.js';

export interface Moved {
  /** Changes that go with the move. */
  changes?: Partial<Demand>;
  /** Of moves that end a demand without a loan. */
  reason?: { code: ReasonCode; text: string };
  /** Who moves it, where that is not the caller: what follows by the rules is the suite's own, whoever set it off. */
  by?: DemandMover;
}

/** The state after a move of the transaction's caller, or of the suite itself; ILLEGAL_STATE and VALIDATION_FAILED as `move` has them. */
export function nextState(tx: Tx, { state, resumeState }: Demand, action: DemandAction, { reason, by }: Moved = {}): DemandState {
  const comesBack = demandWorkflow.moves.some((one) => one.action === action && typeof one.to !== 'string');
  const mover = by ?? (tx.caller?.role ?? 'service') as DemandMover;
  const to = comesBack ? resumeState ?? DemandState.ACCEPTED : undefined;
  return DemandState[move(demandWorkflow, state, action, mover, { to, reason })];
}

/** The one way by which demands change their state. */
@Injectable()
export class DemandMoves {
  constructor(private readonly publisher: Publisher) {}

  /** Moves a locked demand, with what goes with it; its application follows (application-course.ts). The trail is the caller's affair. */
  async move(tx: Tx, demand: Demand, action: DemandAction, { changes = {}, reason, by }: Moved = {}): Promise<void> {
    const from = demand.state;
    const state = nextState(tx, demand, action, { reason, by });
    const waits = (waiting as readonly string[]).includes(state);
    await change(tx, demand, {
      ...changes, state, resumeState: waits ? from : null,
      ...(action === 'decline' && { declined: true }),
      ...(action === 'report-declined' && { endedByBank: true }),
      ...(reason && { endReasonCode: reason.code, endReasonText: reason.text }),
    });
    const { id: demandId, applicationId = demand.furtherOf ?? demand.id, orgId, version } = demand;
    await this.publisher.publish(tx, 'demand.moved', {
      organisationId: orgId, aggregateId: demandId, version, payload: { demandId, applicationId, action, from, to: state },
    });
  }
}
