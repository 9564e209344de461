import type { Tx } from '@finharbor/platform/tenancy/tx';
import { ImportMode, ImportState } from './import-kinds.js';
import { Import } from './import.entity.js';
import type { KnownRows } from './rows-hash.js';

const open = `l.state not in ('RETURNED', 'WITHDRAWN', 'UNDONE') and not exists (
  select from enterprise_lists.push_lists n where n.org_id = l.org_id and n.period = l.period and n.title = l.title and n.revision > l.revision)`;

/**
 * The result of the same file, where it was applied whole and its list is still the newest of its series. One with rejected rows is
 * checked again: a supervisor may have let a code pass since.
 */
export async function repeatedFile(tx: Tx, { departmentId, dryRun }: Import, contentHash: string): Promise<Partial<Import> | undefined> {
  if (dryRun) return undefined;
  const [found] = await tx.query<{ id: string }>(
    `select i.id from enterprise_lists.imports i join enterprise_lists.push_lists l on l.org_id = i.org_id and l.id = i.push_list_id
     where i.org_id = $1 and i.content_hash = $2 and i.state = 'APPLIED' and i.undone_at is null and i.repeat_of is null and i.rejected_count = 0
       and ${open} order by i.id desc limit 1`, [departmentId, contentHash]);
  return found && resultOf(tx, found.id);
}

/** An import whose rows are known. */
interface KnownImport {
  id: string;
  known: KnownRows;
}

/**
 * The import that made the newest list of the series, with what its rows are known by, where the same rows in another file would change
 * nothing.
 */
export async function newestRows(tx: Tx, { departmentId, dryRun, mode, title, period }: Import): Promise<KnownImport | undefined> {
  if (dryRun || mode === ImportMode.ADD) return undefined;
  const [found] = await tx.query<KnownImport>(
    `select i.id, i.checkpoint -> 'known' as known
     from enterprise_lists.push_lists l join enterprise_lists.imports i on i.org_id = l.org_id and i.id = l.import_id
     where l.org_id = $1 and l.period = $2 and l.title = $3 and i.mode = $4 and i.rejected_count = 0 and i.skipped_count = 0
       and jsonb_typeof(i.checkpoint -> 'known') = 'object' and ${open}`, [departmentId, period, title, mode]);
  return found;
}

/** What an import is whose rows another one, given by its id, has applied. */
export async function resultOf(tx: Tx, id: string): Promise<Partial<Import>> {
  const { rowCount, acceptedCount, rejectedCount, warnedCount, causes, warnings, format, encoding, readSheet, pushListId, bytes } =
    await tx.manager.findOneByOrFail(Import, { id });
  return {
    state: ImportState.APPLIED, wanted: null, repeatOf: id, pushListId, rowCount, acceptedCount, rejectedCount, warnedCount,
    causes, warnings, format, encoding, readSheet, readBytes: bytes!,
    addedCount: 0, changedCount: 0, unchangedCount: acceptedCount, skippedCount: 0,
    validatedAt: new Date(), endedAt: new Date(),
  };
}
