import type { Role } from '@finharbor/security/tokens/caller';
import { newId } from '@finharbor/contracts/ids';

/** An answer as it came over the wire. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

export interface Asking {
  method?: string;
  body?: unknown;
  /** Of a body that is text or bytes. */
  type?: string;
  key?: string;
  secret?: string;
  headers?: Record<string, string>;
  /** What the request names, and the answer may therefore repeat. */
  about?: string;
  /** Of an answer that names a person and means to: it is not kept. */
  confidential?: boolean;
}

/** Somebody who calls the suite from outside, and remembers every word it was told. */
export class Party {
  readonly heard: string[] = [];

  constructor(
    readonly name: string,
    readonly role: Role,
    private readonly url: string,
    /** Which of the two sides of the district it belongs to; undefined for those above them. */
    readonly side?: 0 | 1,
    /** What it says of itself; made anew where that runs out. */
    private readonly signed?: string | (() => string),
  ) {}

  get authorization(): string | undefined {
    return typeof this.signed === 'function' ? this.signed() : this.signed;
  }

  async ask(path: string, { method = 'GET', body, type = 'application/json', key = newId(), secret, headers: more, about, confidential }: Asking = {}): Promise<Answer> {
    const headers: Record<string, string> = { accept: 'application/json', 'x-request-id': 'walk', ...more };
    if (this.authorization) headers.authorization = this.authorization;
    if (secret) headers['access-secret'] = secret;
    if (method === 'POST') headers['idempotency-key'] = key;
    if (body !== undefined) headers['content-type'] = type;
    const answer = await fetch(this.url.replace(/\/$/, '') + path, { method, headers, body: isRaw(body) ? body as BodyInit : JSON.stringify(body) });
    const text = await answer.text();
    if (!confidential) this.heard.push(about ? text.replaceAll(about, 'ID') : text);
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text };
  }

  post(path: string, body?: unknown, asking: Asking = {}): Promise<Answer> {
    return this.ask(path, { method: 'POST', body, ...asking });
  }

  hasHeard(word: string): boolean {
    return this.heard.some((text) => text.includes(word));
  }

  graph(query: string, variables: object = {}, asking: Asking = {}): Promise<Answer> {
    return this.post('/graphql', { query, variables }, asking);
  }
}

const isRaw = (body: unknown): boolean => body === undefined || typeof body === 'string' || body instanceof Uint8Array;

/** The body of an answer that must be a success. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function done(answer: Answer): any {
  const body = JSON.parse(answer.text || 'null') as { errors?: unknown };
  if (answer.status >= 300 || body?.errors) throw new Error(`${answer.status} ${answer.text}`);
  return body;
}

/** An answer as one text, without what differs from request to request, and with the id that was asked about taken out. */
export function comparable({ status, headers, text }: Answer, about: string): string {
  const told = Object.entries(headers).filter(([name]) => name !== 'date' && name !== 'request-id').map(([name, value]) => `${name}: ${value}`).sort();
  const whole = [status, ...told, text].join('\n');
  return about ? whole.replaceAll(about, 'ID') : whole;
}

/** Several answers, as a failed test tells them: status and body of each, cut short. */
export const told = (answers: Iterable<string>): string =>
  [...answers].map((answer) => `${answer.slice(0, 3)} ${answer.split('\n').at(-1)!.slice(0, 200)}`).join(' or ');

/** Works through the items, a few at a time. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<void>, width = 6): Promise<void> {
  const left = items.values();
  await Promise.all(Array.from({ length: width }, async () => {
    for (const item of left) await work(item);
  }));
}
