import type { Caller } from '../tokens/caller.js';

/** What `audit` needs of a transaction. */
export interface AuditTx {
  readonly schema: string;
  readonly caller: Caller | undefined;
  readonly requestId: string | undefined;
  /** Runs a statement no later than with the commit. */
  later(sql: string, parameters?: readonly unknown[]): unknown;
}

export interface AuditRecord {
  /** The action, as the authorisation table names it or `worker:<reason>`. */
  action: string;
  /** The kind of record and its id. */
  resource: string;
  resourceId: string | null;
  /** Facts worth keeping. Never personal data. */
  detail?: Record<string, unknown>;
}

/** Writes who did what to which record, in the transaction that does it (architecture.md rule 12). */
export async function audit(tx: AuditTx, record: AuditRecord): Promise<void> {
  await tx.later(
    `insert into ${tx.schema}.audit (role, org_id, client_id, action, resource, resource_id, detail, request_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tx.caller?.role ?? 'service', tx.caller?.organisationId ?? null, tx.caller?.clientId ?? null,
      record.action, record.resource, record.resourceId, record.detail ?? null, tx.requestId ?? null,
    ],
  );
}
