import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayContext } from '../callers/request-context.js';

/** What a client may tell a service. Everything else stays here, above all what only the gateway may say. */
const passedOn = [
  'content-type', 'content-length', 'content-digest', 'accept', 'idempotency-key', 'if-match', 'if-none-match', 'access-secret', 'signature', 'signature-input',
  'x-v', 'x-min-v', 'x-fapi-interaction-id', // the Consumer Data Standards under /cds-au
] as const;

/** What a service may not tell a client: how its own connection is kept, who may read it across origins, and the ids, which are ours. */
const keptBack = /^(request-id|x-request-id|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|server|x-powered-by|date|access-control-.*)$/;

/** The headers of a request to a service; `word` is the gateway's about who calls. */
export function requestHeaders(headers: IncomingHttpHeaders, context: GatewayContext, word: string, hasBody: boolean): IncomingHttpHeaders {
  const told = passedOn.filter((name) => headers[name] !== undefined && (hasBody || !name.startsWith('content-')));
  return {
    ...Object.fromEntries(told.map((name) => [name, headers[name]])),
    authorization: `Bearer ${word}`, traceparent: context.traceparent,
    'request-id': context.requestId, 'x-request-id': context.clientRequestId,
  };
}

/**
 * The same for the paths of OAuth, where the service reads the client's own Authorization and DPoP, and the thumbprint of its
 * certificate, if it showed one.
 */
export function oauthRequestHeaders(
  headers: IncomingHttpHeaders, context: GatewayContext, word: string, hasBody: boolean, certificate?: string,
): IncomingHttpHeaders {
  const { authorization: _ours, ...sent } = requestHeaders(headers, context, word, hasBody);
  const own = Object.fromEntries(['authorization', 'dpop'].filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]]));
  return { ...sent, ...own, ...(certificate && { 'x-client-certificate': certificate }), 'x-service-token': word };
}

/** The headers of a service's answer as the client gets them; the service's address becomes ours. */
export function responseHeaders(headers: IncomingHttpHeaders, serviceUrl: string, publicUrl: string): IncomingHttpHeaders {
  const entries = Object.entries(headers).filter(([name]) => !keptBack.test(name));
  return Object.fromEntries(entries.map(([name, value]) =>
    [name, typeof value === 'string' ? value.replaceAll(serviceUrl, new URL(publicUrl).origin) : value]));
}
