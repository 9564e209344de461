import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

/**
 * How webhooks fared in the last 24 hours, of all organisations together. Rounded, and nothing where there was little: whoever knows what
 * was sent to itself must not learn by it what was sent to another.
 */
export class WebhookFigures {
  @ApiProperty({ type: Number, nullable: true, description: 'Which part of the deliveries that ended succeeded, from 0 to 1, in hundredths; null where few ended.' })
  success: number | null;

  @ApiProperty({
    type: 'integer', nullable: true,
    description: '95 of 100 first attempts began within so many ms of the commit, in tenths of a second; null where there were few. Replays and paused endpoints are left out.',
  })
  firstAttemptP95Ms: number | null;

  @ApiProperty({ type: 'integer', description: 'Deliveries that are due and not under way, in hundreds.' })
  backlog: number;
}

/** Of fewer deliveries nothing is said. */
const least = 20;
const isTimely = `d.first_attempt_at is not null and not d.is_replay and e.state <> 'PAUSED'`;

interface Counted {
  delivered: number;
  ended: number;
  tried: number;
  p95: number | null;
  backlog: number;
}

const keptMs = 10_000;
const patienceMs = 10_000;

/** Counts how webhooks fare. Anybody may ask, so that it is counted once in ten seconds however many do. */
@Injectable()
export class StatusService {
  private known?: { at: number; figures: Promise<WebhookFigures> };

  constructor(private readonly tenancy: Tenancy) {}

  figures(now = performance.now()): Promise<WebhookFigures> {
    if (this.known && now < this.known.at + keptMs) return this.known.figures;
    const figures = this.count();
    this.known = { at: now, figures };
    figures.catch(() => { this.known = undefined; });
    return figures;
  }

  private count(): Promise<WebhookFigures> {
    return this.tenancy.worker((tx) => tx.patiently(patienceMs, async () => {
      const [{ delivered, ended, tried, p95, backlog }] = await tx.query<Counted>(
        `select count(*) filter (where d.state = 'DELIVERED')::int as delivered, count(*) filter (where d.state in ('DELIVERED', 'FAILED'))::int as ended,
           count(*) filter (where ${isTimely})::int as tried,
           (percentile_cont(0.95) within group (order by extract(epoch from d.first_attempt_at - d.created_at) * 1000) filter (where ${isTimely}))::float8 as p95,
           (select count(*)::int from partners.webhook_deliveries w join partners.webhook_endpoints on webhook_endpoints.id = w.endpoint_id
            where w.state = 'PENDING' and w.next_attempt_at <= now() and (w.claimed_until is null or w.claimed_until <= now())
              and webhook_endpoints.state = 'ACTIVE') as backlog
         from partners.webhook_deliveries d join partners.webhook_endpoints e on e.id = d.endpoint_id where d.created_at > now() - interval '24 hours'`,
      );
      return {
        success: ended < least ? null : Math.round(delivered / ended * 100) / 100,
        firstAttemptP95Ms: tried < least ? null : Math.ceil(p95! / 100) * 100,
        backlog: Math.round(backlog / 100) * 100,
      };
    }), { awaited: true });
  }
}
