import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { FeedWriter } from './feed-writer.js';

/** What organisations are told of financing issues and of their clocks. */
@Injectable()
export class IssueFeedConsumer {
  constructor(private readonly feed: FeedWriter) {}

  @On('issue.registered')
  async issueRegistered(event: EventOf<'issue.registered'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('issue.closed')
  async issueClosed(event: EventOf<'issue.closed'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('issue-clock.reminded')
  async issueClockReminded(event: EventOf<'issue-clock.reminded'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('issue-clock.escalated')
  async issueClockEscalated(event: EventOf<'issue-clock.escalated'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }

  @On('issue-clock.cleared')
  async issueClockCleared(event: EventOf<'issue-clock.cleared'>, tx: Tx): Promise<void> {
    this.feed.tell(tx, event);
  }
}
