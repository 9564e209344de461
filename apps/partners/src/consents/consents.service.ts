import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Consent, ConsentCause, ConsentGiver } from './consent.entity.js';
import type { ConsentsArgs, ConsentsQuery, RecordConsentInput } from './consent.inputs.js';

const expiry = 'consent.expiry';

/**
 * The register of consents. Those given with a demand come from loan-matching (see ConsentsConsumer), those given before harbor
 * staff are recorded here. The recipient reads its own, supervisors all.
 */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly publisher: Publisher,
    private readonly due: Due,
  ) {}

  /** Records a consent to a disclosure to the caller's own organisation: nobody agrees for another's sake here. */
  record(caller: Caller, input: RecordConsentInput): Promise<Consent> {
    return this.tenancy.run(caller, async (tx) => {
      const [now, validUntil] = [new Date(), input.validUntil ? new Date(input.validUntil) : null];
      if (validUntil && validUntil <= now) {
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'validUntil', rule: 'inFuture', message: 'validUntil must be in the future' }]);
      }
      const consent = tx.manager.create(Consent, {
        ...input, id: newId(), orgId: tx.organisationId, givenBy: ConsentGiver.HARBOR_STAFF, givenAt: now, validUntil,
        disclosedAt: null, withdrawnAt: null, cause: null, version: 1,
      });
      await tx.manager.insert(Consent, consent);
      const { id, orgId, recordKind, recordId, purpose, disclosure, textVersion } = consent;
      if (validUntil) await this.due.set(tx, { kind: expiry, aggregateId: id, organisationId: orgId, dueAt: validUntil });
      await audit(tx, { action: 'consent.record', resource: 'consent', resourceId: id, detail: { recordKind, recordId, purpose, disclosure, textVersion, validUntil } });
      return consent;
    });
  }

  /** Newest first. */
  list(caller: Caller, query: ConsentsQuery | ConsentsArgs): Promise<Page<Consent>> {
    return this.tenancy.run(caller, (tx) => {
      const consents = tx.manager.createQueryBuilder(Consent, 'consent');
      if (query.recordId) consents.where('consent.recordId = :recordId', { recordId: query.recordId });
      return readPage(consents, query, this.cursors, { list: 'consents', organisationId: caller.organisationId, filter: query.recordId });
    });
  }

  async get(caller: Caller, id: string): Promise<Consent> {
    const consent = await this.find(caller, id);
    if (!consent) throw notFound('consent');
    return consent;
  }

  /** The consent, if the caller may know it; what is no id names none. */
  find(caller: Caller, id: string): Promise<Consent | null> {
    return this.tenancy.run(caller, (tx) => (isUUID(id) ? tx.manager.findOneBy(Consent, { id }) : Promise.resolve(null)));
  }

  /** Enters that the business took its consent back; again changes nothing. The business itself does so at its demand. */
  withdraw(caller: Caller, id: string): Promise<Consent> {
    return this.tenancy.run(caller, async (tx) => {
      await this.due.cancel(tx, expiry, id);
      const consent = await this.end(tx, id, ConsentCause.WITHDRAWN, new Date());
      if (!consent) throw notFound('consent');
      return consent;
    });
  }

  @OnDue(expiry)
  async expire({ aggregateId, dueAt }: DueClock, tx: Tx): Promise<void> {
    await this.end(tx, aggregateId, ConsentCause.EXPIRED, dueAt);
  }

  /** Ends a consent once and tells everybody; undefined where there is none that the transaction sees. */
  async end(tx: Tx, id: string, cause: ConsentCause, at: Date): Promise<Consent | undefined> {
    const consent = await tx.manager.findOne(Consent, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!consent || consent.withdrawnAt) return consent ?? undefined;
    const change = { withdrawnAt: at, cause, version: consent.version + 1 };
    await tx.manager.update(Consent, { id }, change);
    Object.assign(consent, change);
    const { orgId, recordKind, recordId } = consent;
    await this.publisher.publish(tx, 'consent.withdrawn', {
      organisationId: orgId, aggregateId: id, version: consent.version,
      payload: { consentId: id, recordKind, recordId, recipientId: orgId, cause, withdrawnAt: at.toISOString() },
    });
    await audit(tx, { action: `consent.${cause === ConsentCause.EXPIRED ? 'expire' : 'withdraw'}`, resource: 'consent', resourceId: id, detail: { recordKind, recordId } });
    return consent;
  }
}
