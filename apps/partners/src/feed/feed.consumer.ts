import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { FeedWriter } from './feed-writer.js';

/** Events that organisations are told of: who, and what, says the table of public events (libs/contracts/src/public-events). */
@Injectable()
export class FeedConsumer {
  constructor(private readonly feed: FeedWriter) {}

  @On('referrals.dispatched')
  async referralsDispatched(event: EventOf<'referrals.dispatched'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('push-list.submitted')
  async pushListSubmitted(event: EventOf<'push-list.submitted'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('push-list.reviewed')
  async pushListReviewed(event: EventOf<'push-list.reviewed'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('push-list.answered')
  async pushListAnswered(event: EventOf<'push-list.answered'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('push-duty.overdue')
  async pushDutyOverdue(event: EventOf<'push-duty.overdue'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('list-clock.reminded')
  async clockReminded(event: EventOf<'list-clock.reminded'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('list-clock.breached')
  async clockBreached(event: EventOf<'list-clock.breached'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('list-clock.cleared')
  async clockCleared(event: EventOf<'list-clock.cleared'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('referrals.recalled')
  async referralsRecalled(event: EventOf<'referrals.recalled'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('list-entries.unanswered')
  async listEntriesUnanswered(event: EventOf<'list-entries.unanswered'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('demand.chosen')
  async demandChosen(event: EventOf<'demand.chosen'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('consent.withdrawn')
  async consentWithdrawn(event: EventOf<'consent.withdrawn'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('organisation.renamed')
  async organisationRenamed(event: EventOf<'organisation.renamed'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('api-client.locked')
  async clientLocked(event: EventOf<'api-client.locked'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }
}
