import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageQuery, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { newWebhookKey } from '@finharbor/security/webhooks/webhook-keys';
import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { PartnersConfig } from '../config.js';
import type { CreateWebhookEndpointInput, UpdateWebhookEndpointInput } from './endpoint.inputs.js';
import { changeEndpoint, lockEndpoint } from './lock-endpoint.js';
import { Challenge } from './sending/challenge.js';
import { Sender } from './sending/sender.js';
import { webhookUrl } from './sending/webhook-url.js';
import { type NewWebhookEndpoint, WebhookEndpoint } from './webhook-endpoint.entity.js';
import { asNew, WebhookSecretsService } from './webhook-secrets.service.js';

/** Endpoints of an organisation. */
const most = 20;

/** Where organisations are told. Nobody is challenged while a transaction is open: a receiver may take its time. */
@Injectable()
export class EndpointsService {
  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig,
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly secrets: WebhookSecretsService,
    private readonly challenges: Challenge,
    private readonly sender: Sender,
  ) {}

  /** Makes an endpoint: ACTIVE when it answered its challenge, else PENDING with what was wrong. */
  async create(caller: Caller, { url, description, types = [], scheme = 'ED25519' }: CreateWebhookEndpointInput): Promise<NewWebhookEndpoint> {
    this.check(url);
    const organisationId = caller.organisationId!;
    const [id, key] = [newId(), newWebhookKey(scheme)];
    const reason = await this.challenges.challenge({ id, organisationId, url }, [key.secret]) ?? null;
    return this.tenancy.run(caller, async (tx) => {
      // In turn with others of the same organisation, so that each sees how many there are.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('webhook endpoints of ' || $1, 0))`, [organisationId]);
      if (await tx.manager.countBy(WebhookEndpoint, { organisationId, deletedAt: IsNull() }) >= most) {
        throw new DomainError('ILLEGAL_STATE', `An organisation has at most ${most} webhook endpoints.`);
      }
      const endpoint = tx.manager.create(WebhookEndpoint, {
        id, organisationId, url, description: description ?? null, types, scheme, state: reason === null ? 'ACTIVE' : 'PENDING', stateReason: reason,
        failingSince: null, createdAt: new Date(), version: 1, deletedAt: null,
      });
      await tx.manager.insert(WebhookEndpoint, endpoint);
      await this.secrets.add(tx, endpoint, key);
      await this.secrets.fill(tx, [endpoint]);
      await audit(tx, { action: 'webhook-endpoint.create', resource: 'webhook-endpoint', resourceId: id, detail: { url, types, scheme, state: endpoint.state } });
      return asNew(endpoint, key);
    });
  }

  list(caller: Caller, page: PageQuery): Promise<Page<WebhookEndpoint>> {
    return this.tenancy.run(caller, async (tx) => {
      const query = tx.manager.createQueryBuilder(WebhookEndpoint, 'endpoint').where('endpoint.deletedAt is null');
      const found = await readPage(query, page, this.cursors, { list: 'webhook-endpoints', organisationId: caller.organisationId });
      await this.secrets.fill(tx, found.items);
      return found;
    });
  }

  get(caller: Caller, id: string): Promise<WebhookEndpoint> {
    return this.tenancy.run(caller, (tx) => this.find(tx, id));
  }

  /**
   * Changes an endpoint as it was at `version` (PRECONDITION_FAILED when it is another now). Another url is challenged first:
   * WEBHOOK_CHALLENGE_FAILED, and nothing changes.
   */
  async update(caller: Caller, id: string, version: number, { url, ...change }: UpdateWebhookEndpointInput): Promise<WebhookEndpoint> {
    const known = await this.get(caller, id);
    mustBe(known, version);
    const moves = url !== undefined && url !== known.url;
    if (moves) {
      this.check(url);
      const reason = await this.challenges.challenge({ id, organisationId: known.organisationId, url });
      if (reason !== undefined) throw new DomainError('WEBHOOK_CHALLENGE_FAILED', reason);
    }
    return this.tenancy.run(caller, async (tx) => {
      const endpoint = await lockEndpoint(tx, id);
      mustBe(endpoint, version);
      await changeEndpoint(tx, endpoint, { ...defined(change), ...(moves && { url, ...(endpoint.state === 'PAUSED' ? {} : awake) }) });
      if (moves) await this.begin(tx, id);
      await this.secrets.fill(tx, [endpoint]);
      await audit(tx, { action: 'webhook-endpoint.update', resource: 'webhook-endpoint', resourceId: id, detail: { url, ...change } });
      return endpoint;
    });
  }

  /** Deletes an endpoint with its keys. What was still to be sent to it is cancelled; what was sent can be read on. */
  async remove(caller: Caller, id: string): Promise<void> {
    await this.tenancy.run(caller, async (tx) => {
      const endpoint = await lockEndpoint(tx, id);
      await changeEndpoint(tx, endpoint, { state: 'DISABLED', stateReason: 'It was deleted.', deletedAt: new Date() });
      await tx.query(
        `update partners.webhook_deliveries set state = 'CANCELLED', next_attempt_at = null, claimed_until = null, claimed_by = null
         where org_id = $1 and endpoint_id = $2 and state = 'PENDING'`, [tx.organisationId, id]);
      await tx.query('delete from partners.webhook_secrets where org_id = $1 and endpoint_id = $2', [tx.organisationId, id]);
      await audit(tx, { action: 'webhook-endpoint.delete', resource: 'webhook-endpoint', resourceId: id });
    });
  }

  /** Challenges an endpoint again, and puts it to use when it passes. ILLEGAL_STATE for one that is in use. */
  async challenge(caller: Caller, id: string): Promise<WebhookEndpoint> {
    // Not the caller's transaction: what a POST answers is stored with its first one.
    const organisationId = caller.organisationId!;
    const known = await this.tenancy.worker(
      (tx) => tx.manager.findOneBy(WebhookEndpoint, { id, organisationId, deletedAt: IsNull() }), { awaited: true });
    if (!known) throw notFound('webhook endpoint');
    const reason = await this.challenges.challenge({ id, organisationId, url: known.url }) ?? null;
    return this.tenancy.run(caller, async (tx) => {
      const endpoint = await lockEndpoint(tx, id, { states: ['PENDING', 'DISABLED'], to: 'be challenged' });
      await changeEndpoint(tx, endpoint, reason === null ? awake : { stateReason: reason });
      if (reason === null) await this.begin(tx, id);
      await this.secrets.fill(tx, [endpoint]);
      await audit(tx, { action: 'webhook-endpoint.challenge', resource: 'webhook-endpoint', resourceId: id, detail: { passed: reason === null } });
      return endpoint;
    });
  }

  /** ACTIVE → PAUSED: events wait. */
  pause(caller: Caller, id: string): Promise<WebhookEndpoint> {
    return this.turn(caller, id, 'pause', 'ACTIVE', 'PAUSED');
  }

  /** PAUSED → ACTIVE: what waited is sent. */
  resume(caller: Caller, id: string): Promise<WebhookEndpoint> {
    return this.turn(caller, id, 'resume', 'PAUSED', 'ACTIVE');
  }

  private turn(caller: Caller, id: string, verb: string, from: 'ACTIVE' | 'PAUSED', to: 'ACTIVE' | 'PAUSED'): Promise<WebhookEndpoint> {
    return this.tenancy.run(caller, async (tx) => {
      const endpoint = await lockEndpoint(tx, id, { states: [from], to: verb });
      await changeEndpoint(tx, endpoint, { state: to });
      if (to === 'ACTIVE') await this.begin(tx, id);
      await this.secrets.fill(tx, [endpoint]);
      await audit(tx, { action: `webhook-endpoint.${verb}`, resource: 'webhook-endpoint', resourceId: id });
      return endpoint;
    });
  }

  /** It is there, so that what the sender thought of it is void. */
  private async begin(tx: Tx, id: string): Promise<void> {
    await tx.query('update partners.webhook_endpoints set failures = 0, failing_since = null, paused_until = null where org_id = $1 and id = $2', [tx.organisationId, id]);
    tx.onCommit(() => this.sender.poke());
  }

  private async find(tx: Tx, id: string): Promise<WebhookEndpoint> {
    const endpoint = await tx.manager.findOneBy(WebhookEndpoint, { id, deletedAt: IsNull() });
    if (!endpoint) throw notFound('webhook endpoint');
    await this.secrets.fill(tx, [endpoint]);
    return endpoint;
  }

  private check(url: string): void {
    try {
      webhookUrl(url, this.config.SANDBOX);
    } catch (error) {
      throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'url', rule: 'webhookUrl', message: (error as Error).message }]);
    }
  }
}

const awake = { state: 'ACTIVE', stateReason: null, failingSince: null } as const;

const defined = (change: object): object => Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

function mustBe(endpoint: WebhookEndpoint, version: number): void {
  if (endpoint.version !== version) throw new DomainError('PRECONDITION_FAILED');
}
