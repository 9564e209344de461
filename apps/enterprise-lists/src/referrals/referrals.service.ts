import { DomainError, notFound } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Contact } from '@finharbor/platform/person-records/contact';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { dataKeyIdOf } from '@finharbor/security/encryption/data-key';
import { type Caller, isOfBank } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { Contacts } from '../enterprises/contacts.js';
import { Enterprise } from '../enterprises/enterprise.entity.js';
import { ReferralState } from '../vocabulary.js';
import { type DisclosedField, disclosure, isDisclosed } from './disclosure.js';
import { Referral } from './referral.entity.js';
import type { ReferralArgs, ReferralQuery } from './referral.inputs.js';

const fields = (Object.keys(disclosure) as DisclosedField[]).filter((field) => field !== 'contact');

@Injectable()
export class ReferralsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly contacts: Contacts) {}

  list(caller: Caller, filter: ReferralQuery | ReferralArgs): Promise<Page<Referral>> {
    return this.tenancy.run(caller, async (tx) => {
      const query = tx.manager.createQueryBuilder(Referral, 'referral');
      const { state, dispatchId, recallId } = filter;
      if (isOfBank(caller.role)) query.andWhere('referral.state <> :sent', { sent: ReferralState.SENT });
      if (state) query.andWhere('referral.state = :state', { state });
      if (dispatchId) query.andWhere('referral.dispatchId = :dispatchId', { dispatchId });
      if (recallId) query.andWhere('referral.recallId = :recallId', { recallId });
      const page = await readPage(query, filter, this.cursors, {
        list: 'referrals', organisationId: caller.organisationId, filter: { state, dispatchId, ...(recallId && { recallId }) },
      });
      return { ...page, items: await this.show(tx, caller, page.items) };
    });
  }

  get(caller: Caller, id: string): Promise<Referral> {
    return this.tenancy.run(caller, async (tx) => {
      const [referral] = await this.show(tx, caller, [await this.find(tx, caller, id)]);
      return referral;
    });
  }

  /** The contact in the clear, for the bank that claims the row, where the list names a consent to it. The reason is kept. */
  viewContact(caller: Caller, id: string, reason: string): Promise<Contact> {
    return this.tenancy.run(caller, async (tx) => {
      const referral = await this.find(tx, caller, id);
      if (!isDisclosed('contact', referral)) {
        if (referral.state !== ReferralState.CLAIMED) throw new DomainError('ILLEGAL_STATE', `The referral is ${referral.state}: its contact is shown while it is CLAIMED.`);
        throw new DomainError('CONSENT_MISSING');
      }
      const enterprise = await tx.manager.findOneBy(Enterprise, { id: referral.subjectId });
      const [contact] = enterprise ? await this.contacts.open(tx, [enterprise]) : [];
      if (!enterprise || !contact?.name || !contact.phone) throw notFound('contact');
      tx.disclosed = dataKeyIdOf(enterprise.contactPhoneEncrypted!);
      await audit(tx, { action: 'referral.contact-view', resource: 'referral', resourceId: id, detail: { reason, consentId: referral.consentId } });
      return Object.assign(new Contact(), contact);
    });
  }

  /** A row that no platform has confirmed yet is not there for its bank. */
  private async find(tx: Tx, caller: Caller, id: string): Promise<Referral> {
    const referral = await tx.manager.findOneBy(Referral, { id });
    if (!referral || (isOfBank(caller.role) && !isDisclosed('id', referral))) throw notFound('referral');
    return referral;
  }

  /**
   * Referrals as the caller may see them: supervisors whole, a bank what the table of disclosure says. Row level security on the
   * master decides once more who may know the enterprise.
   */
  private async show(tx: Tx, caller: Caller, referrals: Referral[]): Promise<Referral[]> {
    const mayKnow = (referral: Referral): boolean => !isOfBank(caller.role) || isDisclosed('enterpriseId', referral);
    const ids = referrals.filter(mayKnow).map(({ subjectId }) => subjectId);
    const rows = ids.length === 0 ? [] : await tx.query<{ id: string; credit_code: string; name: string }>(
      'select id, credit_code, name from enterprise_lists.enterprises where id = any($1::uuid[])', [ids]);
    const known = new Map(rows.map((row) => [row.id, row]));
    return referrals.map((referral) => {
      const enterprise = known.get(referral.subjectId);
      const whole = {
        ...referral, mayContact: referral.consentRef !== null,
        enterpriseId: enterprise?.id ?? null, creditCode: enterprise?.credit_code ?? null,
        enterpriseName: enterprise?.name ?? null, demandPurpose: enterprise ? referral.purposeText : null,
      };
      const hidden = isOfBank(caller.role) ? fields.filter((field) => !isDisclosed(field, referral)) : [];
      return Object.assign(new Referral(), whole, Object.fromEntries(hidden.map((field) => [field, null])));
    });
  }
}
