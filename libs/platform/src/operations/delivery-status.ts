import { Inject, Injectable } from '@nestjs/common';
import { Float, Int } from '@nestjs/graphql';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { Queues } from '../redis/queues.js';
import { Property } from '../subgraph/property.js';
import { Tenancy } from '../tenancy/tenancy.js';

/** What is on its way from a service to one consumer. */
export class OpenDelivery {
  @Property(() => String, { description: 'The service that it goes to.' })
  consumer: string;

  @Property(() => Int, { description: 'Envelopes (up to 50 events each) that were sent and are not acknowledged.' })
  sent: number;

  @Property(() => Int, { description: 'Envelopes held back until the consumer’s queue has room.' })
  held: number;

  @Property(() => Float, { description: 'Age of the oldest of both, in seconds.' })
  oldestSeconds: number;
}

/** How the events of one service fare. */
export class DeliveryStatus {
  @Property(() => String, { description: 'The service.' })
  service: string;

  @Property(() => Boolean, { description: 'Whether Redis answers. Without it events wait, and nothing is lost.' })
  redis: boolean;

  @Property(() => Int, { description: 'Committed events that wait for the relay.' })
  outboxEvents: number;

  @Property(() => Float, { description: 'The lag: how long the oldest of them has waited, in seconds.' })
  outboxSeconds: number;

  @Property(() => [OpenDelivery], { description: 'What is on its way, by consumer.' })
  open: OpenDelivery[];

  @Property(() => Int, { description: 'Envelopes of the last seven days that were sent again.' })
  republished: number;

  @Property(() => Int, { description: 'Events from others that this service could not apply.' })
  deadLetters: number;

  @Property(() => Int, { description: 'Clocks that ran out and are not handled yet.' })
  dueOverdue: number;

  @Property(() => Float, { description: 'How long ago the oldest of them ran out, in seconds.' })
  dueSeconds: number;
}

type Figures = Omit<DeliveryStatus, 'service' | 'redis' | 'open'> & { open: OpenDelivery[] | null };

@Injectable()
export class DeliveryStatusReader {
  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly tenancy: Tenancy,
    private readonly queues: Queues,
  ) {}

  /** One look at the tables, in one statement. */
  async read(): Promise<DeliveryStatus> {
    const { schema, name } = this.service;
    const age = (time: string): string => `round(coalesce(extract(epoch from clock_timestamp() - ${time}), 0), 3)::float8`;
    // An envelope's id is a UUID version 7: it tells when it was made.
    const made = `to_timestamp(('x' || translate(left(min(id::text), 13), '-', ''))::bit(48)::bigint / 1000.0)`;
    const [redis, [row]] = await Promise.all([this.queues.isUp(), this.tenancy.worker((tx) => tx.query<Figures>(
      `select o.events as "outboxEvents", o.seconds as "outboxSeconds", d.open, r.count as republished, l.count as "deadLetters",
              c.clocks as "dueOverdue", c.seconds as "dueSeconds"
       from (select count(*)::int as events, ${age('min(created_at)')} as seconds from ${schema}.outbox) o,
            (select json_agg(consumers) as open from (
               select consumer, (count(*) filter (where published_at < 'infinity'))::int as sent,
                      (count(*) filter (where published_at = 'infinity'))::int as held, ${age(made)} as "oldestSeconds"
               from ${schema}.delivery where acked_at is null group by consumer order by consumer) consumers) d,
            (select count(*)::int from ${schema}.delivery where attempt > 1) r,
            (select count(*)::int from ${schema}.dead_letters) l,
            (select count(*)::int as clocks, ${age('min(due_at)')} as seconds from ${schema}.due where due_at <= now()) c`,
    ))]);
    const open = (row.open ?? []).map((one) => Object.assign(new OpenDelivery(), one));
    return Object.assign(new DeliveryStatus(), row, { service: name, redis, open });
  }
}
