import type { EncryptedTable } from '@finharbor/platform/personal-data/encrypted-table';
import { Adapters } from './adapters.js';
import { Gathering } from './gathering.js';
import { Message } from './message.entity.js';
import { MessageMetrics } from './message-metrics.js';
import { MessageRetention } from './message-retention.js';
import { MessageSender } from './message-sender.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';
import { Notices } from './notices.js';
import { RecipientBook } from './recipient-book.js';
import { MessageRecipient } from './recipient.entity.js';
import { RecipientsController } from './recipients.controller.js';
import { RecipientsService } from './recipients.service.js';
import { UnsubscribeController } from './unsubscribe.controller.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';
import { UnsubscribeService } from './unsubscribe.service.js';

/** Messages to people, as the service's module takes them in. */
export const messageEntities = [MessageRecipient, Message];
export const messageControllers = [RecipientsController, MessagesController, UnsubscribeController];
export const messageProviders = [
  Notices, Gathering, Adapters, MessageSender, RecipientBook, RecipientsService, MessagesService, UnsubscribeLinks, UnsubscribeService,
  MessageMetrics, MessageRetention,
];
export const messagePeople: EncryptedTable = { table: 'message_recipients', columns: ['name', 'mail', 'mobile'], holds: 'PERSON', identifiers: ['mail', 'mobile'] };
