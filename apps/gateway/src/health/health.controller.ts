import { type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { within } from '@finharbor/platform/boot/grace';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Services } from '../services.js';
import { Metrics } from './metrics.js';

type State = 'up' | 'down';

/** Shorter than a platform's probe waits (a second, as a rule): one service that hangs must not make every gateway look dead. */
const patienceMs = 600;

interface Readiness {
  status: 'ok' | 'degraded' | 'starting';
  services: Record<string, State>;
}

/** Whether the gateway lives, whether it can serve, and what it measures. */
@Controller()
export class HealthController {
  private begun = false;
  private probe?: Promise<unknown>;
  /** What each service said last. */
  private readonly states = new Map<ServiceName, State>(serviceNames.map((name) => [name, 'down']));

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
  private async readiness(): Promise<Readiness> {
    this.probe ??= Promise.all(serviceNames.map((name) => this.ask(name))).finally(() => { this.probe = undefined; });
    await within(patienceMs, this.probe);
    const up = [...this.states.values()].filter((state) => state === 'up').length;
    this.begun ||= up > 0;
    const status = !this.begun ? 'starting' : up === serviceNames.length ? 'ok' : 'degraded';
    return { status, services: Object.fromEntries(this.states) };
  }

  private async ask(name: ServiceName): Promise<void> {
    this.states.set(name, await this.services.isReady(name) ? 'up' : 'down');
  }
}
