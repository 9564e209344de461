import { CONFIG } from '@finharbor/platform/config/config';
import { LOGGER } from '@finharbor/platform/logs/token';
import { createGatewayRuntime, type GatewayPlugin, type GatewayRuntime } from '@graphql-hive/gateway-runtime';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { GatewayConfig } from '../config.js';
import { type Documents, DOCUMENTS } from '../documents.js';
import { Services } from '../services.js';
import type { GraphContext } from './graph-context.js';
import { maskingError, refusal } from './graph-errors.js';
import { isGreeting } from './greeting.js';
import { brokenLimit, limits } from './limits.js';
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
    @Inject(CONFIG) config: GatewayConfig, @Inject(LOGGER) logger: Logger, @Inject(DOCUMENTS) documents: Documents, services: Services,
  ) {
    const transport = subgraphTransport(services, config.GRAPHQL_TIMEOUT_MS, logger);
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
      plugins: () => [guard],
    });
  }

  /** A graph that cannot be built stops the boot, not the first query. */
  async onModuleInit(): Promise<void> {
    await this.runtime.getSchema();
  }

  /** Answers one GraphQL-over-HTTP request. */
  async answer({ url, ...request }: GraphRequest, context: GraphContext): Promise<Response> {
    return this.runtime.fetch(`http://gateway${url}`, request, context as never);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime[Symbol.asyncDispose]();
  }
}

/** What the runtime refuses before it plans a query. */
const guard: GatewayPlugin<GraphContext & Record<string, unknown>> = {
  onParams({ params, context, setResult }) {
    const { query } = params as { query?: unknown };
    const { role = 'anonymous' } = (context as unknown as GraphContext).requestContext.caller ?? {};
    if (role === 'anonymous' && !isGreeting(query)) {
      setResult({ errors: [refusal('UNAUTHENTICATED', 'The graph needs an access token.', { 'www-authenticate': 'Bearer' })] });
    } else if (typeof query === 'string' && query.length > limits.characters) {
      setResult({ errors: [refusal('VALIDATION_FAILED', `The query has more than ${limits.characters} characters.`)] });
    }
  },
  onParse({ parseFn, setParseFn }) {
    setParseFn((source, options) => parseFn(source, { ...options, maxTokens: limits.tokens }));
  },
  onValidate({ params, setResult }) {
    const broken = brokenLimit(params.documentAST);
    if (broken) setResult([refusal('VALIDATION_FAILED', broken)]);
  },
};
