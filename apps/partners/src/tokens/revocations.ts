import { createHash } from 'node:crypto';
import { CONFIG } from '@finharbor/platform/config/config';
import { Property } from '@finharbor/platform/subgraph/property';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import { Inject, Injectable } from '@nestjs/common';
import { ID } from '@nestjs/graphql';
import type { PartnersConfig } from '../config.js';

/** What is good no more although it has not run out. Whoever verifies tokens asks for it every moment. */
export class RevocationList {
  @Property(() => [ID], { description: 'Clients that were locked lately: all tokens with this `client_id` are refused.' })
  clients: string[];

  @Property(() => [String], { description: 'Tokens that were revoked, by their `jti`, until they have run out.' })
  tokens: string[];
}

/** However many ask, the database is asked no more often than this. */
const freshMs = 150;
/** Clocks differ, and requests take their time. */
const marginSeconds = 60;

/** Which tokens are refused before they run out: those of locked clients, and those that were revoked (RFC 7009). */
@Injectable()
export class Revocations {
  private known?: { list: RevocationList; etag: string; readAt: number };
  private reading?: Promise<{ list: RevocationList; etag: string }>;

  constructor(private readonly tenancy: Tenancy, @Inject(CONFIG) private readonly config: PartnersConfig) {}

  /** The whole list: it is short, since a token holds for five minutes. The ETag changes with it. */
  async list(): Promise<{ list: RevocationList; etag: string }> {
    if (this.known && performance.now() - this.known.readAt < freshMs) return this.known;
    this.reading ??= this.read().finally(() => { this.reading = undefined; });
    return this.reading;
  }

  /** Revokes one token, until it has run out by itself (in seconds since 1970). */
  async revoke(token: { jti: string; clientId: string; exp: number }): Promise<void> {
    await this.tenancy.worker(async (tx) => {
      const made = await tx.query(
        'insert into partners.revoked_tokens (jti, client_id, expires_at) values ($1, $2, to_timestamp($3)) on conflict do nothing returning 1',
        [token.jti, token.clientId, token.exp + marginSeconds]);
      if (made.length > 0) await audit(tx, { action: 'token.revoke', resource: 'api-client', resourceId: token.clientId, detail: { jti: token.jti } });
      await tx.query(
        `delete from partners.revoked_tokens where jti = any(array(
           select jti from partners.revoked_tokens where expires_at < now() order by expires_at limit 4 for update skip locked))`);
    }, { awaited: true });
  }

  async isRevoked(jti: string): Promise<boolean> {
    const rows = await this.tenancy.worker((tx) => tx.query('select 1 from partners.revoked_tokens where jti = $1', [jti]), { awaited: true });
    return rows.length > 0;
  }

  private async read(): Promise<{ list: RevocationList; etag: string }> {
    const readAt = performance.now();
    const [lists] = await this.tenancy.worker((tx) => tx.query<RevocationList>(
      `select array(select id::text from partners.api_clients where locked_at > now() - make_interval(secs => $1) order by id) as clients,
              array(select jti from partners.revoked_tokens where expires_at > now() order by jti) as tokens`,
      [this.config.ACCESS_TOKEN_SECONDS + marginSeconds],
    ), { awaited: true });
    const list = Object.assign(new RevocationList(), lists);
    const etag = `"${createHash('sha256').update(JSON.stringify(list)).digest('base64url')}"`;
    this.known = { list, etag, readAt };
    return this.known;
  }
}
