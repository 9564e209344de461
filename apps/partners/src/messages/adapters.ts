import { fileURLToPath } from 'node:url';
import { CONFIG } from '@finharbor/platform/config/config';
import { Inject, Injectable } from '@nestjs/common';
import type { PartnersConfig } from '../config.js';
import { FileAdapter } from './file-adapter.js';
import { MessageChannel, MessageKind } from './message-kinds.js';
import type { MessageAdapter } from './outcomes.js';
import { SmsGateway } from './sms-gateway.js';
import { SmtpAdapter } from './smtp-adapter.js';

/** The ways out of the house, by channel, as MAIL_URL and SMS_URL say. A channel without one is closed: nobody is told anything there. */
@Injectable()
export class Adapters {
  /** What this version has templates for. */
  readonly knownKinds = Object.values(MessageKind);
  private readonly byChannel: ReadonlyMap<MessageChannel, MessageAdapter>;

  constructor(@Inject(CONFIG) config: PartnersConfig) {
    const byChannel = new Map<MessageChannel, MessageAdapter>();
    const [mail, sms] = [mailAdapter(config), smsAdapter(config)];
    if (mail) byChannel.set(MessageChannel.MAIL, mail);
    if (sms) byChannel.set(MessageChannel.SMS, sms);
    this.byChannel = byChannel;
  }

  /** Open channels. */
  get channels(): MessageChannel[] {
    return [...this.byChannel.keys()];
  }

  /** Those where a message may be sent again without harm. */
  get repeatable(): MessageChannel[] {
    return [...this.byChannel].flatMap(([channel, { knowsIds }]) => (knowsIds ? [channel] : []));
  }

  /** The way out of an open channel. */
  of(channel: MessageChannel): MessageAdapter {
    return this.byChannel.get(channel)!;
  }
}

function mailAdapter({ MAIL_URL, MAIL_FROM }: PartnersConfig): MessageAdapter | undefined {
  if (MAIL_URL.startsWith('file:')) return new FileAdapter(fileURLToPath(MAIL_URL));
  return MAIL_URL ? new SmtpAdapter({ url: new URL(MAIL_URL), from: MAIL_FROM }) : undefined;
}

function smsAdapter(config: PartnersConfig): MessageAdapter | undefined {
  const { SMS_URL: url, SMS_TOKEN: token, SMS_SIGNING_KEY: signingKey, SMS_KNOWS_IDS: knowsIds } = config;
  if (url.startsWith('file:')) return new FileAdapter(fileURLToPath(url));
  return url ? new SmsGateway({ url, token, signingKey, knowsIds }) : undefined;
}
