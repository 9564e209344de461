import type { ServiceName } from '@finharbor/contracts/services';
import { CONFIG } from '@finharbor/platform/config/config';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher } from 'undici';
import { type GatewayConfig, serviceUrls } from './config.js';
import { noticeHanging } from './hanging.js';
import { secondTry } from './second-try.js';

/**
 * An idle connection to a service is given up this soon, which is sooner than a service that leaves cuts it: a mutation, which is
 * never sent twice, then never meets a connection that ends (SHUTDOWN_LINGER_MS).
 */
const keepIdleMs = 1_000;

/** The services behind the gateway: where they are, and the kept-alive connections to them. */
@Injectable()
export class Services implements OnApplicationShutdown {
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly agent: Dispatcher;

  constructor(@Inject(CONFIG) config: GatewayConfig) {
    this.urls = serviceUrls(config);
    this.agent = new Agent({
      connections: 512, // more than one machine's services answer at once: nobody waits for a connection before a timeout even begins
      pipelining: 1,
      connect: { timeout: 2_000 },
      keepAliveTimeout: keepIdleMs,
      keepAliveMaxTimeout: keepIdleMs,
      headersTimeout: config.ANSWER_TIMEOUT_MS,
      bodyTimeout: config.STREAM_TIMEOUT_MS,
    }).compose(secondTry, noticeHanging());
  }

  /** Whether the service says that it can serve. */
  async isReady(service: ServiceName): Promise<boolean> {
    try {
      const answer = await this.agent.request({ origin: this.urls[service], path: '/health/ready', method: 'GET', headersTimeout: 1_000 });
      await answer.body.dump();
      return answer.statusCode === 200;
    } catch {
      return false;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }
}

/** Errors of the connection to a service, as opposed to errors of ours. EMFILE: this process may open no more of them now. */
const awayCodes = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT',
  'EMFILE', 'ENFILE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED',
]);
const slowCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** Which code a failed call of a service has; undefined when it is not the service's fault. */
export function failureOf(error: unknown): 'SERVICE_UNAVAILABLE' | 'SERVICE_TIMEOUT' | undefined {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown };
  if (slowCodes.has(code ?? '')) return 'SERVICE_TIMEOUT';
  if (awayCodes.has(code ?? '')) return 'SERVICE_UNAVAILABLE';
  return cause === undefined ? undefined : failureOf(cause);
}
