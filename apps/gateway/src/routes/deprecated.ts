import { datesOf, type Deprecation, deprecations } from '@finharbor/contracts/deprecations';
import type { onRequestAsyncHookHandler, onSendAsyncHookHandler } from 'fastify';
import { contextOf } from '../callers/request-context.js';

/** What an answer of something deprecated tells (RFC 9745, RFC 8594). */
export function deprecationHeaders(entry: Deprecation): { deprecation: string; sunset: string; link: string } {
  const { deprecated, sunset } = datesOf(entry);
  return {
    deprecation: `@${deprecated / 1000}`,
    sunset: new Date(sunset).toUTCString(),
    link: `<${entry.link}>; rel="deprecation"; type="text/html", <${entry.link}>; rel="sunset"; type="text/html"`,
  };
}

interface Telling {
  onRequest: onRequestAsyncHookHandler[];
  onSend: onSendAsyncHookHandler[];
}

/** Hooks of a path that tell of its deprecated methods, in every answer, also where a call is refused. None where there are none. */
export function tellingDeprecation(template: string, methods: string[]): Telling {
  const entries = new Map(methods.flatMap((name) => {
    const method = name.toUpperCase();
    const element = `${method} ${template}`;
    const entry = deprecations[element];
    return entry ? [[method, { element, ...deprecationHeaders(entry) }]] : [];
  }));
  const parameters = Object.keys(deprecations).filter((element) => element.split(' ')[1]?.startsWith(`${template}?`));
  if (entries.size === 0 && parameters.length === 0) return { onRequest: [], onSend: [] };
  const read = (method: string): string => (method === 'HEAD' ? 'GET' : method);
  const told = (method: string) => entries.get(read(method));
  return {
    onRequest: [async (request, reply) => {
      const entry = told(request.method);
      if (entry) void reply.headers({ deprecation: entry.deprecation, sunset: entry.sunset });
      const query = request.query as Record<string, unknown>;
      const isUsed = (element: string): boolean => element.startsWith(`${read(request.method)} `) && Object.hasOwn(query, element.split('?')[1]);
      const used = parameters.filter(isUsed);
      contextOf(request).deprecated = [...entry ? [entry.element] : [], ...used];
    }],
    // The service may have links of its own.
    onSend: [async (request, reply) => {
      const entry = told(request.method);
      if (entry) void reply.header('link', [reply.getHeader('link'), entry.link].flat().filter(Boolean).join(', '));
    }],
  };
}
