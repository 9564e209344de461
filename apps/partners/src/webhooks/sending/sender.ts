import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Grace, within } from '@finharbor/platform/boot/grace';
import { CONFIG } from '@finharbor/platform/config/config';
import { LOGGER } from '@finharbor/platform/logs/token';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { WebhookSigner } from '@finharbor/security/webhooks/webhook-keys';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import type { PartnersConfig } from '../../config.js';
import { type Claim, claimDue, leaseMs, release, renew } from './claims.js';
import { type Answer, Poster } from './poster.js';
import { type Result, write } from './results.js';
import { signedHeaders } from './signed-headers.js';
import { Signers } from './signers.js';
import { webhookUrl } from './webhook-url.js';

interface Claimed {
  claims: Claim[];
  /** By the id of the endpoint. */
  signers: Map<string, WebhookSigner[]>;
  /** Whether there is more to claim. */
  isMore: boolean;
}

/** How often it looks without being told, for what is due again and for what others left. */
const pollMs = 1_000;
/** What comes within this time is handled together. */
const gatherMs = 20;
const maxUrls = 5_000;
/** After which a turn is tried again that failed for want of a database. */
const troubleMs = 500;
/** After this part of its lease a claim is renewed. */
const renewAfterMs = leaseMs / 4;
/** A claim whose lease has no more left than this is not sent any more: another replica may take it. */
const marginMs = leaseMs / 4;
/** Of the time that the service has to stop in, what exchanges under way get; the rest is for writing what came of them. */
const finishMs = 700;

/**
 * Sends webhooks. Each turn is one transaction: it writes what came of the last attempts, renews what takes long, and claims what
 * is due, a few deliveries of each endpoint, so that none waits for another's. Any number of replicas may run. What a process that
 * dies had claimed is sent again by another when its lease has run out, with the same id; nothing else is sent twice.
 */
@Injectable()
export class Sender implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly claimant = randomUUID();
  /** Claimed, and its result not yet written. */
  private readonly held = new Map<string, Claim>();
  /** Those that may be sent to. */
  private readonly urls = new Map<string, URL>();
  private readonly sending = new Set<Promise<void>>();
  private results: Result[] = [];
  private stopped = false;
  private dirty = false;
  private wake: () => void = () => undefined;
  private running: Promise<void> = Promise.resolve();
  /** When the database was last found away. */
  private troubleAt = -Infinity;

  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly grace: Grace,
    private readonly poster: Poster,
    private readonly signers: Signers,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Gives what is under way a moment to end, writes what came of it, and leaves the rest to others. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.poke();
    await this.grace.wait(this.running);
    await within(finishMs, Promise.all(this.sending));
    await this.grace.wait(this.end());
    await this.poster.close();
  }

  /** Tells that deliveries were committed. */
  poke(): void {
    this.dirty = true;
    this.wake();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.dirty = false;
      try {
        if (await this.turn()) this.dirty = true;
      } catch (error) {
        this.troubleAt = performance.now();
        this.logger.warn({ err: error }, 'webhooks');
        await pause(troubleMs);
      }
      if (!this.dirty) await this.rest();
      await pause(gatherMs);
    }
  }

  private rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.stopped) this.wake();
    });
  }

  /** Gives whether there is more to claim. */
  private async turn(): Promise<boolean> {
    const results = this.results.splice(0);
    try {
      const { claims, signers, isMore } = await this.tenancy.worker((tx) => this.writeAndClaim(tx, results));
      for (const { claim } of results) this.held.delete(claim.id);
      for (const claim of claims) this.send(claim, signers.get(claim.endpointId) ?? []);
      return isMore;
    } catch (error) {
      this.results.unshift(...results);
      throw error;
    }
  }

  private async writeAndClaim(tx: Tx, results: Result[]): Promise<Claimed> {
    const now = performance.now();
    if (results.length > 0) await write(tx, this.claimant, results);
    const aging = [...this.held.values()].filter(({ leasedUntil }) => leasedUntil < now + leaseMs - renewAfterMs);
    if (aging.length > 0) {
      await renew(tx, this.claimant, aging.map(({ id }) => id));
      for (const claim of aging) claim.leasedUntil = now + leaseMs; // it has been sent, and is renewed soon again if this fails
    }
    const { claims, isMore } = await claimDue(tx, this.claimant, now, now - this.troubleAt > leaseMs);
    const endpoints = new Map(claims.map(({ endpointId: id, organisationId }) => [id, { id, organisationId }]));
    return { claims, isMore, signers: claims.length > 0 ? await this.signers.of(tx, [...endpoints.values()]) : new Map() };
  }

  private send(claim: Claim, signers: WebhookSigner[]): void {
    this.held.set(claim.id, claim);
    if (this.stopped) return;
    const began = performance.now();
    if (began > claim.leasedUntil - marginMs) return void this.held.delete(claim.id); // this process was frozen in between
    const sent = this.attempt(claim, signers).then((answer) => {
      if (this.stopped && answer.status === null) return; // it was cut off, and says nothing about the endpoint
      this.results.push({ claim, answer, began });
      this.poke();
    });
    this.sending.add(sent);
    void sent.finally(() => this.sending.delete(sent));
  }

  private async attempt({ url, eventId, body }: Claim, signers: WebhookSigner[]): Promise<Answer> {
    if (body === null) return failure('The event is older than what is kept.');
    if (signers.length === 0) return failure('The endpoint has no key to sign with.');
    try {
      return await this.poster.post(this.readUrl(url), signedHeaders(eventId, body, signers), body);
    } catch (error) {
      return failure((error as Error).message);
    }
  }

  private readUrl(text: string): URL {
    const known = this.urls.get(text);
    if (known) return known;
    if (this.urls.size >= maxUrls) this.urls.clear();
    const url = webhookUrl(text, this.config.SANDBOX);
    this.urls.set(text, url);
    return url;
  }

  private end(): Promise<void> {
    const results = this.results.splice(0);
    const written = new Set(results.map(({ claim }) => claim.id));
    const unsent = [...this.held.keys()].filter((id) => !written.has(id));
    if (written.size + unsent.length === 0) return Promise.resolve();
    return this.tenancy.worker(async (tx) => {
      if (results.length > 0) await write(tx, this.claimant, results);
      if (unsent.length > 0) await release(tx, this.claimant, unsent);
    });
  }
}

const failure = (error: string): Answer => ({ status: null, error, text: null, retryAfterSeconds: 0, durationMs: 0 });
