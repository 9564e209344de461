import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, Int } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { MessageChannel, MessageKind, type MessageVariables } from './message-kinds.js';

export enum MessageState {
  WAITING = 'WAITING',
  SENDING = 'SENDING',
  /** The mail server or the gateway took it. */
  SENT = 'SENT',
  FAILED = 'FAILED',
  /** It may have gone out, and is not sent again (ADR 22). */
  UNCERTAIN = 'UNCERTAIN',
  /** The recipient opted out, left or was taken out before it went. */
  CANCELLED = 'CANCELLED',
}

/** One message to one person. Neither what it says nor where it goes is stored: both are made when it is sent. */
@Entity({ schema: 'partners', name: 'messages' })
export class Message {
  @Property(() => ID, { description: 'Id of the message, by which mail servers and gateways know it too.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'Who it is to.', column: {} })
  recipientId: string;

  @Property(() => String, { description: 'The recipient’s name, masked; null when it was erased.', nullable: true })
  recipientName: string | null;

  @Property(() => String, { description: 'The recipient’s address on the channel as it is now, masked.', nullable: true })
  recipientAddress: string | null;

  @Property(() => MessageKind, { description: 'What of.', enum: MessageKind, enumName: 'MessageKind', column: {} })
  kind: MessageKind;

  @Property(() => MessageChannel, { description: 'How.', enum: MessageChannel, enumName: 'MessageChannel', column: {} })
  channel: MessageChannel;

  @Property(() => Int, { description: 'How many events it tells of.', column: {} })
  count: number;

  @Property(() => String, { description: 'What it says.' })
  text: string;

  @Property(() => Int, { description: 'Of an SMS: in how many parts it is sent; 70 characters go into one, 67 into each of several.', nullable: true })
  parts: number | null;

  @Property(() => MessageState, { description: 'Where it is.', enum: MessageState, enumName: 'MessageState', column: {} })
  state: MessageState;

  @Property(() => String, { description: 'Why the last attempt failed or it was cancelled, as a code; null where nothing went wrong.', nullable: true, column: {} })
  reason: string | null;

  @Property(() => Int, { description: 'How often it was tried.', column: {} })
  attempts: number;

  @Property(() => Date, { description: 'When it was made.', column: {} })
  createdAt: Date;

  @Property(() => Date, { description: 'Before when it does not go out; outside quiet hours unless it is urgent.', column: {} })
  sendAfter: Date;

  @Property(() => Date, { description: 'When it was sent or given up; null while neither.', nullable: true, column: {} })
  endedAt: Date | null;

  @Hidden({ type: 'uuid' })
  orgId: string;

  @Hidden({ type: 'jsonb' })
  variables: MessageVariables;
}

/** What people can be told of. */
export class MessageKindDescription {
  @Property(() => MessageKind, { description: 'The kind.', enum: MessageKind, enumName: 'MessageKind' })
  kind: MessageKind;

  @Property(() => Boolean, { description: 'Whether it goes out at once, in quiet hours too.' })
  urgent: boolean;

  @Property(() => String, { description: 'Subject of the mail.' })
  subject: string;

  @Property(() => String, { description: 'The SMS as it would read now for one event.' })
  sms: string;

  @Property(() => Int, { description: 'How many characters of an SMS that is; 70 go into one part.' })
  smsCharacters: number;

  @Property(() => Int, { description: 'In how many parts it is sent.' })
  smsParts: number;
}

export class MessageKindList {
  @Property(() => [MessageKindDescription], { description: 'The kinds for organisations like the caller’s.' })
  items: MessageKindDescription[];
}
