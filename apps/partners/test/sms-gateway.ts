import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SmsRequest {
  headers: IncomingHttpHeaders;
  /** As it came. */
  text: string;
  body: { id: string; mobile: string; text: string };
}

/** How the gateway answers: with a status and headers, or not. Each once, then it takes what comes. */
export type SmsAnswer = [status: number, headers?: Record<string, string>] | 'reset' | 'hang' | 'a gigabyte' | 'bad bytes';

/** A real HTTP gateway on this machine; `sent` is what it would send: one of each id, as one that knows ids does. */
export class TestGateway {
  readonly requests: SmsRequest[] = [];
  readonly sent = new Map<string, SmsRequest['body']>();
  answers: SmsAnswer[] = [];
  private held: ServerResponse[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part)).once('end', () => {
        const text = Buffer.concat(parts).toString();
        const body = JSON.parse(text) as SmsRequest['body'];
        this.requests.push({ headers: request.headers, text, body });
        this.answer(response, body, this.answers.shift() ?? [200]);
      });
    });
  }

  static async start(): Promise<TestGateway> {
    const gateway = new TestGateway();
    gateway.server.listen(0, '127.0.0.1');
    await once(gateway.server, 'listening');
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/sms`;
  }

  get holding(): number {
    return this.held.length;
  }

  /** Answers what hangs. */
  release(): void {
    for (const response of this.held.splice(0)) response.end('ok');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(response: ServerResponse, body: SmsRequest['body'], answer: SmsAnswer): void {
    const accepted = !Array.isArray(answer) || answer[0] < 300 || [500, 502, 504].includes(answer[0]);
    if (accepted) this.sent.set(body.id, body);
    if (answer === 'reset') return void response.destroy();
    if (answer === 'hang') return void this.held.push(response);
    if (answer === 'bad bytes') return void response.end(Buffer.from([0xff, 0xfe, 0x00, 0xc3]));
    if (answer === 'a gigabyte') return this.flood(response);
    response.writeHead(answer[0], answer[1]).end('{"code":"whatever","mobile":"13900001234"}');
  }

  /** Writes until nobody reads any more. */
  private flood(response: ServerResponse): void {
    const part = Buffer.alloc(65_536, 'x');
    const write = (): void => { while (!response.destroyed && response.write(part)); };
    response.on('drain', write).on('error', () => undefined);
    write();
  }
}
