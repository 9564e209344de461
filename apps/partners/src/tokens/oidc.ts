/* eslint-disable no-console -- oidc-provider writes to the console, and here it is kept from it */
import type * as Oidc from 'oidc-provider';
import type { Logger } from 'pino';

/**
 * Loads oidc-provider, whose notices go to the log: it prefers Node 22 and says so on stderr, which belongs to the
 * operator. It is tested here on Node 20.
 */
export async function loadOidcProvider(logger: Logger): Promise<typeof Oidc> {
  // Missing in the first releases of Node 20.
  URL.parse ??= (url, base) => (URL.canParse(url, base) ? new URL(url, base) : null);
  const { warn } = console;
  console.warn = (notice: unknown) => logger.debug({ notice }, 'oidc-provider');
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
