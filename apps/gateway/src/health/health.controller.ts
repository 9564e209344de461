import { serviceNames } from '@finharbor/contracts/services';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Services } from '../services.js';
import { Metrics } from './metrics.js';

type State = 'up' | 'down';

interface Readiness {
  status: 'ok' | 'degraded' | 'starting';
  services: Record<string, State>;
}

/** Whether the gateway lives, whether it can serve, and what it measures. */
@Controller()
export class HealthController {
  private begun = false;
  private probe?: Promise<Readiness>;

  constructor(private readonly services: Services, private readonly metrics: Metrics) {}

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

  /** The services are asked once at a time, however many ask here. */
  private readiness(): Promise<Readiness> {
    this.probe ??= this.ask().finally(() => { this.probe = undefined; });
    return this.probe;
  }

  private async ask(): Promise<Readiness> {
    const states = await Promise.all(serviceNames.map(async (name): Promise<[string, State]> =>
      [name, await this.services.isReady(name) ? 'up' : 'down']));
    const up = states.filter(([, state]) => state === 'up').length;
    this.begun ||= up > 0;
    const status = !this.begun ? 'starting' : up === states.length ? 'ok' : 'degraded';
    return { status, services: Object.fromEntries(states) };
  }
}
