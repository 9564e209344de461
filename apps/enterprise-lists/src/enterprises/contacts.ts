import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { maskName, maskPhone } from '@finharbor/standards/masking';
import { Injectable } from '@nestjs/common';
import type { Enterprise } from './enterprise.entity.js';

/** The master belongs to no organisation; its ciphertexts are bound to their column and row. */
const nobody = 'programme';

const place = (column: 'contact_name_encrypted' | 'contact_phone_encrypted', rowId: string): { column: string; rowId: string; organisationId: string } =>
  ({ column: `enterprise_lists.enterprises.${column}`, rowId, organisationId: nobody });

/** A contact as it is kept. */
export interface SealedContact {
  name: string | null;
  phone: string | null;
  /** Of name and phone; null where neither is stated. Another contact has another fingerprint. */
  fingerprint: string | null;
}

/** Contacts of enterprises: personal data, encrypted in the master and masked on the way out (architecture.md rule 11). */
@Injectable()
export class Contacts {
  constructor(private readonly cipher: FieldCipher) {}

  seal(enterpriseId: string, name: string | null, phone: string | null): SealedContact {
    if (name === null && phone === null) return { name: null, phone: null, fingerprint: null };
    return {
      name: name && this.cipher.encrypt(name, place('contact_name_encrypted', enterpriseId)),
      phone: phone && this.cipher.encrypt(phone, place('contact_phone_encrypted', enterpriseId)),
      // The id is part of it, so that two enterprises with one phone number cannot be linked.
      fingerprint: this.cipher.blindIndex(JSON.stringify([enterpriseId, name, phone]), 'enterprise-contact', nobody),
    };
  }

  maskedName({ id, contactNameEncrypted: sealed }: Enterprise): string | null {
    return sealed && maskName(this.cipher.decrypt(sealed, place('contact_name_encrypted', id)));
  }

  maskedPhone({ id, contactPhoneEncrypted: sealed }: Enterprise): string | null {
    return sealed && maskPhone(this.cipher.decrypt(sealed, place('contact_phone_encrypted', id)));
  }
}
