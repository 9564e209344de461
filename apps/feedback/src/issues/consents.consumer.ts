import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { ConsentRecordKind } from '@finharbor/contracts/vocabulary';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';

/** A registrant who withdrew its consent is not named to the bank any more. */
@Injectable()
export class ConsentsConsumer {
  /** Only the bank that was told under the consent stops being told: a consent recorded by another says nothing about its issues. */
  @On('consent.withdrawn')
  async withdrawn({ payload: { consentId, recordKind, recordId, recipientId, withdrawnAt } }: EventOf<'consent.withdrawn'>, tx: Tx): Promise<void> {
    if (recordKind !== ConsentRecordKind.ISSUE) return;
    const [issue] = await tx.query(
      'update feedback.issues set consent_withdrawn_at = $3 where id = $1 and org_id = $2 and consent_withdrawn_at is null returning id',
      [recordId, recipientId, withdrawnAt],
    );
    if (issue) await audit(tx, { action: 'issue.consent-withdraw', resource: 'issue', resourceId: recordId, detail: { consentId } });
  }
}
