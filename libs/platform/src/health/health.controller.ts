import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { within } from '../boot/grace.js';
import { Queues } from '../redis/queues.js';
import { Tenancy } from '../tenancy/tenancy.js';
import { Metrics } from './metrics.js';

/** Who asks whether a service is ready does not wait long for the answer. */
const patienceMs = 1_000;

/** Whether the process lives, whether it can serve, and what it measures. Not reachable through the gateway. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(private readonly tenancy: Tenancy, private readonly queues: Queues, private readonly measured: Metrics) {}

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
    const { registry } = this.measured;
    void reply.header('content-type', registry.contentType);
    return registry.metrics();
  }
}
