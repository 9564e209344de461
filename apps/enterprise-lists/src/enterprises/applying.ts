import { DomainError } from '@finharbor/contracts/errors';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { mayMove } from '@finharbor/platform/workflow/workflow';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import type { PushListState } from '../vocabulary.js';
import { pushListWorkflow } from '../workflows/push-list.workflow.js';
import * as sql from './applying-sql.js';
import { Contacts, type SealedContact } from './contacts.js';
import { lockMaster, Merging } from './merging.service.js';
import { Staging } from './staging.js';

/** What is applied: the rows staged for this import. */
export interface AppliedImport {
  id: string;
  /** The department. */
  departmentId: string;
  mode: 'UPSERT' | 'ADD' | 'UPDATE';
}

/** What became, or would become, of the staged rows. */
export interface ApplyCounts {
  /** The enterprise was not in the master. */
  added: number;
  /** The row states something that the master does not hold. */
  changed: number;
  unchanged: number;
  /** Left out by the mode: what the department has stated before with ADD, what it has not with UPDATE. */
  skipped: number;
}

/** A row that changes a known enterprise: each field with what the master holds and what the row states. Contacts are masked. */
export interface RowChange {
  row: number;
  creditCode: string;
  name: string;
  changes: [field: string, old: string | null, fresh: string | null][];
}

/** A page of rows: those behind `after`. */
export interface RowPage {
  after: number;
  limit: number;
}

/** The list that the entries become part of; its row is in the database already. */
export interface AppliedList {
  id: string;
  submittedAt: Date;
}

/** One statement over every row of the largest list, on a slow disk. */
const patienceMs = 900_000;
/** So many rows are joined as sets. PostgreSQL, which has no statistics of rows just staged, expects few and would look each of them up. */
const manyRows = 2_000;
const settings = { enable_nestloop: 'off', jit: 'off', work_mem: '64MB', max_parallel_workers_per_gather: '0' };

/**
 * Writes staged rows into the master and a list (ADR 25), set by set: what one source states, or the newest, by one statement for the
 * new and one for the changed; `Merging` does what needs more. All of it runs as worker.
 */
@Injectable()
export class Applying {
  constructor(
    private readonly publisher: Publisher, private readonly staging: Staging, private readonly merging: Merging,
    private readonly contacts: Contacts,
  ) {}

  /** What `apply` would count. */
  preview(tx: Tx, imported: AppliedImport): Promise<ApplyCounts> {
    return this.inSets(tx, imported.id, async () => {
      const { met: _, ...counts } = await this.count(tx, imported);
      return counts;
    });
  }

  /** What `apply` would change, row by row. */
  changes(tx: Tx, { id, departmentId, mode }: AppliedImport, { after, limit }: RowPage): Promise<RowChange[]> {
    return this.inSets(tx, id, () => tx.query<RowChange>(sql.changedRows(sql.skipping[mode]), [id, departmentId, after, limit]));
  }

  /** The rows that the mode leaves out; before `apply`, which forgets them. */
  skipped(tx: Tx, { id, departmentId, mode }: AppliedImport, { after, limit }: RowPage): Promise<{ row: number }[]> {
    return this.inSets(tx, id, () => tx.query<{ row: number }>(sql.skippedRows(sql.skipping[mode]), [id, departmentId, after, limit]));
  }

  /**
   * The newest list of the series that holds exactly what is staged. Then nothing is to be written: no list, and no apply. A list that
   * was returned, withdrawn or undone does not count: what is sent again is to be reviewed again.
   */
  async sameAs(tx: Tx, { id, departmentId, mode }: AppliedImport, series: { title: string; period: string }): Promise<string | undefined> {
    if (mode === 'ADD') return undefined;
    const [list] = await tx.query<{ id: string; state: string }>(
      `select id, state from enterprise_lists.push_lists where org_id = $1 and title = $2 and period = $3 order by id desc limit 1`,
      [departmentId, series.title, series.period]);
    if (!list || ['RETURNED', 'WITHDRAWN', 'UNDONE'].includes(list.state)) return undefined;
    const [{ same }] = await this.inSets(tx, id, () => tx.query<{ same: boolean }>(sql.isSame, [id, departmentId, list.id]));
    return same ? list.id : undefined;
  }

  /** Enterprises, entries, events and audit, in the transaction that made the list. Forgets the staged rows. */
  apply(tx: Tx, imported: AppliedImport, list: AppliedList): Promise<ApplyCounts> {
    const { id, departmentId, mode } = imported;
    return this.inSets(tx, id, async () => {
      await this.lock(tx);
      const { met, ...counts } = await this.count(tx, imported);
      if (counts.skipped > 0) await tx.query(sql.removeSkipped(sql.skipping[mode]), [id, departmentId]);
      await this.writeMaster(tx, imported, list, { met, ...counts });
      await this.staging.clear(tx, id);
      await audit(tx, { action: 'import.apply', resource: 'import', resourceId: id, detail: { pushListId: list.id, ...counts } });
      return counts;
    });
  }

  /**
   * Withdraws the entries of a list, and makes the master what the statements that are left say. ILLEGAL_STATE where something was
   * dispatched from it.
   */
  undo(tx: Tx, { id, departmentId, pushListId }: { id: string; departmentId: string; pushListId: string }): Promise<{ withdrawn: number }> {
    return tx.patiently(patienceMs, async () => {
      await this.lock(tx);
      const [list] = await tx.query<{ state: PushListState }>('select state from enterprise_lists.push_lists where org_id = $1 and id = $2 for update', [departmentId, pushListId]);
      const [{ dispatched }] = await tx.query<{ dispatched: boolean }>(
        'select exists (select from enterprise_lists.dispatches where push_list_id = $1) as dispatched', [pushListId]);
      if (!mayMove(pushListWorkflow, list.state, 'undo', 'service') || dispatched) {
        throw new DomainError('ILLEGAL_STATE', list.state === 'UNDONE' ? 'It was undone already.' : 'Rows of its list were dispatched: withdraw the list instead.');
      }
      await tx.query(`update enterprise_lists.push_lists set state = 'UNDONE', version = version + 1 where org_id = $1 and id = $2`, [departmentId, pushListId]);
      const withdrawn = await tx.query<{ id: string }>(
        `with gone as (update enterprise_lists.list_entries set state = 'WITHDRAWN', state_reason = 'UNDONE', state_at = now()
           where org_id = $1 and push_list_id = $2 and state <> 'WITHDRAWN')
         select distinct enterprise_id as id from enterprise_lists.list_entries where org_id = $1 and push_list_id = $2`, [departmentId, pushListId]);
      await this.merging.forget(tx, { departmentId, pushListId, aggregateId: id, enterpriseIds: withdrawn.map((one) => one.id) });
      await audit(tx, { action: 'import.undo', resource: 'import', resourceId: id, detail: { pushListId, withdrawn: withdrawn.length } });
      return { withdrawn: withdrawn.length };
    });
  }

  /** Whoever asks something of the master that must still hold when it is written takes its turn before. */
  lock(tx: Tx): Promise<unknown> {
    return lockMaster(tx, patienceMs);
  }

  /** Runs work with patience, and with plans for as many rows as there are: else lists of thousands would be looked up row by row. */
  private inSets<T>(tx: Tx, importId: string, work: () => Promise<T>): Promise<T> {
    return tx.patiently(patienceMs, async () => {
      const [many] = await tx.query(`select from enterprise_lists.import_rows where import_id = $1 offset ${manyRows} limit 1`, [importId]);
      // Until the transaction ends, which is soon.
      if (many) await tx.query(`select ${Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', true)`).join(', ')}`);
      return work();
    });
  }

  /** `met`: rows whose enterprise is in the master, be it without sources. */
  private async count(tx: Tx, { id, departmentId, mode }: AppliedImport): Promise<ApplyCounts & { met: number }> {
    const [counts] = await tx.query<ApplyCounts & { met: number }>(sql.countRows(sql.skipping[mode]), [id, departmentId]);
    return counts;
  }

  private async writeMaster(
    tx: Tx, { id, departmentId }: AppliedImport, list: AppliedList, { met, added, changed }: ApplyCounts & { met: number },
  ): Promise<void> {
    let events = 0;
    const tell = async (statement: string): Promise<void> => {
      const [written] = await tx.query<{ events: number }>(statement, [id, departmentId, list.id, events]);
      events += written.events;
    };
    const [{ late }] = await tx.query<{ late: boolean }>(
      `select coalesce((select submitted_at from enterprise_lists.push_lists where state <> 'UNDONE' order by submitted_at desc limit 1) > $1, false) as late`, [list.submittedAt]);
    if (changed > 0) await this.replaceContacts(tx, id);
    if (met > 0 && changed + added > 0 && !late) await tell(sql.updateOwn);
    if (added > 0) await tell(sql.insertNew);
    await tx.query(sql.insertEntries, [id, departmentId, list.id]);
    if (met > 0) {
      await tx.query(sql.addSource, [id, departmentId]);
      const ids = await tx.query<{ id: string }>(sql.toMerge, [id, departmentId, late]);
      await this.merging.merge(tx, ids.map((one) => one.id), { organisationId: departmentId, aggregateId: list.id, events });
    }
    await tx.query(sql.releaseContacts, [id]);
    this.publisher.wake(tx);
  }

  private async replaceContacts(tx: Tx, importId: string): Promise<void> {
    const replaced = await tx.query<Pick<SealedContact, 'name' | 'phone'>>(sql.replacedContacts, [importId]);
    await tx.query(sql.replaceContacts, [importId]);
    if (replaced.length > 0) await this.contacts.destroy(tx, replaced);
  }
}
