import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { within } from '../boot/grace.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { Queues } from '../delivery/queues.js';
import { Tenancy } from '../tenancy/tenancy.js';

/** Who asks whether a service is ready does not wait long for the answer. */
const patienceMs = 1_000;

/** Whether the process lives, whether it can serve, and what it measures. Not reachable through the gateway. */
@ApiExcludeController()
@Controller()
export class HealthController {
  private readonly registry = new Registry();

  constructor(@Inject(SERVICE) service: ServiceIdentity, private readonly tenancy: Tenancy, private readonly queues: Queues) {
    this.registry.setDefaultLabels({ service: service.name });
    collectDefaultMetrics({ register: this.registry });
    this.gauge('finharbor_outbox_events', 'Committed events that wait for the relay', `select count(*) as value from ${service.schema}.outbox`);
    this.gauge('finharbor_deliveries_open', 'Envelopes not yet acknowledged', `select count(*) as value from ${service.schema}.delivery where acked_at is null`);
    this.gauge('finharbor_dead_letters', 'Events that could not be applied', `select count(*) as value from ${service.schema}.dead_letters`);
  }

  @Get('health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Without Redis a service goes on: events wait in the outbox. Without PostgreSQL it cannot serve. */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string; database: string; redis: string }> {
    const [database, redis] = await Promise.all([
      within(patienceMs, this.tenancy.worker((tx) => tx.query('select 1'))),
      this.queues.isUp(),
    ]);
    if (!database) void reply.status(503);
    return { status: database ? 'ok' : 'unavailable', database: database ? 'up' : 'down', redis: redis ? 'up' : 'down' };
  }

  @Get('metrics')
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', this.registry.contentType);
    return this.registry.metrics();
  }

  private gauge(name: string, help: string, sql: string): void {
    const { tenancy } = this;
    const gauge: Gauge = new Gauge({
      name, help, registers: [this.registry],
      collect: async () => {
        // Without the database the figure is unknown; the others are worth telling all the same.
        const rows = await tenancy.worker((tx) => tx.query<{ value: string }>(sql)).catch(() => []);
        gauge.set(Number(rows[0]?.value));
      },
    });
  }
}
