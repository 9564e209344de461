import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { type SandboxOutcome, sandboxOutcomeOf, sandboxOutcomes } from '@finharbor/contracts/sandbox';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { CONFIG, type ServiceConfig } from '@finharbor/platform/config/config';
import { On } from '@finharbor/platform/delivery/on';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Inject, Injectable } from '@nestjs/common';
import { ReferralOutcome } from '../vocabulary.js';
import { ReferralBatchesService } from './referral-batches.service.js';
import type { ReferralAnswerInput } from './referral.inputs.js';
import { forcedClock } from './sandbox-clock.js';

const resetClock = 'sandbox.reset';
const atOnce = 500;
/** What the customer says is an outcome of its own. */
const outcomes: Partial<Record<ReasonCode, ReferralOutcome>> = {
  [ReasonCode.CUSTOMER_NO_NEED]: ReferralOutcome.NO_NEED, [ReasonCode.CUSTOMER_UNREACHABLE]: ReferralOutcome.UNREACHABLE,
};

interface Open {
  id: string;
  state: string;
  creditCode: string;
}

/** What a sandbox does with referrals in a bank's place, by the very steps that the bank would take. Elsewhere it does nothing. */
@Injectable()
export class SandboxReferrals {
  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig, private readonly due: Due, private readonly batches: ReferralBatchesService,
  ) {}

  /** What the credit codes of a dispatch force: claims and refusals. Whatever else they force is of demands. */
  @OnDue(forcedClock)
  async force({ aggregateId: dispatchId, organisationId }: DueClock, tx: Tx): Promise<void> {
    if (!this.config.SANDBOX) return;
    const codes = sandboxOutcomes.filter(({ reasonCode }) => reasonCode).map(({ creditCode }) => creditCode);
    const open = await tx.query<Open>(
      `select r.id, r.state, m.credit_code as "creditCode" from enterprise_lists.referrals r join enterprise_lists.enterprises m on m.id = r.enterprise_id
       where r.org_id = $1 and r.dispatch_id = $2 and r.state = 'DELIVERED' and m.credit_code = any($3) order by r.id`,
      [organisationId, dispatchId, codes],
    );
    await this.answer(tx, organisationId, open, ({ creditCode }) => sandboxOutcomeOf(creditCode)!);
  }

  @On('sandbox.reset')
  async reset({ payload: { organisationId } }: EventOf<'sandbox.reset'>, tx: Tx): Promise<void> {
    await this.closeLater(tx, organisationId);
  }

  /** Refuses the open referrals of a bank, some at a time. */
  @OnDue(resetClock)
  async close({ organisationId }: DueClock, tx: Tx): Promise<void> {
    if (!this.config.SANDBOX) return;
    const open = await tx.query<Open>(
      `select id, state from enterprise_lists.referrals where org_id = $1 and state in ('DELIVERED', 'ACKNOWLEDGED', 'CLAIMED') order by id limit ${atOnce}`,
      [organisationId],
    );
    await this.answer(tx, organisationId, open, () => ({ outcome: 'REJECTED', reasonCode: ReasonCode.OTHER }));
    if (open.length === atOnce) await this.closeLater(tx, organisationId);
  }

  private closeLater(tx: Tx, organisationId: string): Promise<void> {
    return this.due.set(tx, {
      kind: resetClock, aggregateId: organisationId, organisationId, dueAt: new Date(),
    });
  }

  private async answer(
    tx: Tx, bankId: string, open: Open[], forced: (referral: Open) => Pick<SandboxOutcome, 'outcome' | 'reasonCode'>,
  ): Promise<void> {
    const delivered = open.filter(({ state }) => state === 'DELIVERED').map(({ id }) => id);
    if (delivered.length > 0) await this.batches.acknowledgeIn(tx, bankId, delivered);
    const answers = open.map((referral): ReferralAnswerInput => {
      const { outcome, reasonCode } = forced(referral);
      if (outcome === 'APPROVED') return { referralId: referral.id, outcome: ReferralOutcome.CLAIMED };
      const reason = reasonCode!;
      return { referralId: referral.id, outcome: outcomes[reason] ?? ReferralOutcome.REJECTED, reasonCode: reason, reasonText: '沙盒演练，非真实结论。' };
    });
    if (answers.length > 0) await this.batches.answerIn(tx, bankId, answers);
  }
}
