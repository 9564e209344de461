import { Grace } from '@finharbor/platform/boot/grace';
import { Recurring } from '@finharbor/platform/boot/recurring';
import type { VerifiedToken } from '@finharbor/security/tokens/access-token';
import type { Logger } from 'pino';

/** So often what is revoked is asked for anew, and so long an answer is waited for: together well under a second. */
const pauseMs = 400;
const patienceMs = 500;

/** The tokens that are good no more although they have not run out, as partners tells them (`GET /v1/revocations`). */
export class Revocations {
  private clients = new Set<string>();
  private tokens = new Set<string>();
  /** Of the list that is known; undefined while none is. */
  private etag?: string;
  private reading?: Promise<void>;
  private readonly following: Recurring;

  /** @param ask fetches the list, unless it is still the one with this ETag */
  constructor(private readonly ask: (etag: string | undefined, signal: AbortSignal) => Promise<Response>, logger: Logger) {
    let isAway = false;
    this.following = new Recurring('revocations', logger, pauseMs, async () => {
      try {
        await this.read();
        isAway = false;
      } catch (error) {
        if (!isAway) logger.warn({ err: error }, 'partners does not tell what is revoked; what it told last holds');
        isAway = true;
      }
    });
  }

  start(): void {
    this.following.start();
  }

  async stop(): Promise<void> {
    await this.following.stop(new Grace());
  }

  /** Waits until a list is known, once for all who wait. Throws when there is none to be had. */
  async known(): Promise<void> {
    if (this.etag !== undefined) return;
    this.reading ??= this.read().finally(() => { this.reading = undefined; });
    await this.reading;
  }

  has({ id, caller }: VerifiedToken): boolean {
    return this.tokens.has(id) || this.clients.has(caller.clientId!);
  }

  private async read(): Promise<void> {
    const answer = await this.ask(this.etag, AbortSignal.timeout(patienceMs));
    if (answer.status === 304) return;
    if (this.etag === undefined && (answer.status === 401 || answer.status === 404)) {
      this.etag = ''; // partners is still of the version before, which revokes nothing
      return;
    }
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const { clients, tokens } = await answer.json() as { clients: string[]; tokens: string[] };
    [this.clients, this.tokens] = [new Set(clients), new Set(tokens)];
    this.etag = answer.headers.get('etag') ?? '';
  }
}
