import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { sandboxOutcomes } from '@finharbor/contracts/sandbox';
import { CONFIG } from '@finharbor/platform/config/config';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { advanceClocks } from '@finharbor/platform/sandbox/advance-clocks';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import type { PartnersConfig } from '../config.js';
import { type AdvanceClockInput, SandboxClockAdvance, SandboxOutcome, SandboxOutcomeList, SandboxReset, secondsOf } from './sandbox.inputs.js';

/** What an installation for trying things has on top. Elsewhere there is nothing here. */
@Injectable()
export class SandboxService {
  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig, private readonly tenancy: Tenancy, private readonly publisher: Publisher,
  ) {}

  /** The credit codes that force an outcome. */
  outcomes(): SandboxOutcomeList {
    this.mustBeSandbox();
    return Object.assign(new SandboxOutcomeList(), { items: sandboxOutcomes.map((one) => Object.assign(new SandboxOutcome(), one)) });
  }

  /** Everything that is due to the organisation, in all services, is due so much sooner; deliveries to its webhooks too. */
  advance(caller: Caller, { advance }: AdvanceClockInput): Promise<SandboxClockAdvance> {
    this.mustBeSandbox();
    const seconds = secondsOf(advance);
    return this.tenancy.run(caller, async (tx) => {
      const { organisationId } = tx;
      await advanceClocks(tx, organisationId, seconds);
      await tx.query(
        `update partners.webhook_deliveries set next_attempt_at = next_attempt_at - make_interval(secs => $2) where org_id = $1 and state = 'PENDING'`,
        [organisationId, seconds],
      );
      await this.publisher.publish(tx, 'sandbox-clock.advanced', { organisationId, aggregateId: newId(), version: 1, payload: { seconds } });
      await audit(tx, { action: 'sandbox.advance-clock', resource: 'organisation', resourceId: organisationId, detail: { advance } });
      return Object.assign(new SandboxClockAdvance(), { organisationId, seconds });
    });
  }

  /** Closes what is open of the organisation's demands and referrals. Nothing is deleted: trails, counts and audit stay true. */
  reset(caller: Caller): Promise<SandboxReset> {
    this.mustBeSandbox();
    return this.tenancy.run(caller, async (tx) => {
      const { organisationId } = tx;
      await this.publisher.publish(tx, 'sandbox.reset', { organisationId, aggregateId: newId(), version: 1, payload: { organisationId } });
      await audit(tx, { action: 'sandbox.reset', resource: 'organisation', resourceId: organisationId });
      return Object.assign(new SandboxReset(), { organisationId });
    });
  }

  private mustBeSandbox(): void {
    if (!this.config.SANDBOX) throw new DomainError('NOT_FOUND', 'There is nothing at this path.');
  }
}
