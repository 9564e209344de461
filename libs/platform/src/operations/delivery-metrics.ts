import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../health/metrics.js';
import { type DeliveryStatus, DeliveryStatusReader, type OpenDelivery } from './delivery-status.js';

/** Shows an operator how the events fare. */
@Injectable()
export class DeliveryMetrics implements OnModuleInit {
  private look?: Promise<DeliveryStatus>;

  constructor(private readonly metrics: Metrics, private readonly reader: DeliveryStatusReader) {}

  onModuleInit(): void {
    this.figure('finharbor_outbox_events', 'Committed events that wait for the relay', (status) => status.outboxEvents);
    this.figure('finharbor_outbox_oldest_seconds', 'How long the oldest of them has waited', (status) => status.outboxSeconds);
    this.figure('finharbor_envelopes_republished', 'Envelopes of the last seven days that were sent again', (status) => status.republished);
    this.figure('finharbor_dead_letters', 'Events that could not be applied', (status) => status.deadLetters);
    this.figure('finharbor_due_overdue', 'Clocks that ran out and are not handled yet', (status) => status.dueOverdue);
    this.figure('finharbor_due_oldest_seconds', 'How long ago the oldest of them ran out', (status) => status.dueSeconds);
    this.byConsumer('finharbor_envelopes_open', 'Envelopes sent and not acknowledged', (open) => open.sent);
    this.byConsumer('finharbor_envelopes_held', 'Envelopes held back until the consumer has room', (open) => open.held);
    this.byConsumer('finharbor_envelopes_oldest_seconds', 'Age of the oldest unacknowledged envelope', (open) => open.oldestSeconds);
  }

  private figure(name: string, help: string, of: (status: DeliveryStatus) => number): void {
    this.metrics.gauge(name, help, async () => [[of(await this.status())]]);
  }

  private byConsumer(name: string, help: string, of: (open: OpenDelivery) => number): void {
    this.metrics.gauge(name, help, async () => (await this.status()).open.map((open) => [of(open), { consumer: open.consumer }]), ['consumer']);
  }

  /** One look serves all figures of one scrape. */
  private status(): Promise<DeliveryStatus> {
    return this.look ??= this.reader.read().finally(() => { this.look = undefined; });
  }
}
