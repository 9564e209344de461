import { audit } from '@finharbor/security/audit/audit';
import { AuditKeys } from '@finharbor/security/audit/seal';
import type { Caller } from '@finharbor/security/tokens/caller';
import { verifyTrail } from '@finharbor/security/verification/verify-trail';
import { Inject, Injectable } from '@nestjs/common';
import { readCheckpoints } from '../audit/checkpoints.js';
import { AUDIT, SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { Cursors } from '../http/cursors.js';
import { Tenancy } from '../tenancy/tenancy.js';
import { AuditRecord, type AuditRecordsQuery } from './audit-record.js';
import { AuditFinding, AuditVerification } from './audit-verification.js';

/** A verification ends in time for an answer; the rest is another request's. */
const patienceMs = 5_000;

/** What the audit administrator reads and checks. Both are audited themselves. */
@Injectable()
export class AuditTrailService {
  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly tenancy: Tenancy,
    private readonly keys: AuditKeys,
    private readonly cursors: Cursors,
  ) {}

  /** Rows of the trail, newest first. */
  records(caller: Caller, query: AuditRecordsQuery): Promise<{ items: AuditRecord[]; nextCursor: string | null }> {
    const { limit, cursor, resource = null, resourceId = null, organisationId = null, from = null, to = null } = query;
    const filter = { resource, resourceId, organisationId, from, to };
    const scope = { list: `${this.service.name} audit`, organisationId: caller.organisationId, filter };
    const before = cursor ? this.cursors.open(cursor, scope) : null;
    const { schema } = this.service;
    return this.tenancy.asWorker(AUDIT, caller, async (tx) => {
      // The seals tell which numbers belong to a time; a row may be as much younger than its number as its transaction was long.
      const rows = await tx.query<object>(
        `select id::float8 as id, at, role, org_id as "organisationId", client_id as "clientId", action, resource, resource_id as "resourceId",
                detail::text as detail, request_id as "requestId"
         from ${schema}.audit t
         where ($1::bigint is null or t.id < $1) and ($2::text is null or resource = $2) and ($3::uuid is null or resource_id = $3)
           and ($4::uuid is null or org_id = $4) and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
           and t.id > coalesce((select low from ${schema}.audit_seals where at < $5 order by at desc limit 1), 0)
           and t.id <= coalesce((
             select last_id from ${schema}.audit_seals where at > $6::timestamptz + interval '1 day' and prunes is null order by at limit 1
           ), 9223372036854775807)
         order by t.id desc limit $7`,
        [before, resource, resourceId, organisationId, from, to, limit + 1],
      );
      const items = rows.slice(0, limit).map((row) => Object.assign(new AuditRecord(), row));
      await audit(tx, { action: 'audit.read', resource: 'audit', resourceId, detail: { ...filter, rows: items.length } });
      return { items, nextCursor: rows.length > limit ? this.cursors.seal(String(items.at(-1)!.id), scope) : null };
    });
  }

  /** Compares the trail with its seals and checkpoints, from a seal on and as far as the time allows. */
  verify(caller: Caller, fromSeal: number): Promise<AuditVerification> {
    const { name, schema } = this.service;
    return this.tenancy.asWorker(AUDIT, caller, async (tx) => {
      const { from, to, unsealed, more, findings, ...result } = await verifyTrail({
        service: name, schema, keys: this.keys, checkpoints: readCheckpoints(this.config.AUDIT_DIR, name),
        query: (sql, parameters) => tx.query(sql, parameters), from: fromSeal, until: Date.now() + patienceMs,
      });
      await audit(tx, { action: 'audit.verify', resource: 'audit', resourceId: null, detail: { from, to, findings: findings.length + more } });
      return Object.assign(new AuditVerification(), result, {
        fromSeal: from, toSeal: to, unsealedRows: unsealed, moreFindings: more,
        findings: findings.map((finding) => Object.assign(new AuditFinding(), finding)),
      });
    });
  }
}
