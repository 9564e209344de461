import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** Stands between a service and a server, so that a test can cut the line or let it go silent. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private server?: Server;
  private port = 0;
  private silent = false;

  constructor(private readonly target: URL) {}

  /** The same URL as the target's, through the proxy; it answers once `open` was called. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String(this.port);
    return url.toString();
  }

  /** Takes a port, the same as before when there was one, and passes everything on. */
  async open(): Promise<void> {
    this.silent = false;
    this.server = createServer((from) => {
      const to = connect(Number(this.target.port), this.target.hostname);
      for (const [one, other] of [[from, to], [to, from]]) {
        this.sockets.add(one);
        one.on('data', (data) => { if (!this.silent) other.write(data); });
        one.on('error', () => undefined);
        one.on('close', () => {
          this.sockets.delete(one);
          other.destroy();
        });
      }
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Refuses and breaks all connections. */
  async cut(): Promise<void> {
    if (!this.server) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Keeps all connections and lets nothing through: what a vanished machine looks like. */
  hush(): void {
    this.silent = true;
  }
}
