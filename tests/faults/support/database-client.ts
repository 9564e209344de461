import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@finharbor/contracts/ids';
import { until } from '@finharbor/testing/until';

/** One answer to one try of one request. */
export interface Told {
  at: number;
  ms: number;
  /** Without what comes after the path. */
  path: string;
  /** 0 when there was no answer. */
  status: number;
  code?: string;
  retryAfter?: string;
  body: Record<string, unknown>;
}

export interface Request {
  authorization?: string;
  body?: unknown;
  contentType?: string;
  key?: string;
}

/** No service and no gateway takes longer to answer; one that does is hanging. */
const patienceMs = 20_000;

/** A client that writes down every answer it gets, good or bad. */
export class Witness {
  readonly told: Told[] = [];

  constructor(readonly url: string) {}

  async ask(path: string, { authorization, body, contentType = 'application/json', key }: Request = {}): Promise<Told> {
    const started = performance.now();
    const sent = fetch(new URL(path, this.url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(authorization && { authorization }),
        ...(body !== undefined && { 'content-type': contentType, 'idempotency-key': key ?? newId() }),
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(patienceMs),
    });
    const { status, headers, text } = await sent.then(
      async (answer) => ({ status: answer.status, headers: answer.headers, text: await answer.text() }),
      (error: Error) => ({ status: 0, headers: new Headers(), text: JSON.stringify({ code: String(error.cause ?? error) }) }),
    );
    const parsed = parse(text);
    const told: Told = {
      at: Date.now(), ms: performance.now() - started, path: path.replace(/\?.*/, ''), status, body: parsed,
      ...(status >= 400 || status === 0 ? { code: String(parsed.code) } : {}), ...(headers.has('retry-after') && { retryAfter: headers.get('retry-after')! }),
    };
    this.told.push(told);
    return told;
  }

  /** Asks with the same key until the answer is definite. Throws what is refused. */
  async insist(path: string, request: Request & { body: unknown }): Promise<Told> {
    const key = request.key ?? newId();
    for (const giveUp = Date.now() + 120_000; ; await pause(100)) {
      const told = await this.ask(path, { ...request, key });
      if (told.status >= 200 && told.status < 300) return told;
      const passing = told.status === 0 || told.status >= 500 || told.code === 'IDEMPOTENCY_IN_FLIGHT';
      if (!passing || Date.now() > giveUp) throw new Error(`${path}: ${told.status} ${JSON.stringify(told.body)}`);
    }
  }

  /** Answers from a moment on. */
  since(at: number): Told[] {
    return this.told.filter((one) => one.at >= at);
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}

/**
 * What is wrong with answers given while something was broken: each must be a success, or say that the client shall come back
 * and when; none may be an accident (500), silence, or late.
 */
export function dishonest(told: readonly Told[], { withinMs, timeouts = false }: { withinMs: number; timeouts?: boolean }): string[] {
  return told.flatMap(({ status, code, retryAfter, ms, path }) => {
    const what = `${path}: ${status} ${code ?? ''} after ${Math.round(ms)} ms`;
    if (ms > withinMs) return [`late: ${what}`];
    if (status >= 200 && status < 300) return [];
    if (status === 503 && retryAfter) return [];
    if (status === 409 && code === 'IDEMPOTENCY_IN_FLIGHT') return [];
    return timeouts && status === 504 ? [] : [`dishonest: ${what}`];
  });
}

/** Somebody who looks again and again, at every place in turn, and writes down what is answered. */
export class Watcher {
  private running = true;
  private readonly done: Promise<unknown>;

  private constructor(readonly witness: Witness, ask: (witness: Witness) => Promise<unknown>, everyMs: number, lanes: number) {
    this.done = Promise.all(Array.from({ length: lanes }, async () => {
      for (; this.running; await pause(everyMs)) await ask(witness);
    }));
  }

  static start(url: string, ask: (witness: Witness) => Promise<unknown>, { everyMs = 50, lanes = 4 } = {}): Watcher {
    return new Watcher(new Witness(url), ask, everyMs, lanes);
  }

  /** Waits for so many more answers of this kind. */
  async more(count: number, wanted: (told: Told) => boolean = (told) => told.status < 300, withinMs = 30_000): Promise<void> {
    const from = this.witness.told.length;
    await until(`${count} more answers of the kind`, () => this.witness.told.slice(from).filter(wanted).length >= count, withinMs);
  }

  async stop(): Promise<Told[]> {
    this.running = false;
    await this.done;
    return this.witness.told;
  }
}
