import { Resolver } from 'node:dns/promises';
import { Agent, type Dispatcher } from 'undici';
import { guardedConnector } from './guarded-connector.js';
import { retryAfterSeconds } from './schedule.js';

/** What came of a POST. */
export interface Answer {
  /** Of the answer; null where there was none. */
  status: number | null;
  /** What went wrong, in words; null where nothing did. */
  error: string | null;
  /** What of the answer was read, as text; broken UTF-8 is shown as such. */
  text: string | null;
  retryAfterSeconds: number;
  durationMs: number;
}

export interface PosterOptions {
  allowsLoopback: boolean;
  /** For the whole exchange, from the name to the last byte. */
  limitMs?: number;
  resolver?: Resolver;
}

const defaultLimitMs = 15_000;
/** No more of an answer is read, and nobody looks at what it says. */
const maxAnswerBytes = 65_536;
const maxAnswerCharacters = 1_000;

/** POSTs to machines that are not ours and may do anything. Never throws: whatever happens is an answer. */
export class Poster {
  private readonly agent: Agent;
  private readonly limitMs: number;

  constructor({ allowsLoopback, limitMs = defaultLimitMs, resolver = new Resolver({ timeout: 2_000, tries: 2 }) }: PosterOptions) {
    this.limitMs = limitMs;
    // The limit is ours, for all of it. Bodies are never inflated: that would be asked for, and is not.
    this.agent = new Agent({ connect: guardedConnector(allowsLoopback, resolver), headersTimeout: 0, bodyTimeout: 0 });
  }

  post(url: URL, headers: Record<string, string>, body: string): Promise<Answer> {
    return new Promise((done) => {
      const { origin, pathname, search } = url;
      const sent = { 'user-agent': 'FinHarbor-Webhooks/1', ...headers };
      const exchange = new Exchange(this.limitMs, done);
      this.agent.dispatch({ origin, path: pathname + search, method: 'POST', headers: sent, body }, exchange);
    });
  }

  /** Cuts off what is under way. */
  close(): Promise<void> {
    return this.agent.destroy();
  }
}

class Exchange implements Dispatcher.DispatchHandler {
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;
  private controller?: Dispatcher.DispatchController;
  private isOver = false;
  private status: number | null = null;
  private retryAfter?: string;
  private readonly chunks: Buffer[] = [];
  private length = 0;

  constructor(limitMs: number, private readonly done: (answer: Answer) => void) {
    this.timer = setTimeout(() => this.cut(`There was no whole answer within ${limitMs / 1_000} s.`), limitMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.isOver) controller.abort(new Error('too late'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200) return; // what is only a hint, and not the answer
    this.status = status;
    if (status >= 300) this.retryAfter = [headers['retry-after']].flat()[0];
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length > maxAnswerBytes) this.cut(null);
  }

  onResponseEnd(): void {
    this.end(null);
  }

  onResponseError(_: unknown, error: Error): void {
    this.end(wordsFor(error));
  }

  private end(error: string | null): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.done({
      status: this.status, error, text: this.text(),
      retryAfterSeconds: retryAfterSeconds(this.retryAfter), durationMs: performance.now() - this.started,
    });
  }

  private cut(error: string | null): void {
    this.end(error);
    this.controller?.abort(new Error('enough'));
  }

  private text(): string | null {
    if (this.status === null) return null;
    if (this.length === 0) return '';
    const text = Buffer.concat(this.chunks).toString('utf8', 0, 4 * maxAnswerCharacters);
    return text.slice(0, maxAnswerCharacters).replaceAll('\0', '\uFFFD');
  }
}

const words: Record<string, string> = {
  FORBIDDEN_ADDRESS: 'The address is not public.',
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection broke.',
  EPIPE: 'The connection broke.',
  UND_ERR_SOCKET: 'The connection broke.',
  UND_ERR_CONNECT_TIMEOUT: 'There was no connection in time.',
  ETIMEDOUT: 'There was no connection in time.',
  EHOSTUNREACH: 'The address cannot be reached.',
  ENETUNREACH: 'The address cannot be reached.',
  UND_ERR_HEADERS_OVERFLOW: 'The answer has too many headers.',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'The answer is not as long as it says.',
};
/** What c-ares says (node:dns), and what OpenSSL says of certificates. */
const ofNames = /^E(NODATA|FORMERR|SERVFAIL|NOTFOUND|NOTIMP|REFUSED|BADQUERY|BADNAME|BADRESP|TIMEOUT|CONNREFUSED)$/;
const ofCertificates = /CERT|TLS|SSL|SIGNATURE/;

/** Nothing that tells of our network: addresses and ports are in the messages of these errors. */
function wordsFor(error: Error & { code?: string; syscall?: string }): string {
  const { code = '', syscall = '' } = error;
  if (syscall.startsWith('query') && ofNames.test(code)) return 'The name leads to no address.';
  if (words[code]) return words[code];
  if (ofCertificates.test(code)) return `The certificate is not accepted (${code}).`;
  return error.name === 'HTTPParserError' ? 'The answer is no HTTP.' : 'The connection failed.';
}
