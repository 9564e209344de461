import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { maskEmail, maskMobile, maskName } from '@finharbor/standards/masking';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { HarborPerson } from '../people/harbor-person.entity.js';
import { MessageChannel } from './message-kinds.js';
import type { MessageRecipient } from './recipient.entity.js';

/** Who a recipient is, in the clear: for sending and for comparing, and masked before it is shown. */
export interface RecipientContact {
  name: string | null;
  mail: string | null;
  mobile: string | null;
  /** Of somebody who works at a harbor: that this is so today. */
  isThere: boolean;
}

export const addressOf = (contact: RecipientContact, channel: MessageChannel): string | null =>
  (channel === MessageChannel.MAIL ? contact.mail : contact.mobile);

export const optedOut = (recipient: MessageRecipient, channel: MessageChannel): MessageRecipient['mailOptedOut'] =>
  (channel === MessageChannel.MAIL ? recipient.mailOptedOut : recipient.smsOptedOut);

/** Where recipients are found, as far as the transaction sees them. */
@Injectable()
export class RecipientBook {
  constructor(private readonly personalData: PersonalData) {}

  /** Opens recipients. Whoever works at a harbor has name and mobile there. */
  async open(tx: Tx, recipients: readonly MessageRecipient[]): Promise<RecipientContact[]> {
    const own = await this.personalData.open(tx, 'message_recipients', recipients.map(({ id, orgId, nameEncrypted: name, mailEncrypted: mail, mobileEncrypted: mobile }) =>
      ({ id, organisationId: orgId, sealed: { name, mail, mobile } })));
    const people = await this.people(tx, recipients.flatMap(({ harborPersonId }) => harborPersonId ?? []));
    return recipients.map(({ orgId, harborPersonId }, index) => {
      if (!harborPersonId) return { ...own[index], isThere: true };
      const person = people.get(harborPersonId);
      const { name, mobile, isThere } = person?.organisationId === orgId ? person : nobody;
      return { name, mobile, mail: own[index].mail, isThere };
    });
  }

  /** People of harbors, whoever employs them; those whose phone is no mobile have none. */
  async people(tx: Tx, ids: readonly string[]): Promise<Map<string, Omit<RecipientContact, 'mail'> & { organisationId: string }>> {
    if (ids.length === 0) return new Map();
    const people = await tx.manager.findBy(HarborPerson, { id: In([...ids]) });
    const texts = await this.personalData.open(tx, 'harbor_people', people.map(({ id, organisationId, nameEncrypted: name, phoneEncrypted: phone }) =>
      ({ id, organisationId, sealed: { name, phone } })));
    const today = localDate(new Date());
    return new Map(people.map(({ id, organisationId, validTo }, index) => {
      const { name, phone } = texts[index];
      return [id, { organisationId, name, mobile: phone && /^1[3-9]\d{9}$/.test(phone) ? phone : null, isThere: validTo === null || validTo > today }];
    }));
  }

  /** The same recipients as anybody may see them, whose they are. */
  async masked(tx: Tx, recipients: MessageRecipient[]): Promise<MessageRecipient[]> {
    const contacts = await this.open(tx, recipients);
    return recipients.map((recipient, index) => {
      const { name, mail, mobile } = recipient.removedAt ? nobody : contacts[index];
      const masked = { name: name && maskName(name), mail: mail && maskEmail(mail), mobile: mobile && maskMobile(mobile) };
      return Object.assign(recipient, masked);
    });
  }
}

const nobody: RecipientContact = { name: null, mail: null, mobile: null, isThere: false };
