import { type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { within } from '@finharbor/platform/boot/grace';
import { Injectable } from '@nestjs/common';
import { Services } from '../services.js';

export type ServiceState = 'up' | 'down';

/** Shorter than a platform's probe waits (a second, as a rule): one service that hangs must not make every gateway look dead. */
const patienceMs = 600;

/** Which services can be reached. They are asked once at a time, however many ask here. */
@Injectable()
export class ServiceStates {
  private probe?: Promise<unknown>;
  /** What each service said last. */
  private readonly states = new Map<ServiceName, ServiceState>(serviceNames.map((name) => [name, 'down']));

  constructor(private readonly services: Services) {}

  async ask(): Promise<ReadonlyMap<ServiceName, ServiceState>> {
    this.probe ??= Promise.all(serviceNames.map((name) => this.askOne(name))).finally(() => { this.probe = undefined; });
    await within(patienceMs, this.probe);
    return this.states;
  }

  private async askOne(name: ServiceName): Promise<void> {
    this.states.set(name, await this.services.isReady(name) ? 'up' : 'down');
  }
}
