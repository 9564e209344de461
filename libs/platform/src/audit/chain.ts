import { type AuditKeys, digestOf, genesis, type Seal, sealColumns, type SealFacts, type SealRow, toSeal } from '@finharbor/security/audit/seal';
import type { ServiceIdentity } from '../boot/service-identity.js';
import type { Tx } from '../tenancy/tx.js';

type End = Pick<Seal, 'number' | 'total' | 'low' | 'above' | 'root'>;

/** The rows that no seal covers, for a `from` clause; `low` and `above` of the last seal say which are covered. */
export const unsealedRows = (schema: string): string => `${schema}.audit t
  where t.id > coalesce((select low from ${schema}.audit_seals order by number desc limit 1), 0)
    and not coalesce((select above from ${schema}.audit_seals order by number desc limit 1) @> t.id, false)`;

/** Lets one transaction at a time add to the chain; false when another one does. Read the chain in a later statement. */
export async function lockChain(tx: Tx): Promise<boolean> {
  const [{ locked }] = await tx.query<{ locked: boolean }>(
    'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked', [`${tx.schema} audit chain`]);
  return locked;
}

/** The last seal of the chain, or what the first one follows. */
export async function endOfChain(tx: Tx): Promise<End> {
  const [seal] = await readSeals(tx, 'true order by number desc limit 1');
  return seal ?? genesis;
}

export async function readSeals(tx: Tx, where: string, parameters: unknown[] = []): Promise<Seal[]> {
  const rows = await tx.query<SealRow>(`select ${sealColumns} from ${tx.schema}.audit_seals where ${where}`, parameters);
  return rows.map(toSeal);
}

/** Signs a seal that follows the end of the chain and adds it. */
export async function addSeal(
  tx: Tx, service: ServiceIdentity, keys: AuditKeys, end: End, rows: Buffer, facts: Pick<SealFacts, 'at' | 'first' | 'last' | 'count'> & Partial<SealFacts>,
): Promise<Seal> {
  const { number, total, low, above, root: prev } = end;
  const seal = keys.seal(service.name, { low, above, prunes: null, total, ...facts, number: number + 1, digest: digestOf(rows), prev });
  await tx.query(
    `insert into ${tx.schema}.audit_seals
       (number, at, first_id, last_id, count, total, low, above, prunes, rows, digest, prev, root, key_id, signature)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      seal.number, seal.at, seal.first, seal.last, seal.count, seal.total, seal.low, seal.above, seal.prunes, rows,
      seal.digest, seal.prev, seal.root, seal.keyId, seal.signature,
    ],
  );
  return seal;
}
