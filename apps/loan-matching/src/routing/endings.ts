import { DomainError } from '@finharbor/contracts/errors';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { mayMove } from '@finharbor/platform/workflow/workflow';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import type { Application } from '../applications/application.entity.js';
import { Demand } from '../demands/demand.entity.js';
import { intakeId, isTooLate } from '../demands/demand-states.js';
import { hasLent } from '../progress/progress.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { DemandMoves } from '../workflows/demand-moves.js';
import { demandWorkflow } from '../workflows/demand.workflow.js';

/**
 * All that a bank is told when its demand ends by nothing that it did: one reason and one text, as if the enterprise had said so. Whether
 * the enterprise withdrew, another bank lent, or a supervisor gave it to another, a bank cannot tell.
 */
const gone = { code: ReasonCode.CUSTOMER_NO_NEED, text: '企业不再需要本笔融资。' };
const late = { code: ReasonCode.TOO_SLOW, text: '未在受理时限内受理。' };

/** A loan that was paid out is not taken back, by nobody. */
export const lent = (): DomainError => new DomainError('ILLEGAL_STATE', 'The bank paid the loan out: there is nothing to take back from it.');

/** How demands end from the application's side. The caller holds the lock of the application. */
@Injectable()
export class Endings {
  constructor(private readonly moves: DemandMoves) {}

  /** Takes the application from every bank and out of the pool, or from none: ILLEGAL_STATE where one of them paid the loan out. */
  async takeBack(tx: Tx, application: Application): Promise<void> {
    if (await hasLent(tx, await this.endAll(tx, application))) throw lent();
  }

  /** Ends every demand that is open with a bank but those excepted, and takes the application out of the pool. Gives all their ids. */
  async endAll(tx: Tx, application: Application, { except = [] as readonly string[] } = {}): Promise<string[]> {
    await this.closePool(tx, application);
    const rows = await tx.query<{ id: string }>(
      'select id from loan_matching.demands where application_id = $1 and org_id <> $2 order by id', [application.id, intakeId]);
    for (const { id } of rows) if (!except.includes(id)) await this.end(tx, id);
    return rows.map(({ id }) => id);
  }

  /** Takes one back from its bank. An end that came sooner stays, as does a loan that was paid out, and the answer is false. */
  async end(tx: Tx, id: string): Promise<boolean> {
    const demand = await locked(tx, id);
    if (!mayMove(demandWorkflow, demand.state, 'withdraw', 'service') || await hasLent(tx, [id])) return false;
    await this.moves.move(tx, demand, 'withdraw', { reason: gone, by: 'service' });
    await addStep(tx, demand, TrailStepKind.WITHDRAWN, { reasonCode: gone.code, by: 'applicant' });
    await audit(tx, { action: 'demand.withdraw', resource: 'demand', resourceId: id });
    return true;
  }

  /** A bank that let its time to accept pass loses the demand. */
  async expire(tx: Tx, id: string): Promise<boolean> {
    const demand = await locked(tx, id);
    if (!isTooLate(demand)) return false;
    await this.moves.move(tx, demand, 'expire', { reason: late, by: 'service' });
    await addStep(tx, demand, TrailStepKind.EXPIRED, { reasonCode: late.code, by: 'service' });
    await audit(tx, { action: 'demand.expire', resource: 'demand', resourceId: id });
    return true;
  }

  /** True when there was an entry open. */
  async closePool(tx: Tx, { id }: Application): Promise<boolean> {
    const closed = await tx.query(
      'update loan_matching.pool_entries set closed_at = now() where org_id = $1 and application_id = $2 and closed_at is null returning id', [intakeId, id]);
    return closed.length > 0;
  }
}

const locked = (tx: Tx, id: string): Promise<Demand> =>
  tx.manager.findOneOrFail(Demand, { where: { id }, lock: { mode: 'pessimistic_write' } });
