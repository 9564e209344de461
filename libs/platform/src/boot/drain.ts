import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long running requests may take when the service stops. */
const patienceMs = 10_000;
const lookMs = 20;

/** A socket of node:http; the answer it is busy with, if any, hangs on it. */
type HttpSocket = Socket & { _httpMessage?: ServerResponse | null };

/**
 * Lets a server that closes end: running requests finish, and every other connection is cut. One whose request was
 * answered before its body was read would otherwise stay open, since nobody reads on to find its end. Connections are
 * followed, not requests, so that nothing is paid while the server serves.
 */
export function registerDrain(server: FastifyInstance): void {
  const sockets = new Set<HttpSocket>();
  server.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.addHook('preClose', (done) => {
    const giveUp = Date.now() + patienceMs;
    const cut = (): void => {
      for (const socket of sockets) if (!socket._httpMessage || Date.now() > giveUp) socket.destroy();
      if (sockets.size > 0) setTimeout(cut, lookMs);
    };
    cut();
    done();
  });
}
