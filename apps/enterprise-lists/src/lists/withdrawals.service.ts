import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { maskInText } from '@finharbor/standards/masking';
import { Injectable } from '@nestjs/common';
import { WithdrawalSource } from '../vocabulary.js';
import { bulkMs } from './assertions.service.js';
import { lockList } from './lists.service.js';
import type { PushList } from './push-list.entity.js';
import { ListEntryBatch } from './review.types.js';
import { requireEntries, selected } from './selection.js';

/** Rows to an event, as the catalogue allows. */
const atOnce = 500;

interface Withdrawal {
  reason: string;
  source?: WithdrawalSource;
  entryIds?: string[];
}

/** A department takes back what it pushed, at any time, of itself or on the word of the enterprise (domain.md 2.14). */
@Injectable()
export class WithdrawalsService {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher) {}

  /**
   * Rows, or the whole list, → WITHDRAWN. What banks may hold is told by events, and recalled wherever it went; every row says why.
   * By the department, or by a supervisor to whom it was said.
   */
  withdraw(caller: Caller, id: string, { reason, source, entryIds }: Withdrawal): Promise<ListEntryBatch> {
    return this.tenancy.run(caller, async (tx) => {
      const list = await lockList(tx, id, 'withdraw', 'withdrawn');
      await requireEntries(tx, list, entryIds);
      const words = maskInText(source === WithdrawalSource.ENTERPRISE ? `应企业要求：${reason}` : reason);
      const rows = await tx.patiently(bulkMs, () => withdraw(tx, list, entryIds, words));
      const recommended = rows.filter(({ state }) => state !== 'PENDING' && state !== 'NOT_RECOMMENDED').map(({ id: entryId }) => entryId);
      await tx.query(
        `update enterprise_lists.push_lists set recommended_count = recommended_count - $2, version = version + 1,
           state = case when $3 then 'WITHDRAWN' else state end, withdrawal_reason = case when $3 then $4 else withdrawal_reason end where id = $1`,
        [id, recommended.length, entryIds === undefined || entryIds === null, words]);
      const withdrawalId = newId();
      for (let from = 0; from < recommended.length; from += atOnce) {
        await this.publisher.publish(tx, 'list-entries.withdrawn', {
          organisationId: list.departmentId, aggregateId: withdrawalId, version: from / atOnce + 1,
          payload: { pushListId: id, entryIds: recommended.slice(from, from + atOnce), reason: words },
        });
      }
      await audit(tx, { action: 'push-list.withdraw', resource: 'push-list', resourceId: id,
        detail: { entries: rows.length, whole: !entryIds, source: source ?? WithdrawalSource.DEPARTMENT } });
      return Object.assign(new ListEntryBatch(), { pushListId: id, entryCount: rows.length, isDryRun: false });
    });
  }
}

/** The rows with the states that they had, in the order of the file. */
function withdraw(tx: Tx, list: PushList, entryIds: string[] | undefined, reason: string): Promise<{ id: string; state: string }[]> {
  const { where, parameters } = selected({ entryIds }, 4);
  return tx.query<{ id: string; state: string }>(
    `with meant as materialized (select e.id, e.state from enterprise_lists.list_entries e
       where e.org_id = $1 and e.push_list_id = $2 and e.state <> 'WITHDRAWN'${where} order by e.id for update),
     moved as (update enterprise_lists.list_entries e set state = 'WITHDRAWN', state_reason = $3, state_at = now() from meant where e.id = meant.id)
     select id, state from meant order by id`,
    [list.departmentId, list.id, reason, ...parameters]);
}
