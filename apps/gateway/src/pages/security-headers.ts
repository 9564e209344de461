import type { FastifyInstance } from 'fastify';

/** Pages load what this server has and nothing else; the editors of the two tools style themselves as they go. */
export const pagePolicy = [
  "default-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self' data:",
  "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
].join('; ');

const answerPolicy = "default-src 'none'; frame-ancestors 'none'";

/** What every answer says to a browser, unless whoever answers said otherwise. There is no CORS: other origins may not read. */
export function registerSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onSend', (_request, reply, payload, done) => {
    const type = String(reply.getHeader('content-type') ?? '');
    const defaults: Record<string, string> = {
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': type.startsWith('text/html') ? pagePolicy : answerPolicy,
      'cache-control': 'no-store',
      ...(reply.statusCode === 401 && { 'www-authenticate': 'Bearer' }),
    };
    for (const [name, value] of Object.entries(defaults)) if (!reply.hasHeader(name)) void reply.header(name, value);
    done(null, payload);
  });
}
