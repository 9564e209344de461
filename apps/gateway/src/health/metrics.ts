import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** What the gateway measures of itself and of what passes through it. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly refusals: Counter<'rule'>;
  private readonly deprecatedUses: Counter<'element' | 'organisation'>;
  private readonly droppedRecords: Counter;
  private readonly requests: Histogram<'method' | 'route' | 'status'>;

  constructor() {
    this.registry.setDefaultLabels({ service: 'gateway' });
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'finharbor_request_seconds', help: 'Time to answer a request', registers: [this.registry],
      labelNames: ['method', 'route', 'status'], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    });
    this.refusals = new Counter({
      name: 'finharbor_graphql_refusals_total', help: 'GraphQL requests that broke a limit, by its rule, or came without a token',
      registers: [this.registry], labelNames: ['rule'],
    });
    this.deprecatedUses = new Counter({
      name: 'finharbor_deprecated_uses_total', help: 'Requests that used something deprecated, by what and by the organisation that calls',
      registers: [this.registry], labelNames: ['element', 'organisation'],
    });
    this.droppedRecords = new Counter({
      name: 'finharbor_request_records_dropped_total', help: 'Requests that partners could not be told of, so that support finds them in logs alone',
      registers: [this.registry],
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** Counts a GraphQL request that was refused by a rule of `limits.ts`. */
  graphRefused(rule: string): void {
    this.refusals.inc({ rule });
  }

  /** Counts a use of something deprecated. */
  deprecatedUsed(element: string, organisation: string): void {
    this.deprecatedUses.inc({ element, organisation });
  }

  /** Counts requests whose records were given up. */
  recordsDropped(count: number): void {
    this.droppedRecords.inc(count);
  }

  /** Counts an answered request under the route that it took, never under its path. */
  answered(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status }, seconds);
  }
}
