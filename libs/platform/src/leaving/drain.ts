import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long running requests may take when the process stops. */
const patienceMs = 10_000;
const lookMs = 20;

/** A socket of node:http; the answer that it is busy with, if any, hangs on it, and the request that still comes in. */
type HttpSocket = Socket & { _httpMessage?: ServerResponse | null; parser?: { incoming?: IncomingMessage | null } };

/** Who sent nothing for so long does not send any more. */
const quietMs = 250;

/** Tells which connections still bring the body of a request. A client that is cut off while it sends might not read its answer. */
class Arrivals {
  private readonly heard = new Map<HttpSocket, { bytes: number; at: number }>();

  on(socket: HttpSocket): boolean {
    if (socket.parser?.incoming?.complete !== false) return false;
    const before = this.heard.get(socket);
    if (before?.bytes === socket.bytesRead) return performance.now() - before.at < quietMs;
    this.heard.set(socket, { bytes: socket.bytesRead, at: performance.now() });
    return true;
  }
}

const leavings = new WeakMap<Server, () => void>();

/**
 * The server goes on serving, but tells whoever asks that it leaves: it is not ready any more, so that balancers send nothing
 * new, and every answer is the last of its connection, so that clients which keep theirs go elsewhere by themselves.
 */
export const beginToLeave = (server: Server): void => leavings.get(server)?.();

/**
 * Lets a server that closes end: running requests finish, and every other connection is cut. One whose request was
 * answered before its body was read would otherwise stay open for as long as its client likes. Connections are followed,
 * not requests, so that hardly anything is paid while the server serves.
 */
export function registerDrain(server: FastifyInstance): void {
  const sockets = new Set<HttpSocket>();
  let leaving = false;
  server.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  leavings.set(server.server as Server, () => {
    leaving = true;
    for (const { _httpMessage: answer } of sockets) if (answer) answer.shouldKeepAlive = false;
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (!leaving) return done();
    reply.raw.shouldKeepAlive = false; // node:http then writes `connection: close`, whatever a proxied answer says
    if (request.routeOptions.url !== '/health/ready') return done();
    // As text: what serialises answers does not know this request yet.
    void reply.status(503).type('application/json; charset=utf-8').send('{"status":"leaving"}');
  });
  server.addHook('preClose', (done) => {
    const [giveUp, arrivals] = [performance.now() + patienceMs, new Arrivals()];
    const cut = (): void => {
      for (const socket of sockets) {
        if (performance.now() > giveUp || !(socket._httpMessage || arrivals.on(socket))) socket.destroy();
      }
      if (sockets.size > 0) setTimeout(cut, lookMs);
    };
    cut();
    done();
  });
}
