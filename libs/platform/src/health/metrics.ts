import { Inject, Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';

type Read<Label extends string> = () => Promise<[value: number, labels?: Record<Label, string>][]>;

/** What the process measures. Whoever has a figure registers it here. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  constructor(@Inject(SERVICE) service: ServiceIdentity) {
    this.registry.setDefaultLabels({ service: service.name });
    collectDefaultMetrics({ register: this.registry });
  }

  /** A figure that is read when it is asked for. Without the database it is unknown; the others are worth telling all the same. */
  gauge<Label extends string = never>(name: string, help: string, read: Read<Label>, labelNames: Label[] = []): void {
    const gauge: Gauge<Label> = new Gauge({
      name, help, labelNames, registers: [this.registry],
      collect: async () => {
        const figures = await read().catch(() => undefined);
        gauge.reset();
        if (!figures && labelNames.length === 0) gauge.set(Number.NaN);
        for (const [value, labels] of figures ?? []) {
          if (labels) gauge.set(labels, value);
          else gauge.set(value);
        }
      },
    });
  }
}
