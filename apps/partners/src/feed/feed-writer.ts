import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { bodyOf, publicEventIdOf, publicTimeOf } from '@finharbor/contracts/public-events/body';
import { publicEventsOf } from '@finharbor/contracts/public-events/public-events';
import { CONFIG } from '@finharbor/platform/config/config';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Inject, Injectable } from '@nestjs/common';
import type { PartnersConfig } from '../config.js';
import { Notices } from '../messages/notices.js';
import { Sender } from '../webhooks/sending/sender.js';
import { FeedWaiters } from './feed-waiters.js';

/** What one organisation is told. */
interface Told {
  event: EventOf;
  recipient: string;
  id: string;
  type: string;
  body: string;
}

/** Writes change feeds, and the deliveries to the endpoints that want what is in them, in the transaction that took the events in. */
@Injectable()
export class FeedWriter {
  private readonly gathered = new WeakMap<Tx, EventOf[]>();
  private readonly wake = (): void => {
    this.waiters.look();
    this.sender.poke();
  };

  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig,
    private readonly waiters: FeedWaiters,
    private readonly sender: Sender,
    private readonly notices: Notices,
  ) {}

  /** Tells whoever is to be told of the event. What a transaction tells is written at its end, all at once. */
  tell(tx: Tx, event: EventOf): void {
    const gathered = this.gathered.get(tx);
    if (gathered) return void gathered.push(event);
    const events = [event];
    this.gathered.set(tx, events);
    tx.atEnd(() => this.write(tx, events));
  }

  private async write(tx: Tx, events: EventOf[]): Promise<void> {
    const told = await this.toldOf(tx, events);
    if (told.length === 0) return;
    await this.notices.add(tx, told);
    // Held until the commit, which becomes visible before the lock is let go: so whoever sees a sequence sees all below it.
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('change feed', 0))`);
    await tx.query(
      `with fresh as (
         insert into partners.feed_events (org_id, id, type, body)
         select org_id, id, type, body from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) with ordinality t (org_id, id, type, body, place) order by place
         on conflict on constraint feed_events_id_unique do nothing returning org_id, id, type)
       insert into partners.webhook_deliveries (org_id, endpoint_id, event_id, type)
       select f.org_id, e.id, f.id, f.type from fresh f cross join lateral (
         select id from partners.webhook_endpoints e where e.org_id = f.org_id and state in ('ACTIVE', 'PAUSED') and (types = '{}' or f.type = any(types))
         order by id) e`,
      [told.map((one) => one.recipient), told.map((one) => one.id), told.map((one) => one.type), told.map((one) => one.body)],
    );
    tx.onCommit(this.wake);
  }

  /** Who is told what. Events of nobody yet, such as a consent that no bank was told under, are told to nobody. */
  private async toldOf(tx: Tx, events: EventOf[]): Promise<Told[]> {
    const all = events.flatMap((event) => publicEventsOf(event.name).map(([type, definition]) => ({ event, type, definition })));
    const organisations = await tx.query<{ id: string; kind: string }>(
      'select id, kind from partners.organisations where id = any($1::uuid[]) or kind = any($2::text[])',
      [events.map(({ organisationId }) => organisationId), all.flatMap(({ definition }) => definition.to)],
    );
    const source = this.config.PUBLIC_URL;
    return all.flatMap(({ event, type, definition: { to, named, subject, data } }) => {
      const told = named ? to.filter((one) => named(event).includes(one)) : to;
      const recipients = organisations.filter(({ id, kind }) => told.some((one) => (one === 'HOLDER' ? id === event.organisationId : kind === one)));
      return recipients.map(({ id: recipient }): Told => {
        const id = publicEventIdOf(event.id, recipient);
        const fact = { id, type, subject: subject(event), time: publicTimeOf(event.id), sequence: event.version, recipient };
        return { event, recipient, id, type, body: bodyOf(source, { ...fact, data: data(event, (path) => new URL(path, source).href) }) };
      });
    });
  }
}
