import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import { reasons } from '@finharbor/contracts/reasons';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { Decision } from '../decisions/decision.entity.js';
import { findDemand } from '../demands/demand-access.js';
import type { Demand } from '../demands/demand.entity.js';
import { DemandState } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { compareDecimals, yuanOf } from '@finharbor/contracts/eligibility/decimals';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import type { DemandAction } from '../workflows/demand.workflow.js';
import { DemandMoves, nextState } from '../workflows/demand-moves.js';
import { mustGive } from '../workflows/reason-codes.js';
import { ProgressStage } from './demand-progress.entity.js';
import { mustNotHaveReached, Progress, progressOf } from './progress.js';
import { ReportedStage, type ReportProgressInput } from './progress.inputs.js';

/** What a bank tells of a demand beside its decision. */
@Injectable()
export class ProgressService {
  constructor(
    private readonly tenancy: Tenancy, private readonly progress: Progress, private readonly disclosure: Disclosure,
    private readonly moves: DemandMoves,
  ) {}

  /** Refused before its time, a second time, and where amount or reason do not fit the stage. */
  report(caller: Caller, id: string, input: ReportProgressInput): Promise<Demand> {
    return this.tenancy.run(caller, async (tx) => {
      const demand = await findDemand(tx, id, { lock: true });
      const problems = progressProblems(input);
      if (problems.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, problems);
      const stage = ProgressStage[input.stage];
      const { reasonCode, reasonText } = input;
      const reason = reasonCode && { code: reasonCode, text: reasonText! };
      const action = actionOf(stage, reasonCode);
      nextState(tx, demand, action, { reason });
      await mustNotHaveReached(tx, id, stage, ProgressStage.LENT, ProgressStage.ENDED);
      if (reasonCode) mustGive('bank', reasonCode);
      const amount = input.amount && yuanOf(input.amount);
      if (amount) await mustBeApproved(amount, await tx.manager.findOneByOrFail(Decision, { demandId: id }));
      if (action !== 'report') await this.moves.move(tx, demand, action, { reason });
      await this.progress.reach(tx, demand, stage, { amount, reasonCode, reasonText });
      await addStep(tx, demand, TrailStepKind[input.stage], { reasonCode });
      await audit(tx, { action: 'demand.progress', resource: 'demand', resourceId: id, detail: { stage, reasonCode } });
      return this.disclosure.showOne(tx, demand);
    });
  }

  /** What ended after an approval before there were moves for it stayed APPROVED: migration 0023 sets this clock for each. */
  @OnDue('demand.ended')
  async endedBefore({ aggregateId: id }: DueClock, tx: Tx): Promise<void> {
    const demand = await findDemand(tx, id, { lock: true });
    const ended = (await progressOf(tx, [id])).find(({ stage }) => stage === ProgressStage.ENDED);
    if (demand.state !== DemandState.APPROVED || !ended?.reasonCode) return;
    const reason = { code: ended.reasonCode, text: ended.reasonText! };
    await this.moves.move(tx, demand, actionOf(ended.stage, reason.code), { reason, by: 'bank' });
  }
}

/** What a stage is to the demand. An end without a loan is the enterprise's no where the reason is the customer's, else the bank's. */
function actionOf(stage: ProgressStage, reasonCode?: ReasonCode): DemandAction {
  if (stage === ProgressStage.DOCKED) return 'contact';
  if (stage !== ProgressStage.ENDED || !reasonCode) return 'report';
  return reasons[reasonCode].side === 'CUSTOMER' ? 'report-declined' : 'call-off';
}

function mustBeApproved(amount: string, { approvedAmount }: Decision): void {
  if (compareDecimals(amount, approvedAmount!)! <= 0) return;
  throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'amount', rule: 'approved', message: `amount is more than the ${approvedAmount} that was approved` }]);
}

function progressProblems({ stage, amount, reasonCode, reasonText }: ReportProgressInput): FieldError[] {
  const { LENT, ENDED } = ReportedStage;
  const wanted = { amount: [LENT, amount], reasonCode: [ENDED, reasonCode], reasonText: [ENDED, reasonText] } as const;
  const problems = Object.entries(wanted).flatMap(([field, [of, value]]): FieldError[] => {
    if (stage === of) return value == null ? [{ field, rule: 'required', message: `${field} is needed with ${of}` }] : [];
    return value == null ? [] : [{ field, rule: 'stage', message: `${field} goes with ${of} only` }];
  });
  if (reasonCode === ReasonCode.MEETS_CRITERIA) problems.push({ field: 'reasonCode', rule: 'stage', message: 'reasonCode does not explain why it ended' });
  return problems;
}
