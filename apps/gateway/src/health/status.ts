import type { ServiceName } from '@finharbor/contracts/services';
import { anonymous } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { Callers } from '../callers/callers.js';
import { Services } from '../services.js';
import { type ServiceState, ServiceStates } from './service-states.js';

const patienceMs = 2_000;

/** What anybody may know of how the platform is, as partners' StatusController describes it. */
interface Told {
  status: 'ok' | 'degraded';
  services: { name: ServiceName; state: ServiceState }[];
  webhooks: object | null;
}

/** Puts together which services are up, which the gateway knows, and how webhooks fare, which partners counts. */
@Injectable()
export class Status {
  constructor(private readonly states: ServiceStates, private readonly services: Services, private readonly callers: Callers) {}

  async get(): Promise<Told> {
    const [states, webhooks] = await Promise.all([this.states.ask(), this.webhooks().catch(() => null)]);
    const services = [...states].map(([name, state]) => ({ name, state }));
    return { status: services.every(({ state }) => state === 'up') ? 'ok' : 'degraded', services, webhooks };
  }

  private async webhooks(): Promise<object | null> {
    const { statusCode, body } = await this.services.agent.request({
      origin: this.services.urls.partners, path: '/v1/status', method: 'GET', headersTimeout: patienceMs,
      headers: { authorization: `Bearer ${this.callers.vouch(anonymous, 'partners')}` },
    });
    const text = await body.text();
    return statusCode === 200 ? (JSON.parse(text) as Told).webhooks : null;
  }
}
