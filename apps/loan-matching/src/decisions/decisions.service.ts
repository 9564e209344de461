import { yuanOf } from '@finharbor/contracts/eligibility/decimals';
import { DomainError, type FieldError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { CONFIG } from '@finharbor/platform/config/config';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Contact } from '@finharbor/platform/person-records/contact';
import { Receipts } from '@finharbor/platform/receipts/receipts';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { dataKeyIdOf } from '@finharbor/security/encryption/data-key';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import type { LoanMatchingConfig } from '../config.js';
import { findDemand, mustBeConsented } from '../demands/demand-access.js';
import type { Demand } from '../demands/demand.entity.js';
import { isAccepted, isFromHarbor } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { ProgressStage } from '../progress/demand-progress.entity.js';
import { Progress } from '../progress/progress.js';
import { slowly } from '../sandbox/forced.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { DemandMoves } from '../workflows/demand-moves.js';
import { mustGive } from '../workflows/reason-codes.js';
import { Decision, DecisionOutcome } from './decision.entity.js';
import type { DecideDemandInput } from './decision.inputs.js';

/** What a bank does with a demand that it accepted: reach the applicant, and decide. The platform never decides credit. */
@Injectable()
export class DecisionsService {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly disclosure: Disclosure,
    private readonly receipts: Receipts,
    private readonly progress: Progress,
    private readonly moves: DemandMoves,
  ) {}

  /** The bank's word, final. Refused before acceptance, a second time, and where code, text and amount do not fit the outcome. */
  decide(caller: Caller, id: string, input: DecideDemandInput): Promise<Demand> {
    return slowly(this.config, this.tenancy.run(caller, async (tx) => {
      mustGive('bank', input.reasonCode);
      const demand = await this.decideIn(tx, id, input);
      await this.receipts.issue(tx, 'demand', id);
      return this.disclosure.showOne(tx, demand);
    }));
  }

  /** The same within a transaction that does more; without a request there is no receipt. */
  async decideIn(tx: Tx, id: string, input: DecideDemandInput): Promise<Demand> {
    const demand = await findDemand(tx, id, { lock: true });
    const problems = decisionProblems(input);
    if (problems.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, problems);
    const { outcome, reasonCode, reasonText = null, approvedAmount, annualRate = null } = input;
    if (outcome === DecisionOutcome.APPROVED) await this.moves.move(tx, demand, 'approve');
    else await this.moves.move(tx, demand, 'reject', { reason: { code: reasonCode, text: reasonText ?? '' } });
    await tx.manager.insert(Decision, {
      id: newId(), bankId: demand.orgId, demandId: id, outcome, reasonCode, reasonText, annualRate,
      approvedAmount: approvedAmount ? yuanOf(approvedAmount) : null, decidedAt: new Date(),
    });
    await addStep(tx, demand, TrailStepKind[outcome], { reasonCode });
    if (isFromHarbor(demand)) await this.tellHarbor(tx, demand, outcome, reasonCode);
    if (approvedAmount) await this.progress.credit(tx, demand, { amount: yuanOf(approvedAmount), reasonCode });
    else await this.progress.reach(tx, demand, ProgressStage.ENDED, { reasonCode, reasonText });
    await audit(tx, { action: 'demand.decide', resource: 'demand', resourceId: id, detail: { outcome, reasonCode } });
    return demand;
  }

  /** What came of a demand that came to it. */
  private tellHarbor(
    tx: Tx, { id, harborId, orgId, enterpriseId, version }: Demand, outcome: DecisionOutcome, reasonCode: ReasonCode,
  ): Promise<void> {
    return this.publisher.publish(tx, 'demand.decided', {
      organisationId: orgId, aggregateId: id, version,
      payload: { demandId: id, harborId, bankId: orgId, enterpriseId: enterpriseId!, outcome, reasonCode },
    });
  }

  /** The contact in the clear, for the bank that accepted. Who looked and why stays in the audit, that someone looked in the trail. */
  viewContact(caller: Caller, id: string, reason: string): Promise<Contact> {
    return this.tenancy.run(caller, async (tx) => {
      const demand = await findDemand(tx, id);
      if (!isAccepted(demand)) throw new DomainError('ILLEGAL_STATE', 'The contact is disclosed to the bank that accepts the demand.');
      mustBeConsented(demand);
      const contact = (await this.disclosure.open(tx, [demand])).get(id);
      if (!contact) throw notFound('contact');
      await addStep(tx, demand, TrailStepKind.CONTACT_VIEWED, { consentId: demand.consentId });
      await audit(tx, { action: 'demand.contact-view', resource: 'demand', resourceId: id, detail: { reason, consentId: demand.consentId } });
      tx.disclosed = dataKeyIdOf(demand.contactPhoneEncrypted ?? '');
      return Object.assign(new Contact(), contact);
    });
  }
}

function decisionProblems({ outcome, reasonCode, reasonText, approvedAmount, annualRate }: DecideDemandInput): FieldError[] {
  const problems: FieldError[] = [];
  const refuse = (field: string, rule: string, message: string): void => void problems.push({ field, rule, message });
  if (outcome === DecisionOutcome.APPROVED) {
    if (approvedAmount == null) refuse('approvedAmount', 'required', 'approvedAmount is needed with an approval');
    if (![ReasonCode.MEETS_CRITERIA, ReasonCode.OTHER].includes(reasonCode)) refuse('reasonCode', 'outcome', 'reasonCode does not explain an approval');
    return problems;
  }
  if (reasonText == null) refuse('reasonText', 'required', 'reasonText is needed with a rejection');
  if (reasonCode === ReasonCode.MEETS_CRITERIA) refuse('reasonCode', 'outcome', 'reasonCode does not explain a rejection');
  if (approvedAmount != null) refuse('approvedAmount', 'outcome', 'approvedAmount does not go with a rejection');
  if (annualRate != null) refuse('annualRate', 'outcome', 'annualRate does not go with a rejection');
  return problems;
}
