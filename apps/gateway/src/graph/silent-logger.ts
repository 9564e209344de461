import type { GatewayConfig } from '@graphql-hive/gateway-runtime';

const nothing = (): void => undefined;

/**
 * The runtime logs queries, variables and answers, so it logs nothing. An object of ours, since its own logger reads
 * LOG_LEVEL from the environment and throws at levels that it does not know, such as `silent`.
 */
export const silentLogger = {
  level: false, prefix: '', attrs: {}, setLevel: nothing, write: nothing, flush: nothing,
  log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing,
  child: () => silentLogger,
} as unknown as Exclude<GatewayConfig['logging'], boolean | string | undefined>;
