import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One POST as it came. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** The status that it was answered with; 0 where it was not. */
  status: number;
}

/** What a receiver does with a POST that it has read. */
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

export const answer = (status: number, body = '', headers: Record<string, string | string[]> = {}): Behaviour =>
  (response) => void response.writeHead(status, headers).end(body);

/** Accepts. */
export const accept = answer(204);

/** Never answers. */
export const hang: Behaviour = () => undefined;

/** Breaks the connection when it has taken the POST in: to the sender it looks like any other failure. */
export const reset: Behaviour = (_, request) => void (request.socket as Socket).resetAndDestroy();

/** Sends a 200 and then one byte after the other, without end. */
export const drip: Behaviour = (response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), 20);
  response.on('close', () => clearInterval(timer));
};

/** Bytes that are no HTTP, or not quite, as they are. */
export const raw = (bytes: string | Buffer): Behaviour => (_, request) => void request.socket.end(bytes);

/** A partner's machine, as bad as one likes: a real HTTP server on loopback. What it does may depend on the path. */
export class Receiver {
  readonly received: Received[] = [];
  /** Connections that were ever made to it. */
  connections = 0;
  /** POSTs that it has read and not answered yet, by path, and the most there ever were. */
  readonly open = new Map<string, { now: number; most: number }>();
  private readonly behaviours = new Map<string, Behaviour>();

  private constructor(private readonly server: Server) {
    server.on('connection', () => { this.connections += 1; });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.take(request, response));
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver(createServer());
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path = '/'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** From now on, at this path; elsewhere it accepts. */
  behave(path: string, behaviour: Behaviour): void {
    this.behaviours.set(path, behaviour);
  }

  at(path: string): Received[] {
    return this.received.filter((one) => one.path === path);
  }

  /** The `webhook-id` of each, in the order in which they came. */
  ids(path: string, status?: number): string[] {
    return this.at(path).filter((one) => status === undefined || one.status === status).map(({ headers }) => String(headers['webhook-id']));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
    await once(request, 'end').catch(() => undefined);
    const one: Received = { path, headers: request.headers, body: Buffer.concat(chunks).toString(), status: 0 };
    this.received.push(one);
    const open = this.open.get(path) ?? { now: 0, most: 0 };
    this.open.set(path, { now: open.now + 1, most: Math.max(open.most, open.now + 1) });
    response.on('close', () => this.open.set(path, { ...this.open.get(path)!, now: this.open.get(path)!.now - 1 }));
    response.on('error', () => undefined);
    (this.behaviours.get(path) ?? accept)(response, request);
    one.status = response.writableEnded ? response.statusCode : 0;
  }
}
