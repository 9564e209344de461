import { DomainError, notFound } from '@finharbor/contracts/errors';
import { dataKeyIdOf } from '@finharbor/security/encryption/data-key';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import type { FieldPlace } from '@finharbor/security/encryption/field-place';
import type { Caller } from '@finharbor/security/tokens/caller';
import { hashSecret } from '@finharbor/security/tokens/secrets';
import { Injectable } from '@nestjs/common';
import { currentContext } from '../logs/context.js';
import { PersonalData } from '../personal-data/personal-data.js';
import type { Tx } from '../tenancy/tx.js';
import { Replayed } from './idempotency.js';
import { present } from '../http/present.js';

const nobody = '00000000-0000-0000-0000-000000000000';

/**
 * Stores the answer of a POST in the transaction of its effect, encrypted, since answers may hold secrets shown once.
 * The advisory lock comes first: a key row of a running transaction is invisible, and the second caller would block.
 */
@Injectable()
export class IdempotencyKeys {
  constructor(private readonly cipher: FieldCipher, private readonly personalData: PersonalData) {}

  async once<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
    const context = currentContext();
    const request = context?.idempotency;
    if (!context || !request || request.body !== undefined) return work(tx);
    const organisationId = tx.caller?.organisationId ?? nobody;
    const lockName = `${organisationId} ${request.route} ${ownKey(request.key, request.fingerprint, tx.caller)}`;
    const [{ locked }] = await tx.query<{ locked: boolean }>('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked', [lockName]);
    if (!locked) throw new DomainError('IDEMPOTENCY_IN_FLIGHT');
    // A body may be a phone number and little else, which a plain hash would betray. Earlier versions stored one.
    const prints = [...this.cipher.blindIndexes(request.fingerprint, 'idempotency', ''), request.fingerprint];
    const keys = prints.map((print) => ownKey(request.key, print, tx.caller));
    const placeOf = (key: string): FieldPlace => ({ column: `${tx.schema}.idempotency_keys.body`, rowId: `${request.route} ${key}`, organisationId });
    const [stored] = await tx.query<{ key: string; fingerprint: string; status: number; body: string; receiptId: string | null }>(
      `select key, fingerprint, status, body, receipt_id as "receiptId" from ${tx.schema}.idempotency_keys where org_id = $1 and route = $2 and key = any($3)`,
      [organisationId, request.route, keys],
    );
    if (stored && !prints.includes(stored.fingerprint.split('.').at(-1)!)) throw new DomainError('IDEMPOTENCY_KEY_REUSED');
    if (stored?.receiptId) request.receiptId = stored.receiptId;
    if (stored) throw new Replayed(stored.status, await this.open(tx, stored.body, placeOf(stored.key)));
    const result = await work(tx);
    const body = result == null ? '' : JSON.stringify(present(result, context.caller?.role ?? 'anonymous'));
    tx.later(
      `insert into ${tx.schema}.idempotency_keys (org_id, route, key, fingerprint, status, body, receipt_id) values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        organisationId, request.route, keys[0], this.cipher.prefix + prints[0], request.status,
        await this.seal(tx, body, placeOf(keys[0])), request.receiptId ?? null,
      ],
    );
    request.body = body;
    return result;
  }

  private async seal(tx: Tx, body: string, place: FieldPlace): Promise<string> {
    const key = tx.disclosed && (await this.personalData.keysOf(tx, [tx.disclosed])).get(tx.disclosed);
    return key ? key.seal(body, place) : this.cipher.encrypt(body, place);
  }

  private async open(tx: Tx, stored: string, place: FieldPlace): Promise<string> {
    const id = dataKeyIdOf(stored);
    if (!id) return this.cipher.decrypt(stored, place);
    const key = (await this.personalData.keysOf(tx, [id])).get(id);
    if (!key) throw notFound('answer');
    return key.open(stored, place);
  }
}

/**
 * Applicants belong to no organisation. Each has its own secret, and so its own keys: no other one's answer is repeated to it.
 * Whoever has not even that is told apart by the request itself: a stranger's use of the same key neither shows nor stops it.
 */
function ownKey(key: string, fingerprint: string, caller: Caller | undefined): string {
  if (caller?.organisationId) return key;
  return caller?.accessSecret ? `${hashSecret(caller.accessSecret)} ${key}` : `${fingerprint} ${key}`;
}
