import { audit } from '@finharbor/security/audit/audit';
import { AuditKeys, digestOf, rowHash, trailColumns, type TrailRow, unpackRows } from '@finharbor/security/audit/seal';
import { Inject, Injectable } from '@nestjs/common';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { Tenancy } from '../tenancy/tenancy.js';
import type { Tx } from '../tenancy/tx.js';
import { addSeal, endOfChain, lockChain } from './chain.js';

const everyMs = 60 * 60 * 1_000;
/** Seals to a pruning, at most. */
const batchSize = 50;

interface OldSeal { number: string; rows: Buffer; digest: Buffer; due: boolean }

/**
 * Deletes what is older than AUDIT_RETENTION_MONTHS, by whole seals (six months at least: Cybersecurity Law Art. 21; three
 * years by default: PIPL Art. 56). A seal of its own says so, which tells it from a deletion by anybody else.
 */
@Injectable()
export class Retention {
  private next = 0;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly tenancy: Tenancy,
    private readonly keys: AuditKeys,
  ) {}

  /** Looks once an hour, since there is never haste. */
  async prune(now = performance.now()): Promise<void> {
    if (now < this.next) return;
    this.next = now + everyMs;
    while (await this.pruneNext() === batchSize);
  }

  /** Prunes some seals; gives how many. Throws when a row is not as it was sealed: what is evidence is not deleted. */
  private pruneNext(): Promise<number> {
    return this.tenancy.worker(async (tx) => {
      if (!await lockChain(tx)) return 0;
      const old = await this.findOld(tx);
      // A day's seals at once, so that the chain does not grow by one pruning for each seal that comes of age.
      if (!old.some(({ due }) => due)) return 0;
      const through = Number(old.at(-1)!.number);
      const listed = old.flatMap(({ number, rows }) => unpackRows(rows).map((row) => ({ ...row, number })));
      const ids = listed.map(({ id }) => id);
      const [{ at, highest }] = await tx.query<{ at: string; highest: string | null }>(
        `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
                greatest((select max(last_id) from ${tx.schema}.audit_seals where prunes is not null), (select max(id) from unnest($1::bigint[]) id)) as highest`,
        [ids],
      );
      await addSeal(tx, this.service, this.keys, await endOfChain(tx), Buffer.alloc(0), {
        at, first: null, last: highest === null ? null : Number(highest), count: ids.length, prunes: through,
      });
      const gone = await tx.query<TrailRow>(`delete from ${tx.schema}.audit t where t.id = any($1::bigint[]) returning ${trailColumns}`, [ids]);
      const hashes = new Map(gone.map((row) => [Number(row.id), rowHash(row)]));
      const bad = listed.find(({ id, hash }) => !hashes.get(id)?.equals(hash))
        ?? old.find(({ rows, digest }) => !digestOf(rows).equals(digest));
      if (bad) throw new Error(`Seal ${bad.number} or a row of it is not as it was sealed: nothing is pruned. Run audit:verify.`);
      await tx.query(`update ${tx.schema}.audit_seals set rows = null where number between $1 and $2`, [old[0].number, through]);
      await audit(tx, { action: 'audit.prune', resource: 'audit', resourceId: null, detail: { throughSeal: through, rows: ids.length } });
      return old.length;
    });
  }

  private findOld(tx: Tx): Promise<OldSeal[]> {
    return tx.query<OldSeal>(
      `with kept as (select coalesce(max(prunes), 0) as after from ${tx.schema}.audit_seals where prunes is not null)
       select number, coalesce(rows, '') as rows, digest, at < now() - make_interval(months => $1, days => 1) as due
       from ${tx.schema}.audit_seals, kept where number > kept.after and number < coalesce((
         select number from ${tx.schema}.audit_seals, kept where number > kept.after and at >= now() - make_interval(months => $1)
         order by number limit 1), 9223372036854775807) order by number limit ${batchSize}`,
      [this.config.AUDIT_RETENTION_MONTHS],
    );
  }
}
