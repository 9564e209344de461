import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import { ListClocks } from '../clocks/list-clocks.js';
import { mirrorProgress } from './demand-progress.js';

/** What demands of an enterprise mean here: a bank that took one on may know it, and departments learn how it ended. */
@Injectable()
export class DemandsConsumer {
  constructor(private readonly clocks: ListClocks) {}

  /** The consent of the newest demand is the one that counts, in whichever order they are told: ids rise with time. */
  @On('demand.accepted')
  async accepted(event: EventOf<'demand.accepted'>, tx: Tx): Promise<void> {
    const { bankId, enterpriseId, consentId } = event.payload;
    await lockConsent(tx, consentId);
    if ((await tx.query('select 1 from enterprise_lists.withdrawn_consents where consent_id = $1', [consentId])).length > 0) return;
    await tx.query(
      `insert into enterprise_lists.enterprise_access (org_id, enterprise_id, reason, consent_id) values ($1, $2, 'DEMAND_ACCEPTED', $3)
       on conflict (org_id, enterprise_id) do update set consent_id = greatest(enterprise_access.consent_id, excluded.consent_id)`,
      [bankId, enterpriseId, consentId],
    );
  }

  /** A bank that knows an enterprise by this consent alone knows it no more; one that claimed it goes on knowing what it claimed. */
  @On('consent.withdrawn')
  async consentWithdrawn({ payload: { consentId, withdrawnAt } }: EventOf<'consent.withdrawn'>, tx: Tx): Promise<void> {
    await lockConsent(tx, consentId);
    await tx.query(
      'insert into enterprise_lists.withdrawn_consents (consent_id, withdrawn_at) values ($1, $2) on conflict (consent_id) do nothing', [consentId, withdrawnAt]);
    await tx.query(
      `update enterprise_lists.enterprise_access a set consent_id = null, reason = case when reason = 'DEMAND_ACCEPTED' then 'CLAIMED' else reason end
       where consent_id = $1 and (reason <> 'DEMAND_ACCEPTED' or exists (select from enterprise_lists.referrals r
         where r.org_id = a.org_id and r.enterprise_id = a.enterprise_id and r.claimed_at is not null))`, [consentId]);
    const ended = await tx.query<{ enterprise_id: string }>(
      'delete from enterprise_lists.enterprise_access where consent_id = $1 returning enterprise_id', [consentId]);
    if (ended[0]) await audit(tx, { action: 'enterprise.consent-withdraw', resource: 'enterprise', resourceId: ended[0].enterprise_id, detail: { consentId } });
  }

  /** What becomes of a demand, each stage counted once. */
  @On('demand.progressed')
  async progressed({ payload }: EventOf<'demand.progressed'>, tx: Tx): Promise<void> {
    await this.clocks.progressed(tx, await mirrorProgress(tx, payload));
  }

  /** The same of decisions alone, as a version of loan-matching tells it that knows no stages; of others it is no news. */
  @On('demand.decided')
  async decided({ payload: { outcome, reasonCode, ...demand } }: EventOf<'demand.decided'>, tx: Tx): Promise<void> {
    const isApproved = outcome === 'APPROVED';
    await this.clocks.progressed(tx, await mirrorProgress(tx, {
      ...demand, referralId: null, amount: null, stage: isApproved ? 'CREDITED' : 'ENDED', reasonCode,
    }));
  }
}

/** Of an acceptance and a withdrawal that are told at once, the later one finds what the other did. */
const lockConsent = (tx: Tx, consentId: string): Promise<unknown> => tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [consentId]);
