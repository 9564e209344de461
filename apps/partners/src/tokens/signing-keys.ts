import { DomainError } from '@finharbor/contracts/errors';
import { CONFIG } from '@finharbor/platform/config/config';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import type { FieldPlace } from '@finharbor/security/encryption/field-place';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { PartnersConfig } from '../config.js';
import { SigningKey, SigningKeyList } from './signing-key.js';

/**
 * How long a key stays published after the last token that it signed has run out: replicas follow the database within seconds, a
 * request takes its time, and clocks differ.
 */
const marginSeconds = 60;

/** Why a use case here runs as worker: nobody else reads the keys. */
export const ROTATE_SIGNING_KEYS = 'rotate-signing-keys';

interface StoredKey extends SigningKey {
  sealed: string | null;
  isOld: boolean;
}

const isOver = ({ state, sealed }: StoredKey): boolean => state === 'RETIRED' && sealed !== null;

/**
 * The keys that sign access tokens (ES256), stored encrypted. Which of them signs is a matter of the database's clock alone, so
 * that every replica signs with the same: the latest whose time has come. The next one is published before, for verifiers to
 * fetch, and those before it stay published until the last token that they signed has run out.
 */
@Injectable()
export class SigningKeys {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly cipher: FieldCipher,
    @Inject(CONFIG) private readonly config: PartnersConfig,
  ) {}

  /**
   * The published keys, private parts included, the one that signs first. Makes the first key where there is none yet and the
   * next where the last is too old, and destroys what is no longer needed.
   */
  load(): Promise<JWK[]> {
    return this.tenancy.worker(async (tx) => {
      let keys = await this.stored(tx);
      if (!keys[0] || keys[0].isOld || keys.some(isOver)) keys = await this.tidy(tx);
      const inOrder = (['SIGNING', 'PUBLISHED', 'VERIFYING'] as const).flatMap((state) => keys.filter((key) => key.state === state));
      return inOrder.map(({ kid, sealed }) => JSON.parse(this.cipher.decrypt(sealed!, placeOf(kid))) as JWK);
    });
  }

  /** The latest keys, without the keys themselves. */
  list(caller: Caller): Promise<SigningKeyList> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.query<SigningKey>(`select ${this.columns()} from partners.signing_keys ${succession} limit 50`);
      return Object.assign(new SigningKeyList(), { items: rows.map((row) => Object.assign(new SigningKey(), row)) });
    });
  }

  /** Makes the next key. It is published at once and signs after the lead; then the last one retires, when its tokens have run out. */
  rotate(caller: Caller): Promise<SigningKey> {
    return this.tenancy.asWorker(ROTATE_SIGNING_KEYS, caller, async (tx) => {
      await lock(tx);
      const next = (await this.stored(tx)).find(({ state }) => state === 'PUBLISHED');
      if (next) throw new DomainError('ILLEGAL_STATE', `The next key is published already, and signs from ${next.signsFrom.toISOString()} on.`);
      const kid = await this.make(tx, this.config.SIGNING_KEY_LEAD_SECONDS);
      const { sealed: _sealed, isOld: _isOld, ...key } = (await this.stored(tx)).find((one) => one.kid === kid)!;
      return Object.assign(new SigningKey(), key);
    });
  }

  /** Of replicas that find work at once, one does it and the others wait here and find it done. */
  private async tidy(tx: Tx): Promise<StoredKey[]> {
    await lock(tx);
    const keys = await this.stored(tx);
    if (!keys[0]) await this.make(tx, 0);
    else if (keys[0].isOld) await this.make(tx, this.config.SIGNING_KEY_LEAD_SECONDS);
    for (const { kid } of keys.filter(isOver)) {
      await tx.query('update partners.signing_keys set retired_at = coalesce(retired_at, now()), private_jwk_encrypted = null where kid = $1', [kid]);
      await audit(tx, { action: 'signing-key.retire', resource: 'signing-key', resourceId: null, detail: { kid } });
    }
    return this.stored(tx);
  }

  /** Newest first. */
  private stored(tx: Tx): Promise<StoredKey[]> {
    return tx.query<StoredKey>(
      `select ${this.columns()}, private_jwk_encrypted as sealed, created_at < now() - make_interval(days => $1) as "isOld"
       from partners.signing_keys ${succession}`, [this.config.SIGNING_KEY_DAYS],
    );
  }

  /** The state of a key is not stored: it follows from the times, and so changes for all replicas at once. */
  private columns(): string {
    const retires = `lead(signs_from) over by_time + interval '${this.config.ACCESS_TOKEN_SECONDS + marginSeconds} seconds'`;
    return `kid, created_at as "createdAt", signs_from as "signsFrom", coalesce(retired_at, ${retires}) as "retiresAt",
      case when coalesce(retired_at, ${retires}) <= now() then 'RETIRED' when signs_from > now() then 'PUBLISHED'
           when lead(signs_from) over by_time <= now() then 'VERIFYING' else 'SIGNING' end as state`;
  }

  private async make(tx: Tx, leadSeconds: number): Promise<string> {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const publicJwk = await exportJWK(pair.publicKey);
    const kid = await calculateJwkThumbprint(publicJwk);
    const described = { kid, alg: 'ES256', use: 'sig' };
    const key: JWK = { ...await exportJWK(pair.privateKey), ...described };
    await tx.query(
      `insert into partners.signing_keys (kid, public_jwk, private_jwk_encrypted, signs_from) values ($1, $2, $3, now() + make_interval(secs => $4))`,
      [kid, JSON.stringify({ ...publicJwk, ...described }), this.cipher.encrypt(JSON.stringify(key), placeOf(kid)), leadSeconds],
    );
    await audit(tx, { action: 'signing-key.make', resource: 'signing-key', resourceId: null, detail: { kid, leadSeconds } });
    return kid;
  }
}

const succession = 'window by_time as (order by signs_from, kid) order by signs_from desc, kid desc';

const lock = (tx: Tx): Promise<unknown> => tx.query(`select pg_advisory_xact_lock(hashtextextended('partners.signing_keys', 0))`);

/** Signing keys belong to the suite, not to an organisation. */
const placeOf = (kid: string): FieldPlace => ({ column: 'partners.signing_keys.private_jwk_encrypted', rowId: kid, organisationId: '' });
