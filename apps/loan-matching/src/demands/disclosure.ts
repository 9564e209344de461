import type { Tx } from '@finharbor/platform/tenancy/tx';
import { FieldCipher, type FieldPlace } from '@finharbor/security/encryption/field-cipher';
import { isOfBank } from '@finharbor/security/tokens/caller';
import { maskName, maskPhone } from '@finharbor/standards/masking';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
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
 * A bank learns who the enterprise is when it accepts, not before, and no more when the consent was withdrawn; contacts are
 * masked for everybody.
 */
@Injectable()
export class Disclosure {
  constructor(private readonly cipher: FieldCipher) {}

  /** Demands as the caller of the transaction may see them, with their decisions. */
  async show(tx: Tx, demands: readonly Demand[]): Promise<Demand[]> {
    const role = tx.caller?.role;
    const ofBank = isOfBank(role);
    const ids = demands.filter(({ state }) => isAccepted(state)).map(({ id }) => id);
    const decisions = ids.length > 0 ? await tx.manager.findBy(Decision, { demandId: In(ids) }) : [];
    return demands.map((demand) => {
      const shown = Object.assign(new Demand(), demand, { decisions: decisions.filter(({ demandId }) => demandId === demand.id) });
      if (ofBank && (!isAccepted(demand.state) || demand.consentWithdrawnAt)) return Object.assign(shown, identity);
      return ofBank || role === 'supervisor' ? Object.assign(shown, this.masked(demand)) : shown;
    });
  }

  async showOne(tx: Tx, demand: Demand): Promise<Demand> {
    return (await this.show(tx, [demand]))[0];
  }

  /** Encrypts the contact for this row and its present holder; done anew when the holder changes. */
  seal(demand: { id: string; orgId: string }, contact: Contact): Pick<Demand, 'contactNameEncrypted' | 'contactPhoneEncrypted'> {
    return {
      contactNameEncrypted: this.cipher.encrypt(contact.name, place(demand, 'contact_name_encrypted')),
      contactPhoneEncrypted: this.cipher.encrypt(contact.phone, place(demand, 'contact_phone_encrypted')),
    };
  }

  /** The contact in the clear; undefined for a demand whose contact was erased. */
  open(demand: Demand): Contact | undefined {
    const { contactNameEncrypted: name, contactPhoneEncrypted: phone } = demand;
    if (name === null || phone === null) return undefined;
    return {
      name: this.cipher.decrypt(name, place(demand, 'contact_name_encrypted')),
      phone: this.cipher.decrypt(phone, place(demand, 'contact_phone_encrypted')),
    };
  }

  private masked(demand: Demand): Pick<Demand, 'contactName' | 'contactPhone'> {
    const contact = this.open(demand);
    return { contactName: contact ? maskName(contact.name) : null, contactPhone: contact ? maskPhone(contact.phone) : null };
  }
}

const place = (demand: { id: string; orgId: string }, column: string): FieldPlace =>
  ({ column: `loan_matching.demands.${column}`, rowId: demand.id, organisationId: demand.orgId });
