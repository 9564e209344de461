import { randomBytes } from 'node:crypto';
import { DomainError, notFound } from '@finharbor/contracts/errors';
import type { Tx } from '@finharbor/platform/tenancy/tx';

/** A code of 120 random bits: nobody finds one by trying, and nothing can be read from it. */
export const newCode = (): string => randomBytes(15).toString('base64url');

const shape = /^[\w-]{20}$/;

/** The code as somebody scanned it. Unknown is NOT_FOUND, revoked LOAN_CODE_REVOKED. For the worker: a scanner has no organisation. */
export async function findOpenCode(tx: Tx, code: string): Promise<{ id: string; harborId: string }> {
  if (!shape.test(code)) throw notFound('loan code');
  const [found] = await tx.query<{ id: string; harborId: string; revokedAt: Date | null }>(
    `select id, harbor_id as "harborId", revoked_at as "revokedAt" from loan_matching.loan_codes where code = $1`, [code],
  );
  if (!found) throw notFound('loan code');
  if (found.revokedAt) throw new DomainError('LOAN_CODE_REVOKED');
  return found;
}
