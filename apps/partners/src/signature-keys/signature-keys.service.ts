import { DomainError, type FieldError, notFound } from '@finharbor/contracts/errors';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { signerKey, type SignerJwk } from '@finharbor/security/signatures/keys';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { type SetSignatureKeysInput, SignatureKey, SignatureKeyList } from './signature-keys.inputs.js';

const most = 10;

interface Registered {
  organisationId: string;
  isLocked: boolean;
  keys: SignerJwk[] | null;
  required: boolean | null;
}

/** The keys with which clients sign requests. A client looks after its own; those of others are the system administrator's. */
@Injectable()
export class SignatureKeysService {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher) {}

  get(caller: Caller, clientId: string): Promise<SignatureKeyList> {
    return this.tenancy.run(caller, async (tx) => {
      const { keys, required } = await this.find(tx, caller, clientId);
      return listed(keys ?? [], required ?? false);
    });
  }

  /**
   * Takes these keys for the client's from now on, and no others: what an earlier one signed before stays proven by its receipts.
   * VALIDATION_FAILED names each key that is not good enough; FORBIDDEN where another than the system administrator says whether
   * it must sign; ILLEGAL_STATE where it must and would have no key.
   */
  set(caller: Caller, clientId: string, { jwks, signatureRequired }: SetSignatureKeysInput): Promise<SignatureKeyList> {
    const keys = readKeys(jwks);
    if (signatureRequired !== undefined && caller.role !== 'system-administrator') {
      throw new DomainError('FORBIDDEN', 'Whether a client must sign is for the system administrator to say.');
    }
    return this.tenancy.run(caller, async (tx) => {
      const client = await this.find(tx, caller, clientId, 'for update of c');
      if (client.isLocked) throw new DomainError('ILLEGAL_STATE', 'The client is locked.');
      const required = signatureRequired ?? client.required ?? false;
      if (required && keys.length === 0) throw new DomainError('ILLEGAL_STATE', 'A client that must sign needs a key.');
      const { organisationId } = client;
      const [{ version }] = await tx.query<{ version: number }>(
        `insert into partners.signature_keys as known (client_id, org_id, keys, required) values ($1, $2, $3, $4)
         on conflict (org_id, client_id) do update set keys = excluded.keys, required = excluded.required, version = known.version + 1 returning version`,
        [clientId, organisationId, JSON.stringify(keys), required],
      );
      await this.publisher.publish(tx, 'api-client.keys-changed', {
        organisationId, aggregateId: clientId, version, payload: { clientId, organisationId, keys, signatureRequired: required },
      });
      const detail = { kids: keys.map(({ kid }) => kid), signatureRequired: required };
      await audit(tx, { action: 'api-client.set-signature-keys', resource: 'api-client', resourceId: clientId, detail });
      return listed(keys, required);
    });
  }

  /** Supervisors see all rows, so that what belongs to whom is asked here. */
  private async find(tx: Tx, caller: Caller, id: string, lock = ''): Promise<Registered> {
    const rows = caller.role === 'system-administrator' || caller.clientId === id ? await tx.query<Registered>(
      `select c.org_id as "organisationId", c.locked_at is not null as "isLocked", k.keys, k.required
       from partners.api_clients c left join partners.signature_keys k on k.org_id = c.org_id and k.client_id = c.id where c.id = $1 ${lock}`, [id],
    ) : [];
    if (!rows[0]) throw notFound('API client');
    return rows[0];
  }
}

/** The keys of a JWK Set as they are kept: what makes them up, and nothing else that came with them. */
function readKeys(jwks: object): SignerJwk[] {
  const { keys } = jwks as { keys?: unknown };
  if (!Array.isArray(keys) || keys.length > most) throw invalid([{ field: 'jwks.keys', rule: 'size', message: `a client has at most ${most} keys` }]);
  const problems: FieldError[] = [];
  const read = keys.flatMap((key: unknown, index): SignerJwk[] => {
    try {
      const { jwk: { kty, crv, x, y, kid } } = signerKey((key ?? {}) as SignerJwk);
      return [{ kty, crv, x, ...(kty === 'EC' && { y }), kid, use: 'sig' }];
    } catch (error) {
      problems.push({ field: `jwks.keys.${index}`, rule: 'signatureKey', message: (error as Error).message });
      return [];
    }
  });
  if (new Set(read.map(({ kid }) => kid)).size < read.length) problems.push({ field: 'jwks.keys', rule: 'unique', message: 'each key has a kid of its own' });
  if (problems.length > 0) throw invalid(problems);
  return read;
}

const invalid = (problems: FieldError[]): DomainError => new DomainError('VALIDATION_FAILED', undefined, problems);

function listed(keys: SignerJwk[], signatureRequired: boolean): SignatureKeyList {
  const items = keys.map((jwk) => {
    const { id: kid, algorithm } = signerKey(jwk);
    return Object.assign(new SignatureKey(), { kid, algorithm, jwk: JSON.stringify(jwk) });
  });
  return Object.assign(new SignatureKeyList(), { items, signatureRequired });
}
