import { randomUUID } from 'node:crypto';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { Import } from './import.entity.js';

/** Another process has the import in hand by now, or nobody wants it any more: whoever works at it stops. */
export class LeaseLost extends Error {}

/** How long a process may be silent about an import before another takes it over. */
const leaseSeconds = 5;

/** Kind of the clocks that see to it that somebody works at an import. */
export const importWork = 'import.work';

/**
 * Who has which import in hand (ADR 24): one process at a time, on the database's clock. A clock beside it wakes whoever is there when
 * its holder falls silent.
 */
@Injectable()
export class ImportLeases {
  private readonly holder = randomUUID();

  /** Has the import taken in hand after so many seconds, by any process, unless it is in good hands then. */
  async wake(tx: Tx, { id, departmentId }: Pick<Import, 'id' | 'departmentId'>, seconds = 0): Promise<void> {
    await tx.query(
      `insert into enterprise_lists.due (kind, aggregate_id, org_id, due_at) values ('${importWork}', $1, $2, now() + make_interval(secs => $3))
       on conflict (kind, aggregate_id) do update set due_at = excluded.due_at`, [id, departmentId, seconds]);
  }

  /** Takes an import that nobody has in hand; null where somebody has, or nothing is to be done. Wakes whoever follows a silent holder. */
  async claim(tx: Tx, importId: string): Promise<{ attempts: number } | null> {
    const [free] = await tx.query<{ id: string; departmentId: string }>(
      `select id, org_id as "departmentId" from enterprise_lists.imports where id = $1 and wanted is not null for update skip locked`, [importId]);
    if (!free) return null;
    await this.wake(tx, free, leaseSeconds + 1);
    const [claimed] = await tx.query<{ attempts: number }>(
      `update enterprise_lists.imports set lease_holder = $2, leased_until = clock_timestamp() + interval '${leaseSeconds} seconds', attempts = attempts + 1
       where id = $1 and (leased_until is null or leased_until < clock_timestamp()) returning attempts`, [importId, this.holder]);
    return claimed ?? null;
  }

  /** The import, held by this process and locked until the transaction ends. */
  async lock(tx: Tx, importId: string): Promise<Import> {
    await this.keep(tx, importId);
    return tx.manager.findOneByOrFail(Import, { id: importId });
  }

  /** Says that this process is at it, and writes how far it came. LeaseLost when it is not this process's any more. */
  async keep(tx: Tx, importId: string, changes: Record<string, unknown> = {}): Promise<void> {
    const names = Object.keys(changes);
    const set = names.map((name, index) => `, ${name} = $${index + 3}`).join('');
    const kept = await tx.query(
      `update enterprise_lists.imports set leased_until = clock_timestamp() + interval '${leaseSeconds} seconds'${names.length > 0 ? ', version = version + 1' : ''}${set}
       where id = $1 and lease_holder = $2 and wanted is not null returning id`, [importId, this.holder, ...names.map((name) => stored(changes[name]))]);
    if (kept.length === 0) throw new LeaseLost();
  }

  /** Gives the import back, for anybody to take after so many seconds; nothing where it is done. */
  async release(tx: Tx, importId: string, seconds: number): Promise<void> {
    const rows = await tx.query<{ id: string; departmentId: string; wanted: string | null }>(
      `update enterprise_lists.imports set lease_holder = null, leased_until = null where id = $1 and lease_holder = $2
       returning id, org_id as "departmentId", wanted`, [importId, this.holder]);
    for (const row of rows) {
      if (row.wanted) await this.wake(tx, row, seconds);
      else await tx.query(`delete from enterprise_lists.due where kind = '${importWork}' and aggregate_id = $1`, [importId]);
    }
  }
}

const stored = (value: unknown): unknown =>
  (value !== null && typeof value === 'object' && !(value instanceof Date) ? JSON.stringify(value) : value);
