import { newId } from '@finharbor/contracts/ids';
import { bodyOf } from '@finharbor/contracts/public-events/body';
import type { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { type NewWebhookKey, newWebhookKey, type WebhookKeyScheme } from '@finharbor/security/webhooks/webhook-keys';
import type { TestDatabase } from './database.js';

export interface TestEndpoint {
  id: string;
  organisationId: string;
  keys: NewWebhookKey[];
}

/** Puts endpoints and deliveries straight into partners' tables, where a test is about what becomes of them. */
export class TestWebhooks {
  constructor(private readonly database: Pick<TestDatabase, 'query'>, private readonly cipher: FieldCipher) {}

  async endpoint(url: string, scheme: WebhookKeyScheme = 'ED25519', organisationId = newId()): Promise<TestEndpoint> {
    await this.database.query(`insert into partners.organisations (id, kind) values ($1, 'BANK') on conflict do nothing`, [organisationId]);
    const endpoint = { id: newId(), organisationId, keys: [] };
    await this.database.query(
      `insert into partners.webhook_endpoints (id, org_id, url, scheme, state) values ($1, $2, $3, $4, 'ACTIVE')`, [endpoint.id, organisationId, url, scheme]);
    await this.key(endpoint, scheme);
    return endpoint;
  }

  /** A further key; those before hold on. */
  async key(endpoint: TestEndpoint, scheme: WebhookKeyScheme = 'ED25519'): Promise<NewWebhookKey> {
    const [id, key] = [newId(), newWebhookKey(scheme)];
    const place = { column: 'partners.webhook_secrets.secret_encrypted', rowId: id, organisationId: endpoint.organisationId };
    await this.database.query(
      `insert into partners.webhook_secrets (id, org_id, endpoint_id, scheme, public_key, secret_encrypted, created_at)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp())`,
      [id, endpoint.organisationId, endpoint.id, scheme, key.publicKey, this.cipher.encrypt(key.secret, place)]);
    endpoint.keys.unshift(key);
    return key;
  }

  /** Commits so many events with a delivery each, and gives their ids. Who sends them finds them by itself, or is poked. */
  async deliver(endpoint: TestEndpoint, count = 1): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newId());
    const bodies = ids.map((id, number) => bodyOf('https://finharbor.example', {
      id, type: 'webhook.test', subject: `test/${id}`, time: new Date(), sequence: number + 1, recipient: endpoint.organisationId, data: { 名称: '测试' },
    }));
    await this.database.query(
      `with events as (
         insert into partners.feed_events (org_id, id, type, body) select $1, id, 'webhook.test', body from unnest($3::uuid[], $4::text[]) t (id, body)
         returning org_id, id, type)
       insert into partners.webhook_deliveries (org_id, endpoint_id, event_id, type) select org_id, $2, id, type from events`,
      [endpoint.organisationId, endpoint.id, ids, bodies]);
    return ids;
  }

  /** Moves the clock on, as far as the deliveries of the endpoint go by it. */
  async later(endpoint: TestEndpoint, seconds: number): Promise<void> {
    const moved = (column: string): string => `${column} = ${column} - make_interval(secs => $2)`;
    await this.database.query(`update partners.webhook_endpoints set ${moved('failing_since')}, ${moved('paused_until')} where id = $1`, [endpoint.id, seconds]);
    await this.database.query(
      `update partners.webhook_deliveries set ${moved('next_attempt_at')}, ${moved('created_at')} where endpoint_id = $1`, [endpoint.id, seconds]);
  }

  /** How many deliveries of the endpoint are in each state. */
  async states(endpoint: TestEndpoint): Promise<Record<string, number>> {
    const rows = await this.database.query<{ state: string; count: number }>(
      'select state, count(*)::int from partners.webhook_deliveries where endpoint_id = $1 group by state', [endpoint.id]);
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }
}
