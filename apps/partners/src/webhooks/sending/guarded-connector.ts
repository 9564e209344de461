import type { LookupAddress } from 'node:dns';
import type { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isAllowed } from './addresses.js';

/** A webhook was to go where none may. It does not say to which address: that is nobody's business. */
export class ForbiddenAddress extends Error {
  readonly code = 'FORBIDDEN_ADDRESS';
}

const connectMs = 10_000;

/**
 * Connects sockets to public addresses only. What is checked is what the socket connects to: the answer of the name servers goes to
 * it and nothing else does, so that a name which changes its address in between gains nothing. A name with one address that
 * is not public is refused as a whole. Names are asked over the network without the threads of getaddrinfo: there are two for
 * all, and a bank whose name servers are silent would hold them.
 */
export function guardedConnector(allowsLoopback: boolean, resolver: Resolver): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, callback) => {
    addressesOf(hostname).then(
      (found) => (options.all ? callback(null, found) : callback(null, found[0].address, found[0].family)),
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
  const connect = buildConnector({ timeout: connectMs, lookup });

  async function addressesOf(hostname: string): Promise<LookupAddress[]> {
    const found = await resolve(hostname.replace(/\.$/, '').toLowerCase());
    if (!found.every(({ address }) => isAllowed(address, allowsLoopback))) throw new ForbiddenAddress();
    return found;
  }

  async function resolve(name: string): Promise<LookupAddress[]> {
    // RFC 6761: these are never asked for.
    if (name === 'localhost' || name.endsWith('.localhost')) return [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }];
    const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const found = [four, six].flatMap((answer, index) =>
      (answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 })) : []));
    if (found.length === 0) throw (four as PromiseRejectedResult).reason;
    return found;
  }

  return (options, callback) => {
    // A socket asks nobody about an address; every spelling of one has become this by the URL.
    const isForbidden = isIP(options.hostname) !== 0 && !isAllowed(options.hostname, allowsLoopback);
    if (isForbidden) queueMicrotask(() => callback(new ForbiddenAddress(), null));
    else connect(options, callback);
  };
}
