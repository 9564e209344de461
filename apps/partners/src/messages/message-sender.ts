import { setTimeout as pause } from 'node:timers/promises';
import { Grace } from '@finharbor/platform/boot/grace';
import { Recurring } from '@finharbor/platform/boot/recurring';
import { CONFIG } from '@finharbor/platform/config/config';
import { isTransient } from '@finharbor/platform/errors/is-transient';
import { LOGGER } from '@finharbor/platform/logs/token';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { In, QueryFailedError } from 'typeorm';
import type { PartnersConfig } from '../config.js';
import { Adapters } from './adapters.js';
import { Gathering } from './gathering.js';
import { MessageChannel, urgentKinds } from './message-kinds.js';
import type { Message } from './message.entity.js';
import { leaseSeconds, mostAttempts, type Outcome, type OutgoingMessage, type Step, stepAfter } from './outcomes.js';
import { isQuiet, parseQuietHours, type QuietHours } from './quiet-hours.js';
import { addressOf, optedOut, RecipientBook, type RecipientContact } from './recipient-book.js';
import { MessageRecipient } from './recipient.entity.js';
import { mailText, render, smsText } from './rendering.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';

const everyMs = 5_000;
/** Messages that a replica has on their way at a time. As many are claimed and begun at once, so that a crash leaves few in doubt. */
const concurrency = 5;
/** What attempts under way get of the time in which the service must stop; the rest is for writing what became of them. */
const leavingMs = 500;
/** How often it is tried to write what became of an attempt while the database is away. */
const writeEveryMs = 500;

type Claimed = Pick<Message, 'id' | 'recipientId' | 'kind' | 'channel' | 'variables' | 'count' | 'attempts'>;
type Ready = Claimed & { outgoing: OutgoingMessage | undefined };

/**
 * Sends messages, any number of replicas at once. A message is claimed in a transaction of its own before it is sent, and what became
 * of it is written in another. Between the two its id goes out with it, and a lease says how long it can take (ADR 22).
 */
@Injectable()
export class MessageSender implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly quietHours: QuietHours | undefined;
  private readonly recurring: Recurring;
  private readonly leaving = new AbortController();

  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly grace: Grace,
    private readonly adapters: Adapters,
    private readonly gathering: Gathering,
    private readonly book: RecipientBook,
    private readonly links: UnsubscribeLinks,
  ) {
    this.quietHours = parseQuietHours(config.QUIET_HOURS);
    this.recurring = new Recurring('messages', logger, everyMs, () => this.run());
  }

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  async onModuleDestroy(): Promise<void> {
    const timer = setTimeout(() => this.leaving.abort(Object.assign(new Error('leaving'), { code: 'LEAVING' })), leavingMs);
    await this.recurring.stop(this.grace);
    clearTimeout(timer);
  }

  /** Sends all that may go out now. @param at what is now, where it is not the clock that says it */
  async run(at?: Date): Promise<void> {
    await this.recover();
    await this.gathering.gather(at, this.isQuiet(at));
    while (!this.recurring.isStopped) {
      const claimed = await this.claim(at);
      if (claimed.length === 0) return;
      // All end before the first failure counts: what is under way is waited for.
      const sent = await Promise.allSettled(claimed.map((message) => this.send(message, at)));
      for (const one of sent) if (one.status === 'rejected') throw one.reason;
    }
  }

  private isQuiet(at: Date | undefined): boolean {
    return isQuiet(this.quietHours, at ?? new Date());
  }

  /** Whoever claimed these has died, before or after they went out. What nobody could send for days is no news any more. */
  private recover(): Promise<void> {
    return this.tenancy.worker(async (tx) => {
      const lost = await tx.query<{ id: string; state: string }>(
        `with lost as (
           select id, channel = any($1) and attempts < $2 as again from partners.messages
           where ended_at is null and state = 'SENDING' and claimed_until < now() for update skip locked)
         update partners.messages m set state = case when again then 'WAITING' else 'UNCERTAIN' end, reason = 'INTERRUPTED', claimed_until = null,
           ended_at = case when not again then now() end
         from lost where m.id = lost.id returning m.id, m.state`,
        [this.adapters.repeatable, mostAttempts]);
      for (const { id, state } of lost) this.logger.warn({ messageId: id, state }, 'message interrupted');
      await tx.query(`update partners.messages set state = 'FAILED', reason = 'EXPIRED', ended_at = now() where ended_at is null and state = 'WAITING' and send_after < now() - interval '3 days'`);
    });
  }

  /** Claims messages that are due, and cancels those that nobody is to get any more. */
  private async claim(at: Date | undefined): Promise<Ready[]> {
    for (;;) {
      const { found, ready } = await this.tenancy.worker(async (tx) => {
        const claimed = await tx.query<Claimed>(
          `update partners.messages set state = 'SENDING', attempts = attempts + 1, claimed_until = now() + make_interval(secs => ${leaseSeconds})
           where id = any(array(
             select id from partners.messages
             where ended_at is null and state = 'WAITING' and send_after <= coalesce($1::timestamptz, now()) and channel = any($2) and kind = any($3)
             order by send_after, id limit ${concurrency} for update skip locked))
           returning id, recipient_id as "recipientId", kind, channel, variables, count, attempts`,
          [at ?? null, this.adapters.channels, this.isQuiet(at) ? urgentKinds : this.adapters.knownKinds]);
        return { found: claimed.length, ready: await this.address(tx, claimed) };
      });
      // Where all that was claimed was cancelled, more is claimed.
      if (found === 0 || ready.length > 0) return ready;
    }
  }

  private async address(tx: Tx, claimed: Claimed[]): Promise<Ready[]> {
    const recipients = await tx.manager.findBy(MessageRecipient, { id: In(claimed.map(({ recipientId }) => recipientId)) });
    const ready: Ready[] = [];
    for (const message of claimed) {
      const outgoing = await this.compose(tx, message, recipients.find(({ id }) => id === message.recipientId));
      if (typeof outgoing !== 'string') {
        ready.push({ ...message, outgoing });
        continue;
      }
      await tx.query(
        `update partners.messages set state = 'CANCELLED', reason = $2, attempts = attempts - 1, claimed_until = null, ended_at = now() where id = $1`,
        [message.id, outgoing]);
    }
    return ready;
  }

  /** What goes out, or why nothing goes to the recipient any more; undefined where it cannot be made, which holds up no other. */
  private async compose(tx: Tx, message: Claimed, recipient: MessageRecipient | undefined): Promise<OutgoingMessage | string | undefined> {
    if (!recipient) return 'REMOVED';
    try {
      const [contact] = await this.book.open(tx, [recipient]);
      return hindrance(message.channel, contact, recipient) ?? this.outgoing(message, contact);
    } catch (error) {
      // The transaction is lost, and the claim with it.
      if (error instanceof QueryFailedError || isTransient(error)) throw error;
      this.logger.error({ err: error, messageId: message.id }, 'message cannot be made');
      return undefined;
    }
  }

  private outgoing({ id, recipientId, kind, channel, count, variables }: Claimed, contact: RecipientContact): OutgoingMessage {
    const { subject, text } = render(kind, { count, variables });
    const { MESSAGE_SENDER: sender, PUBLIC_URL: url } = this.config;
    const to = addressOf(contact, channel)!;
    if (channel === MessageChannel.SMS) return { id, to, text: smsText(sender, text) };
    const unsubscribeUrl = this.links.urlOf(recipientId);
    return { id, to, subject: `【${sender}】${subject}`, text: mailText({ sender, name: contact.name, text, url, unsubscribeUrl }), unsubscribeUrl };
  }

  private async send({ id, kind, channel, attempts, outgoing }: Ready, at: Date | undefined): Promise<void> {
    const adapter = this.adapters.of(channel);
    const outcome: Outcome = outgoing ? await adapter.send(outgoing, this.leaving.signal) : { result: 'NOT_SENT', reason: 'NOT_MADE' };
    const step = stepAfter(outcome, attempts, adapter.knowsIds);
    for (let tries = 1; ; tries += 1) {
      try {
        await this.write(id, attempts, step, at);
        break;
      } catch (error) {
        // What is known is worth some patience with the database; otherwise the lease runs out on it.
        if (!isTransient(error) || this.recurring.isStopped || tries * writeEveryMs > leaseSeconds * 500) throw error;
        await pause(writeEveryMs);
      }
    }
    if (step.state !== 'SENT') this.logger.warn({ messageId: id, kind, channel, attempts, state: step.state, reason: step.reason }, 'message not sent');
  }

  /** Where the lease ran out meanwhile, that it arrived is worth knowing still, unless somebody else has sent it again. */
  private write(id: string, attempts: number, { state, reason, pauseMs }: Step, at: Date | undefined): Promise<unknown> {
    return this.tenancy.worker((tx) => tx.query(
      `update partners.messages set state = $3, reason = $4, claimed_until = null, send_after = coalesce($5::timestamptz, now()) + make_interval(secs => $6),
         ended_at = case when $3 <> 'WAITING' then now() end
       where id = $1 and attempts = $2 and (state = 'SENDING' or ($3 = 'SENT' and state in ('WAITING', 'UNCERTAIN')))`,
      [id, attempts, state, reason, at ?? null, pauseMs / 1_000]));
  }
}

/** Why nothing goes to a recipient now; undefined where something does. */
function hindrance(channel: MessageChannel, contact: RecipientContact, recipient: MessageRecipient): string | undefined {
  if (recipient.removedAt) return 'REMOVED';
  if (optedOut(recipient, channel)) return 'OPTED_OUT';
  if (!contact.isThere) return 'LEFT';
  return addressOf(contact, channel) ? undefined : 'NO_ADDRESS';
}
