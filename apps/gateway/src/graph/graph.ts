import { DomainError } from '@finharbor/contracts/errors';
import { CONFIG } from '@finharbor/platform/config/config';
import { LOGGER } from '@finharbor/platform/logs/token';
import { createGatewayRuntime, type GatewayRuntime } from '@graphql-hive/gateway-runtime';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { Callers } from '../callers/callers.js';
import type { GatewayContext } from '../callers/request-context.js';
import type { GatewayConfig } from '../config.js';
import { type Documents, DOCUMENTS } from '../documents.js';
import { Metrics } from '../health/metrics.js';
import { Services } from '../services.js';
import type { GraphContext } from './graph-context.js';
import { maskingError } from './graph-errors.js';
import { guard } from './guard.js';
import { breach } from './limits.js';
import { silentLogger } from './silent-logger.js';
import { subgraphTransport } from './subgraph-transport.js';
import { localSupergraph } from './supergraph.js';

export interface GraphRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** The one graph: the Hive gateway runtime on the committed supergraph, without its server, pages, logs and outward calls. */
@Injectable()
export class Graph implements OnModuleInit, OnApplicationShutdown {
  private readonly runtime: GatewayRuntime<GraphContext & Record<string, unknown>>;

  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig, @Inject(LOGGER) logger: Logger, @Inject(DOCUMENTS) documents: Documents,
    services: Services, callers: Callers, private readonly metrics: Metrics,
  ) {
    const transport = subgraphTransport(services, callers, config, logger);
    this.runtime = createGatewayRuntime<GraphContext & Record<string, unknown>>({
      supergraph: localSupergraph(documents.supergraph, services.urls),
      transports: { http: transport },
      graphqlEndpoint: '/graphql',
      logging: silentLogger,
      landingPage: false,
      graphiql: false,
      cors: false,
      batching: false,
      multipart: false,
      requestId: false,
      subgraphErrors: false,
      maskedErrors: { maskError: maskingError(logger) },
      plugins: () => [guard(config, metrics)],
    });
  }

  /** A graph that cannot be built stops the boot, not the first query. */
  async onModuleInit(): Promise<void> {
    await this.runtime.getSchema();
  }

  /** Answers one GraphQL-over-HTTP request. */
  async answer({ url, ...request }: GraphRequest, requestContext: GatewayContext): Promise<Response> {
    if (/^\s*\[/.test(request.body ?? '')) {
      this.metrics.graphRefused('batch');
      const error = breach('batch', 1, 'several');
      throw new DomainError('VALIDATION_FAILED', error.message, [error]);
    }
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.config.GRAPHQL_REQUEST_TIMEOUT_MS);
    const context: GraphContext = { requestContext, deadline: deadline.signal };
    try {
      return await this.runtime.fetch(`http://gateway${url}`, request, context as never);
    } finally {
      clearTimeout(timer);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime[Symbol.asyncDispose]();
  }
}
