import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { FeedWriter } from './feed-writer.js';

/** What organisations are told of applications and demands that wait for them, of clocks, and of credit that is watched. */
@Injectable()
export class DemandFeedConsumer {
  constructor(private readonly feed: FeedWriter) {}

  @On('demand.answered')
  async demandAnswered(event: EventOf<'demand.answered'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('counter-offer.answered')
  async counterOfferAnswered(event: EventOf<'counter-offer.answered'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('application.exhausted')
  async applicationExhausted(event: EventOf<'application.exhausted'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('application.unverified')
  async applicationUnverified(event: EventOf<'application.unverified'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('demand-clock.reminded')
  async demandClockReminded(event: EventOf<'demand-clock.reminded'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('demand-clock.escalated')
  async demandClockEscalated(event: EventOf<'demand-clock.escalated'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('demand-clock.cleared')
  async demandClockCleared(event: EventOf<'demand-clock.cleared'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('credit-alert.raised')
  async creditAlertRaised(event: EventOf<'credit-alert.raised'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }
}
