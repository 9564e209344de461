import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { isOfBank } from '@finharbor/security/tokens/caller';
import { maskName, maskPhone } from '@finharbor/standards/masking';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { progressOf } from '../progress/progress.js';
import { Decision } from '../decisions/decision.entity.js';
import { Demand } from './demand.entity.js';
import { isAccepted } from './demand-states.js';

export interface Contact {
  name: string;
  phone: string;
}

/** What names an enterprise, or would let a bank that knows the registry single it out. */
const identity = {
  enterpriseName: null, creditCode: null, enterpriseId: null, establishedOn: null, employees: null, revenue: null, assets: null,
  contactName: null, contactPhone: null,
} satisfies Partial<Demand>;

/**
 * The one place that decides what of a demand leaves the service: REST, GraphQL and every answer go through `show`.
 * A bank learns who the enterprise is when it accepts or claims, not before, and no more when the consent was withdrawn; contacts are
 * masked for everybody.
 */
@Injectable()
export class Disclosure {
  constructor(private readonly personalData: PersonalData) {}

  /** Demands as the caller of the transaction may see them, with their decisions. */
  async show(tx: Tx, demands: readonly Demand[]): Promise<Demand[]> {
    const role = tx.caller?.role;
    const ofBank = isOfBank(role);
    const ids = demands.filter(isAccepted).map(({ id }) => id);
    const decisions = ids.length > 0 ? await tx.manager.findBy(Decision, { demandId: In(ids) }) : [];
    const progress = ids.length > 0 ? await progressOf(tx, ids) : [];
    const isNamed = (demand: Demand): boolean => (ofBank ? isAccepted(demand) && !demand.consentWithdrawnAt : role === 'supervisor');
    const contacts = await this.open(tx, demands.filter(isNamed));
    return demands.map((demand) => {
      const shown = Object.assign(new Demand(), demand, {
        decisions: decisions.filter(({ demandId }) => demandId === demand.id),
        progress: progress.filter(({ demandId }) => demandId === demand.id),
        ...(ofBank && demand.routedAt && { submittedAt: demand.routedAt }),
      });
      if (ofBank && !isNamed(demand)) return Object.assign(shown, identity);
      const contact = contacts.get(demand.id);
      return contact ? Object.assign(shown, { contactName: maskName(contact.name), contactPhone: maskPhone(contact.phone) }) : shown;
    });
  }

  async showOne(tx: Tx, demand: Demand): Promise<Demand> {
    return (await this.show(tx, [demand]))[0];
  }

  /** Encrypts the contact for this row and its present holder; done anew, under the same key, when the holder changes. */
  async seal(
    tx: Tx, { id, orgId }: { id: string; orgId: string }, { name, phone }: Contact, under?: string | null,
  ): Promise<Pick<Demand, 'contactNameEncrypted' | 'contactPhoneEncrypted'>> {
    const row = { id, organisationId: orgId, texts: { contact_name: name, contact_phone: phone }, identifiers: [phone], under };
    const [sealed] = await this.personalData.seal(tx, 'demands', [row]);
    return { contactNameEncrypted: sealed.contact_name, contactPhoneEncrypted: sealed.contact_phone };
  }

  /** The contacts in the clear, by demand; without those that were erased. */
  async open(tx: Tx, demands: readonly Demand[]): Promise<Map<string, Contact>> {
    const opened = await this.personalData.open(tx, 'demands', demands.map(({ id, orgId, contactNameEncrypted, contactPhoneEncrypted }) =>
      ({ id, organisationId: orgId, sealed: { contact_name: contactNameEncrypted, contact_phone: contactPhoneEncrypted } })));
    return new Map(opened.flatMap(({ contact_name: name, contact_phone: phone }, index) =>
      (name === null || phone === null ? [] : [[demands[index].id, { name, phone }]])));
  }
}
