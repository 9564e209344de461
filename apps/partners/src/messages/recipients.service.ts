import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import type { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { identifierOf } from '@finharbor/platform/personal-data/identifiers';
import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { MessageChannel, messageKinds } from './message-kinds.js';
import { addressOf, optedOut, RecipientBook, type RecipientContact } from './recipient-book.js';
import { MessageRecipient, OptOutBy } from './recipient.entity.js';
import type { EnterRecipientInput, RecipientsQuery, SubscriptionInput } from './recipient.inputs.js';

/** Recipients that one organisation may have. They are few, so they are compared in the clear, in memory. */
const mostRecipients = 200;
const channels = Object.values(MessageChannel);

/** Who of an organisation is told things. Each organisation keeps its own people; nobody else sees them, supervisors neither. */
@Injectable()
export class RecipientsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly personalData: PersonalData,
    private readonly book: RecipientBook,
  ) {}

  /** Enters somebody. Whoever opted out before is not brought back by being entered again. */
  enter(caller: Caller, input: EnterRecipientInput): Promise<MessageRecipient> {
    return this.tenancy.run(caller, async (tx) => {
      const { harborPersonId = null, mail = null, subscriptions } = input;
      const contact = await this.contactOf(tx, input);
      const optOuts = await this.compare(tx, contact);
      await this.check(tx, contact, subscriptions);
      const [id, orgId] = [newId(), tx.organisationId];
      const texts = harborPersonId ? { name: null, mail, mobile: null } : { name: contact.name, mail, mobile: contact.mobile };
      const [sealed] = await this.personalData.seal(tx, 'message_recipients', [{ id, organisationId: orgId, texts, identifiers: [texts.mail, texts.mobile] }]);
      const recipient = tx.manager.create(MessageRecipient, {
        id, orgId, harborPersonId, subscriptions, ...optOuts, createdAt: new Date(), removedAt: null,
        nameEncrypted: sealed.name, mailEncrypted: sealed.mail, mobileEncrypted: sealed.mobile,
      });
      await tx.manager.insert(MessageRecipient, recipient);
      await audit(tx, { action: 'message-recipient.enter', resource: 'message-recipient', resourceId: id, detail: { harborPersonId, subscriptions } });
      return this.shown(tx, recipient);
    });
  }

  /** Newest first. */
  list(caller: Caller, query: RecipientsQuery): Promise<Page<MessageRecipient>> {
    return this.tenancy.run(caller, async (tx) => {
      const recipients = tx.manager.createQueryBuilder(MessageRecipient, 'recipient').where('recipient.removedAt is null');
      const page = await readPage(recipients, query, this.cursors, { list: 'message-recipients', organisationId: caller.organisationId });
      return { ...page, items: await this.book.masked(tx, page.items) };
    });
  }

  get(caller: Caller, id: string): Promise<MessageRecipient> {
    return this.tenancy.run(caller, async (tx) => this.shown(tx, await this.find(tx, id)));
  }

  /** Says anew what the person is told, and how. */
  subscribe(caller: Caller, id: string, subscriptions: SubscriptionInput[]): Promise<MessageRecipient> {
    return this.tenancy.run(caller, async (tx) => {
      const recipient = await this.find(tx, id, true);
      const [contact] = await this.book.open(tx, [recipient]);
      await this.check(tx, contact, subscriptions);
      return this.change(tx, recipient, { subscriptions }, 'subscribe', { subscriptions });
    });
  }

  /** Ends a channel, or takes it up again, which nobody does whose recipient ended it. Again changes nothing. */
  setOptOut(caller: Caller, id: string, channel: MessageChannel, isOut: boolean): Promise<MessageRecipient> {
    return this.tenancy.run(caller, async (tx) => {
      const recipient = await this.find(tx, id, true);
      const before = optedOut(recipient, channel);
      if (before === OptOutBy.RECIPIENT && !isOut) throw new DomainError('ILLEGAL_STATE', 'The recipient opted out, and alone takes that back.');
      if ((before !== null) === isOut) return this.shown(tx, recipient);
      return this.change(tx, recipient, optOutOf(channel, isOut ? OptOutBy.ORGANISATION : null), isOut ? 'opt-out' : 'opt-in', { channel });
    });
  }

  /** Takes somebody out. What waits is not sent any more, and the person is erased within the hour. Again changes nothing. */
  remove(caller: Caller, id: string): Promise<MessageRecipient> {
    return this.tenancy.run(caller, async (tx) => {
      const recipient = await tx.manager.findOne(MessageRecipient, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!recipient) throw notFound('recipient');
      return recipient.removedAt ? this.shown(tx, recipient) : this.change(tx, recipient, { subscriptions: [], removedAt: new Date() }, 'remove');
    });
  }

  private async find(tx: Tx, id: string, forChange = false): Promise<MessageRecipient> {
    const recipient = await tx.manager.findOne(MessageRecipient, { where: { id, removedAt: IsNull() }, ...(forChange && { lock: { mode: 'pessimistic_write' } }) });
    if (!recipient) throw notFound('recipient');
    return recipient;
  }

  private async change(
    tx: Tx, recipient: MessageRecipient, change: Partial<MessageRecipient>, action: string, detail?: Record<string, unknown>,
  ): Promise<MessageRecipient> {
    await tx.manager.update(MessageRecipient, { id: recipient.id }, change);
    await audit(tx, { action: `message-recipient.${action}`, resource: 'message-recipient', resourceId: recipient.id, detail });
    return this.shown(tx, Object.assign(recipient, change));
  }

  private async shown(tx: Tx, recipient: MessageRecipient): Promise<MessageRecipient> {
    return (await this.book.masked(tx, [recipient]))[0];
  }

  private async contactOf(tx: Tx, input: EnterRecipientInput): Promise<RecipientContact> {
    const { harborPersonId, name } = input;
    const [mail, mobile] = [input.mail ?? null, input.mobile ?? null];
    if (!harborPersonId) {
      if (!name) throw invalid('name', 'required', 'name must be given, unless harborPersonId is');
      if (!mail && !mobile) throw invalid('mail', 'required', 'mail or mobile must be given');
      return { name, mail, mobile, isThere: true };
    }
    if (name || mobile) throw invalid(name ? 'name' : 'mobile', 'absent', 'name and mobile are those of the entry at the harbor');
    const person = (await this.book.people(tx, [harborPersonId])).get(harborPersonId);
    // A supervisor's transaction sees the people of others.
    if (!person?.isThere || person.organisationId !== tx.organisationId) throw notFound('person');
    return { name: person.name, mobile: person.mobile, isThere: true, mail };
  }

  /** What earlier entries of the same addresses say: nobody is entered twice, and a recipient's own opt-out goes on. */
  private async compare(tx: Tx, contact: RecipientContact): Promise<Pick<MessageRecipient, 'mailOptedOut' | 'smsOptedOut'>> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`message-recipients ${tx.organisationId}`]);
    const earlier = await tx.manager.find(MessageRecipient, {});
    if (earlier.filter(({ removedAt }) => removedAt === null).length >= mostRecipients) {
      throw new DomainError('ILLEGAL_STATE', `An organisation has at most ${mostRecipients} recipients.`);
    }
    const contacts = await this.book.open(tx, earlier);
    const optOuts = { mailOptedOut: null, smsOptedOut: null };
    for (const channel of channels) {
      const address = addressOf(contact, channel);
      const alike = earlier.filter((_, index) => address !== null && isSame(addressOf(contacts[index], channel), address));
      if (alike.some(({ removedAt }) => removedAt === null)) throw new DomainError('ALREADY_EXISTS', `A recipient has this ${channel === MessageChannel.MAIL ? 'mail address' : 'mobile number'} already.`);
      if (alike.some((one) => optedOut(one, channel) === OptOutBy.RECIPIENT)) Object.assign(optOuts, optOutOf(channel, OptOutBy.RECIPIENT));
    }
    return optOuts;
  }

  /** Kinds must be meant for organisations like the recipient's, and channels must lead somewhere. */
  private async check(tx: Tx, contact: RecipientContact, subscriptions: readonly SubscriptionInput[]): Promise<void> {
    const [organisation] = await tx.query<{ kind: OrganisationKind }>('select kind from partners.organisations where id = $1', [tx.organisationId]);
    subscriptions.forEach(({ kind, channel }, index) => {
      if (!messageKinds[kind].for.includes(organisation?.kind)) throw invalid(`subscriptions.${index}.kind`, 'told', `an organisation of this kind is not told ${kind}`);
      if (!addressOf(contact, channel)) throw invalid(`subscriptions.${index}.channel`, 'address', `the recipient has no address for ${channel}`);
    });
  }
}

const isSame = (one: string | null, other: string): boolean => one !== null && identifierOf(one) === identifierOf(other);

/** The change that a recipient's word or the organisation's makes. */
export const optOutOf = (channel: MessageChannel, by: OptOutBy | null): Partial<MessageRecipient> =>
  (channel === MessageChannel.MAIL ? { mailOptedOut: by } : { smsOptedOut: by });

const invalid = (field: string, rule: string, message: string): DomainError => new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);
