import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import { type ApplyCounts, Applying } from '../enterprises/applying.js';
import { ListWarning, PushList } from '../lists/push-list.entity.js';
import { PushListState } from '../vocabulary.js';
import { longMs, noteSkipped } from './import-checks.js';
import type { ImportMode } from './import-kinds.js';

/** An import whose rows are checked and staged. */
export interface CheckedImport {
  id: string;
  departmentId: string;
  title: string;
  period: string;
  mode: ImportMode;
  encoding: string;
  fileSha256: string;
  rowCount: number;
  acceptedCount: number;
  rejectedCount: number;
  warnings: ListWarning[];
}

/** Makes the list of a checked import, with all that belongs to it, in the transaction that it is given. */
@Injectable()
export class ListMaking {
  constructor(private readonly publisher: Publisher, private readonly applying: Applying) {}

  async make(tx: Tx, imported: CheckedImport): Promise<{ list: PushList; counts: ApplyCounts }> {
    const { departmentId, title, period, encoding, fileSha256, warnings, rowCount, acceptedCount, rejectedCount } = imported;
    const list = tx.manager.create(PushList, {
      id: newId(), departmentId, title, period, state: PushListState.UNDER_REVIEW, encoding, fileSha256, warnings,
      rowCount, acceptedCount, rejectedCount, bankCount: 0, returnReason: null, submittedAt: new Date(), reviewedAt: null, version: 1,
      importId: imported.id,
    });
    await tx.manager.insert(PushList, list);
    // A trigger numbers it within its series.
    const [{ revision }] = await tx.query<{ revision: number }>('select revision from enterprise_lists.push_lists where id = $1', [list.id]);
    Object.assign(list, { revision, recommendedCount: 0, withdrawalReason: null });
    const counts = await tx.patiently(longMs, async () => {
      await this.keepRejections(tx, imported, list);
      await this.applying.lock(tx); // before it is asked what the mode leaves out
      await noteSkipped(tx, this.applying, imported);
      return this.applying.apply(tx, imported, list);
    });
    const { id: pushListId, version } = list;
    await this.publisher.publish(tx, 'push-list.submitted', {
      organisationId: departmentId, aggregateId: pushListId, version, payload: { pushListId, departmentId, acceptedCount, rejectedCount },
    });
    await audit(tx, { action: 'push-list.submit', resource: 'push-list', resourceId: pushListId, detail: { rowCount, acceptedCount, rejectedCount } });
    return { list, counts };
  }

  /** The errors once more, as reasons for rejections: what lists have told since before there were imports. */
  private async keepRejections(tx: Tx, { id, departmentId }: CheckedImport, list: PushList): Promise<void> {
    await tx.query(
      `insert into enterprise_lists.list_rejections (id, org_id, push_list_id, row_number, field, rule, message, value)
       select enterprise_lists.numbered_id($4, row_number() over (order by row_number, ordinal)::int), $1, $3, row_number, field, rule, message, value
       from enterprise_lists.import_findings where import_id = $2 and severity = 'ERROR'`,
      [departmentId, id, list.id, list.submittedAt]);
  }
}
