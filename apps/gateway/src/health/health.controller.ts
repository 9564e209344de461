import { serviceNames } from '@finharbor/contracts/services';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Metrics } from './metrics.js';
import { type ServiceState, ServiceStates } from './service-states.js';

interface Readiness {
  status: 'ok' | 'degraded' | 'starting';
  services: Record<string, ServiceState>;
}

/** Whether the gateway lives, whether it can serve, and what it measures. */
@Controller()
export class HealthController {
  private begun = false;

  constructor(private readonly states: ServiceStates, private readonly metrics: Metrics) {}

  @Get('health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /**
   * Ready from the moment when the first service can be reached, and from then on for good: a gateway that left because
   * one service is away would take the others along. The body tells which are away.
   */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.readiness();
    if (readiness.status === 'starting') void reply.status(503);
    return readiness;
  }

  @Get('metrics')
  async measured(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', this.metrics.contentType);
    return this.metrics.text();
  }

  private async readiness(): Promise<Readiness> {
    const states = await this.states.ask();
    const up = [...states.values()].filter((state) => state === 'up').length;
    this.begun ||= up > 0;
    const status = !this.begun ? 'starting' : up === serviceNames.length ? 'ok' : 'degraded';
    return { status, services: Object.fromEntries(states) };
  }
}
