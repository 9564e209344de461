import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How long running requests may take when the service stops. */
const patienceMs = 10_000;

/**
 * Lets a server that closes end: running requests finish, and then every connection is cut. A connection whose request
 * was answered before its body was read would otherwise stay open, since nobody reads on to find its end.
 */
export function registerDrain(server: FastifyInstance): void {
  const running = new Set<FastifyRequest>();
  let closing = false;
  const cut = (): void => server.server.closeAllConnections();
  server.addHook('onRequest', (request, _reply, done) => {
    running.add(request);
    done();
  });
  server.addHook('onResponse', (request, _reply, done) => {
    running.delete(request);
    // The answer has left the process, but perhaps not yet the socket.
    if (closing && running.size === 0) setImmediate(cut);
    done();
  });
  server.addHook('preClose', (done) => {
    closing = true;
    if (running.size === 0) cut();
    else setTimeout(cut, patienceMs).unref();
    done();
  });
}
