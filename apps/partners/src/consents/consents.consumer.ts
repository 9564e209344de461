import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { ConsentCause, ConsentDisclosure, nobodyYet } from './consent.entity.js';
import { ConsentsService } from './consents.service.js';

/**
 * Consents that a business gave with its demand. They are made where the demand is, in one transaction with it, and kept here:
 * whatever arrives first makes the entry, whatever arrives later fills in what it knows.
 */
@Injectable()
export class ConsentsConsumer {
  constructor(private readonly consents: ConsentsService) {}

  @On('consent.given')
  async given({ payload: { consentId, demandId, ...told } }: EventOf<'consent.given'>, tx: Tx): Promise<void> {
    await this.keep(tx, consentId, demandId, 'text_version = excluded.text_version, given_at = excluded.given_at, disclosure = excluded.disclosure', told);
  }

  /** The bank that accepts is told: it is the recipient from now on. */
  @On('demand.accepted')
  async accepted({ payload: { consentId, demandId, bankId } }: EventOf<'demand.accepted'>, tx: Tx): Promise<void> {
    await this.keep(tx, consentId, demandId, 'org_id = excluded.org_id, disclosed_at = coalesce(consents.disclosed_at, excluded.disclosed_at)', { bankId });
  }

  @On('consent.revoked')
  async revoked({ payload: { consentId, demandId, revokedAt } }: EventOf<'consent.revoked'>, tx: Tx): Promise<void> {
    await this.keep(tx, consentId, demandId, 'record_id = excluded.record_id', {});
    await this.consents.end(tx, consentId, ConsentCause.WITHDRAWN, new Date(revokedAt));
  }

  private async keep(
    tx: Tx, consentId: string, demandId: string, filling: string, told: { bankId?: string; textVersion?: string; givenAt?: string; disclosure?: 'NEED' },
  ): Promise<void> {
    await tx.query(
      `insert into partners.consents (id, org_id, record_kind, record_id, purpose, disclosure, given_by, text_version, given_at, disclosed_at)
       values ($1, coalesce($3::uuid, $4::uuid), 'DEMAND', $2, 'FINANCING_MATCH', $7, 'APPLICANT', $5, coalesce($6::timestamptz, now()),
         case when $3::uuid is not null then now() end)
       on conflict (id) do update set ${filling}`,
      [consentId, demandId, told.bankId ?? null, nobodyYet, told.textVersion ?? null, told.givenAt ?? null,
        told.disclosure ?? ConsentDisclosure.IDENTITY_AND_CONTACT],
    );
  }
}
