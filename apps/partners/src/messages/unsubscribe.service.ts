import { notFound } from '@finharbor/contracts/errors';
import { CONFIG } from '@finharbor/platform/config/config';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { PartnersConfig } from '../config.js';
import { MessageRecipient, OptOutBy } from './recipient.entity.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';

/** Why these use cases run as worker: whoever has the link in a mail has no organisation, and need not sign in. */
export const UNSUBSCRIBE = 'follow an unsubscribe link';

/** What the reader of a mail says about further ones. */
@Injectable()
export class UnsubscribeService {
  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig,
    private readonly tenancy: Tenancy,
    private readonly links: UnsubscribeLinks,
  ) {}

  /** The page that asks. */
  ask(caller: Caller, token: string): Promise<string> {
    return this.following(caller, token, async (recipient) => this.page(recipient, token));
  }

  /** Ends mail to the recipient, or takes it up again, and gives the page that says so. */
  set(caller: Caller, token: string, isOut: boolean): Promise<string> {
    return this.following(caller, token, async (recipient, change) => {
      if ((recipient.mailOptedOut === OptOutBy.RECIPIENT) !== isOut) await change(isOut ? OptOutBy.RECIPIENT : null);
      return this.page(recipient, token);
    });
  }

  private async following(
    caller: Caller, token: string,
    work: (recipient: MessageRecipient, change: (mailOptedOut: OptOutBy | null) => Promise<void>) => Promise<string>,
  ): Promise<string> {
    const id = this.links.recipientOf(token);
    if (!id) throw notFound('link');
    return this.tenancy.asWorker(UNSUBSCRIBE, caller, async (tx) => {
      const recipient = await tx.manager.findOne(MessageRecipient, { where: { id, removedAt: IsNull() }, lock: { mode: 'pessimistic_write' } });
      if (!recipient) throw notFound('link');
      return work(recipient, async (mailOptedOut) => {
        await tx.manager.update(MessageRecipient, { id }, { mailOptedOut });
        Object.assign(recipient, { mailOptedOut });
        await audit(tx, { action: `message-recipient.${mailOptedOut ? 'unsubscribe' : 'resubscribe'}`, resource: 'message-recipient', resourceId: id });
      });
    });
  }

  /** Nothing on it says who the recipient is: links are passed on with mails. */
  private page({ mailOptedOut }: MessageRecipient, token: string): string {
    const isOut = mailOptedOut === OptOutBy.RECIPIENT;
    const [said, action, button] = isOut
      ? ['您已退订，不会再收到此类邮件。', `/unsubscribe/${token}/withdrawal`, '恢复接收']
      : ['确认不再接收此类邮件？', `/unsubscribe/${token}`, '退订'];
    return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`
      + `<title>邮件退订</title><link rel="stylesheet" href="/pages.css"></head><body><main><h1>${escaped(this.config.MESSAGE_SENDER)}</h1>`
      + `<p>${said}</p><form method="post" action="${escaped(action)}"><button>${button}</button></form></main></body></html>\n`;
  }
}

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
