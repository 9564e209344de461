import { randomBytes } from 'node:crypto';
import { DomainError, notFound } from '@finharbor/contracts/errors';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { localDate } from '@finharbor/standards/working-days';
import type { DemandKind } from '../demands/demand-states.js';
import { checkCode, readCode } from './code-token.js';
import type { LoanCodeKind } from './loan-code-kind.js';

/** A code of 120 random bits: nobody finds one by trying, and nothing can be read from it. */
export const newCode = (): string => randomBytes(15).toString('base64url');

const unsigned = /^[\w-]{20}$/;

/** A code that is good today, and what it is for. */
export interface OpenCode {
  id: string;
  bankId: string;
  harborId: string;
  kind: LoanCodeKind;
  areaCode: string | null;
  place: string | null;
  officerId: string | null;
  /** Kinds of demands that it takes; empty for all. */
  demandKinds: DemandKind[];
  /** Demands that came in through it today without a scan session. */
  sessionlessToday: number;
}

interface FoundCode extends OpenCode {
  version: number;
  token: string | null;
  previousUntil: string | null;
  revokedAt: Date | null;
}

/**
 * The code as somebody scanned it. Unknown is NOT_FOUND, every other refusal has its name: see `checkCode`, and LOAN_CODE_REVOKED. For
 * the worker: a scanner has no organisation.
 */
export async function findOpenCode(tx: Tx, text: string): Promise<OpenCode> {
  const today = localDate(new Date());
  const token = readCode(text);
  if (!token && !unsigned.test(text)) throw notFound('loan code');
  const [{ keys, ...found }] = await tx.query<{ keys: { kid: string; x: string }[] } & (FoundCode | { id: null })>(
    `select keys, id, org_id as "bankId", harbor_id as "harborId", kind, area_code as "areaCode", place, officer_id as "officerId",
       demand_kinds as "demandKinds", version, token, previous_until::text as "previousUntil", revoked_at as "revokedAt",
       (select coalesce(sum(d.sessionless), 0)::int from loan_matching.loan_code_days d
        where d.org_id = c.org_id and d.loan_code_id = c.id and d.day = $3) as "sessionlessToday"
     from (select coalesce(jsonb_agg(jsonb_build_object('kid', kid, 'x', public_key)), '[]') as keys from loan_matching.loan_code_keys where key_id = $2) k
     left join loan_matching.loan_codes c on code = $1`, [token?.shortCode ?? text, token?.keyId ?? '', today],
  );
  if (token) checkCode(text, keys.map((key) => ({ ...key, kty: 'OKP', crv: 'Ed25519' })), today);
  if (found.id === null) throw notFound('loan code');
  const { version, token: print, previousUntil, revokedAt, ...code } = found;
  mustBePrinted(token?.version ?? 0, version, previousUntil, today);
  // Whoever stole the key cannot make a print last longer than the one that was made.
  if (token?.version === version && text !== print) throw new DomainError('LOAN_CODE_FORGED');
  if (revokedAt) throw new DomainError('LOAN_CODE_REVOKED');
  return code;
}

/** Refuses a print that a later one replaced. Version 0 has no signature: whoever cuts it off a signed code has none. */
function mustBePrinted(printed: number, version: number, previousUntil: string | null, today: string): void {
  if (printed === version) return;
  if (printed > version || (printed === 0 && (version > 1 || !previousUntil))) throw notFound('loan code');
  if (printed === version - 1 && previousUntil && today <= previousUntil) return;
  throw new DomainError('LOAN_CODE_EXPIRED', 'The loan code was printed anew, and this print is over.');
}
