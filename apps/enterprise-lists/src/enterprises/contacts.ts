import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { maskName, maskPhone } from '@finharbor/standards/masking';
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Enterprise } from './enterprise.entity.js';

/** The master belongs to no organisation; its ciphertexts are bound to their column and row. */
export const nobody = 'programme';

/** A contact as the master keeps it. */
export interface SealedContact {
  name: string | null;
  phone: string | null;
  /** Another one with each change of the contact; null where neither name nor phone is stated. It tells nothing of them. */
  fingerprint: string | null;
}

/** A contact as a list states it. */
export interface StatedContact {
  enterpriseId: string;
  name: string | null;
  phone: string | null;
}

type Kept = Pick<Enterprise, 'id' | 'contactNameEncrypted' | 'contactPhoneEncrypted'>;

/** Contacts of enterprises: personal data, encrypted in the master and masked on the way out (architecture.md rule 11). */
@Injectable()
export class Contacts {
  constructor(private readonly personalData: PersonalData) {}

  /**
   * What the master is to keep of stated contacts, in their order: what it has, where a list states the same again. The contact that
   * is replaced stays until `destroy` is told. Runs as worker.
   */
  async seal(tx: Tx, stated: readonly StatedContact[]): Promise<SealedContact[]> {
    const kept = await tx.query<Kept & { fingerprint: string | null }>(
      `select id, contact_name_encrypted as "contactNameEncrypted", contact_phone_encrypted as "contactPhoneEncrypted", contact_fingerprint as fingerprint
       from enterprise_lists.enterprises where id = any($1::uuid[]) and contact_fingerprint is not null`, [stated.map(({ enterpriseId }) => enterpriseId)]);
    const opened = await this.open(tx, kept);
    const known = new Map(kept.map((one, index) => [one.id, { ...one, ...opened[index] }]));
    const isSame = ({ enterpriseId, name, phone }: StatedContact): boolean => {
      const before = known.get(enterpriseId);
      return before !== undefined && before.name === name && before.phone === phone;
    };
    const fresh = stated.filter((one) => (one.name !== null || one.phone !== null) && !isSame(one));
    const sealed = await this.personalData.seal(tx, 'enterprises', fresh.map(({ enterpriseId, name, phone }) => (
      { id: enterpriseId, organisationId: nobody, texts: { contact_name: name, contact_phone: phone }, identifiers: [phone] })));
    const anew = new Map(fresh.map((one, index) => [one, sealed[index]]));
    return stated.map((one) => {
      const contact = anew.get(one);
      if (contact) return { name: contact.contact_name, phone: contact.contact_phone, fingerprint: randomBytes(12).toString('base64url') };
      const isStated = one.name !== null || one.phone !== null;
      return { name: null, phone: null, fingerprint: isStated ? known.get(one.enterpriseId)!.fingerprint : null };
    });
  }

  /** Destroys the keys of sealed contacts, which nobody can read from then on. Runs as worker. */
  async destroy(tx: Tx, sealed: readonly Pick<SealedContact, 'name' | 'phone'>[]): Promise<void> {
    await this.personalData.destroy(tx, sealed.flatMap(({ name, phone }) => [name, phone]));
  }

  /** Contacts in the clear, in the order of the enterprises; null what is not stated, or was erased. */
  async open(tx: Tx, enterprises: readonly Kept[]): Promise<{ name: string | null; phone: string | null }[]> {
    const opened = await this.personalData.open(tx, 'enterprises', enterprises.map(({ id, contactNameEncrypted, contactPhoneEncrypted }) => (
      { id, organisationId: nobody, sealed: { contact_name: contactNameEncrypted, contact_phone: contactPhoneEncrypted } })));
    return opened.map(({ contact_name: name, contact_phone: phone }) => ({ name, phone }));
  }

  /** Fills in the contacts of enterprises, masked. */
  async show(tx: Tx, enterprises: readonly Enterprise[]): Promise<void> {
    const contacts = await this.open(tx, enterprises);
    enterprises.forEach((enterprise, index) => {
      const { name, phone } = contacts[index];
      Object.assign(enterprise, { contactName: name && maskName(name), contactPhone: phone && maskPhone(phone) });
    });
  }
}
