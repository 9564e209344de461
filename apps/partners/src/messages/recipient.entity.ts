import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { MessageChannel, MessageKind } from './message-kinds.js';

/** Whose word it is that nothing more goes out on a channel. */
export enum OptOutBy {
  /** Of the recipient, by the link in a mail. Nobody but the recipient takes it back. */
  RECIPIENT = 'RECIPIENT',
  /** Of the organisation. */
  ORGANISATION = 'ORGANISATION',
}

export class MessageSubscription {
  @Property(() => MessageKind, { description: 'What of.', enum: MessageKind, enumName: 'MessageKind' })
  kind: MessageKind;

  @Property(() => MessageChannel, { description: 'How.', enum: MessageChannel, enumName: 'MessageChannel' })
  channel: MessageChannel;
}

/** Rows stay, without the person, for the messages that went there. */
@Entity({ schema: 'partners', name: 'message_recipients' })
export class MessageRecipient {
  @Property(() => ID, { description: 'Id of the recipient.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The entry of somebody who works at a harbor, whose name and mobile these are.', nullable: true, column: {} })
  harborPersonId: string | null;

  @Property(() => String, { description: 'Name, masked; null when it was erased.', nullable: true })
  name: string | null;

  @Property(() => String, { description: 'Mail address, masked.', nullable: true })
  mail: string | null;

  @Property(() => String, { description: 'Mobile number, masked.', nullable: true })
  mobile: string | null;

  @Property(() => [MessageSubscription], { description: 'What the person is told, and how.', column: { type: 'jsonb' } })
  subscriptions: MessageSubscription[];

  @Property(() => OptOutBy, { description: 'Who said that no more mail is wanted; null where it is.', nullable: true, enum: OptOutBy, enumName: 'OptOutBy', column: {} })
  mailOptedOut: OptOutBy | null;

  @Property(() => OptOutBy, { description: 'The same of SMS.', nullable: true, enum: OptOutBy, enumName: 'OptOutBy', column: {} })
  smsOptedOut: OptOutBy | null;

  @Property(() => Date, { description: 'When it was entered.', column: {} })
  createdAt: Date;

  @Hidden({ type: 'uuid' })
  orgId: string;

  @Hidden({ type: 'timestamptz', nullable: true })
  removedAt: Date | null;

  @Hidden({ type: 'text', nullable: true })
  nameEncrypted: string | null;

  @Hidden({ type: 'text', nullable: true })
  mailEncrypted: string | null;

  @Hidden({ type: 'text', nullable: true })
  mobileEncrypted: string | null;
}
