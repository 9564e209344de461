import type { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { CONFIG } from '@finharbor/platform/config/config';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, PageQuery, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsOptional, IsUUID } from 'class-validator';
import { In } from 'typeorm';
import type { PartnersConfig } from '../config.js';
import { MessageChannel, MessageKind, messageKinds } from './message-kinds.js';
import { Message, MessageKindDescription, MessageKindList, MessageState } from './message.entity.js';
import { RecipientBook } from './recipient-book.js';
import { MessageRecipient } from './recipient.entity.js';
import { partsOf, render, smsParts, smsText } from './rendering.js';

/** Which messages. */
export class MessagesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'To this recipient alone.', format: 'uuid' })
  @IsOptional() @IsUUID()
  recipientId?: string;

  @ApiPropertyOptional({ enum: MessageState, enumName: 'MessageState', description: 'In this state alone.' })
  @IsOptional() @IsEnum(MessageState)
  state?: MessageState;
}

/** What went to an organisation's people, for 90 days, and what could. */
@Injectable()
export class MessagesService {
  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig,
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly book: RecipientBook,
  ) {}

  /** Newest first. */
  list(caller: Caller, query: MessagesQuery): Promise<Page<Message>> {
    return this.tenancy.run(caller, async (tx) => {
      const messages = tx.manager.createQueryBuilder(Message, 'message').where('true');
      const { recipientId, state } = query;
      if (recipientId) messages.andWhere('message.recipientId = :recipientId', { recipientId });
      if (state) messages.andWhere('message.state = :state', { state });
      const page = await readPage(messages, query, this.cursors, { list: 'messages', organisationId: caller.organisationId, filter: [recipientId, state] });
      await this.complete(tx, page.items);
      return page;
    });
  }

  kinds(caller: Caller): Promise<MessageKindList> {
    return this.tenancy.run(caller, async (tx) => {
      const [organisation] = await tx.query<{ kind: OrganisationKind }>('select kind from partners.organisations where id = $1', [tx.organisationId]);
      const kinds = Object.values(MessageKind).filter((kind) => messageKinds[kind].for.includes(organisation?.kind));
      return Object.assign(new MessageKindList(), { items: kinds.map((kind) => this.describe(kind)) });
    });
  }

  private describe(kind: MessageKind): MessageKindDescription {
    const { urgent, words } = messageKinds[kind];
    const variables = Object.fromEntries(Object.entries(words).map(([name, values]) => [name, Object.keys(values)[0]]));
    const { subject, text } = render(kind, { count: 1, variables });
    const sms = smsText(this.config.MESSAGE_SENDER, text);
    return Object.assign(new MessageKindDescription(), { kind, urgent, subject, sms, smsCharacters: sms.length, smsParts: smsParts(sms) });
  }

  private async complete(tx: Tx, messages: Message[]): Promise<void> {
    const recipients = await tx.manager.findBy(MessageRecipient, { id: In(messages.map(({ recipientId }) => recipientId)) });
    const masked = new Map((await this.book.masked(tx, recipients)).map((one) => [one.id, one]));
    for (const message of messages) {
      const recipient = masked.get(message.recipientId);
      const text = messageKinds[message.kind] ? render(message.kind, message).text : ''; // a newer version may have made it
      Object.assign(message, {
        text, parts: partsOf(message.channel, this.config.MESSAGE_SENDER, text), recipientName: recipient?.name ?? null,
        recipientAddress: (message.channel === MessageChannel.MAIL ? recipient?.mail : recipient?.mobile) ?? null,
      });
    }
  }
}
