import { Metrics } from '@finharbor/platform/health/metrics';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Injectable, type OnModuleInit } from '@nestjs/common';

/** Shows an operator how messages to people fare. */
@Injectable()
export class MessageMetrics implements OnModuleInit {
  constructor(private readonly metrics: Metrics, private readonly tenancy: Tenancy) {}

  onModuleInit(): void {
    this.metrics.gauge('finharbor_messages_open', 'Messages to people that are not sent yet', () => this.counts(
      `select channel, state, count(*)::int as count from partners.messages where ended_at is null group by channel, state`), ['channel', 'state']);
    this.metrics.gauge('finharbor_messages_ended', 'Messages to people that were sent or given up within the last day', () => this.counts(
      `select channel, state, count(*)::int as count from partners.messages where ended_at > now() - interval '1 day' group by channel, state`), ['channel', 'state']);
    this.metrics.gauge('finharbor_messages_overdue_seconds', 'How long the oldest message that may go out waits; in quiet hours it may', async () => {
      const [{ seconds }] = await this.tenancy.worker((tx) => tx.query<{ seconds: number }>(
        `select coalesce(extract(epoch from now() - min(send_after)), 0)::float8 as seconds from partners.messages where ended_at is null and state = 'WAITING' and send_after <= now()`));
      return [[seconds]];
    });
  }

  private async counts(sql: string): Promise<[number, Record<'channel' | 'state', string>][]> {
    const rows = await this.tenancy.worker((tx) => tx.query<{ channel: string; state: string; count: number }>(sql));
    return rows.map(({ channel, state, count }) => [count, { channel, state }]);
  }
}
