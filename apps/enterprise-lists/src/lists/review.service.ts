import { DomainError } from '@finharbor/contracts/errors';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { Criterion, PushListState } from '../vocabulary.js';
import { bulkMs } from './assertions.service.js';
import { lockList } from './lists.service.js';
import { PushList } from './push-list.entity.js';
import { ListEntryBatch, Recommendation } from './review.types.js';
import { type ListEntrySelection, requireEntries, selected } from './selection.js';

/** Criteria in the words of departments (H-040; domain.md 2.7). */
const words: Record<Criterion, string> = {
  GOOD_PROSPECTS: '发展前景好', STRONG_DEMAND: '信贷需求强', SOUND_CREDIT: '信用记录好', LAWFUL_OPERATION: '合规持续经营', FIXED_PREMISES: '固定经营场所',
  REAL_DEMAND: '真实融资需求', GOOD_CREDIT_STANDING: '信用状况良好', LAWFUL_PURPOSE: '贷款用途依法合规',
};

/**
 * The review of the central-bank branch: what a department declared (申报) becomes what is recommended (推荐), row by row or in bulk.
 * `entry_gaps` (0012) says what a row lacks: here in the WHERE, and in the guard of the table, which no statement gets past.
 */
@Injectable()
export class ReviewService {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher) {}

  /** PENDING or NOT_RECOMMENDED → RECOMMENDED, of rows of a list under review that lack nothing. The others stay as they are. */
  recommend(caller: Caller, id: string, selection: ListEntrySelection, isDryRun: boolean): Promise<Recommendation> {
    return this.tenancy.run(caller, async (tx) => {
      const list = await lockList(tx, id, 'recommend', 'recommended');
      await requireEntries(tx, list, selection.entryIds);
      const counts = await tx.patiently(bulkMs, () => (isDryRun ? whatIf(tx, list, selection) : recommend(tx, list, selection)));
      // What was recommended before is so still: nothing is done twice, and nothing told.
      if (!isDryRun && counts.recommendedCount > 0) {
        await this.count(tx, list, counts.recommendedCount);
        await audit(tx, { action: 'push-list.recommend', resource: 'push-list', resourceId: id, detail: { ...counts } });
      }
      return Object.assign(new Recommendation(), { pushListId: id, ...counts, isDryRun, selection });
    });
  }

  /** PENDING or RECOMMENDED → NOT_RECOMMENDED, with the reason that the department reads. */
  returnEntries(caller: Caller, id: string, selection: ListEntrySelection, reason: string, isDryRun: boolean): Promise<ListEntryBatch> {
    return this.tenancy.run(caller, async (tx) => {
      const list = await lockList(tx, id, 'return-rows', 'returned in part');
      await requireEntries(tx, list, selection.entryIds);
      const { entryCount, recommendedCount } = await tx.patiently(bulkMs, () => returnRows(tx, list, selection, reason, isDryRun));
      if (!isDryRun && entryCount > 0) {
        await this.count(tx, list, -recommendedCount);
        await audit(tx, { action: 'push-list.return-entries', resource: 'push-list', resourceId: id, detail: { entries: entryCount } });
      }
      return Object.assign(new ListEntryBatch(), { pushListId: id, entryCount, isDryRun });
    });
  }

  /**
   * UNDER_REVIEW → APPROVED: closes the review. At least one row is recommended; those that nobody decided on are not, and say what
   * they lack.
   */
  approve(caller: Caller, id: string): Promise<PushList> {
    return this.tenancy.run(caller, async (tx) => {
      const list = await lockList(tx, id, 'approve', 'approved');
      if (list.acceptedCount === 0) throw new DomainError('ILLEGAL_STATE', 'No row of the list was accepted: return it instead.');
      if (list.recommendedCount === 0) throw new DomainError('ILLEGAL_STATE', 'No row of the list is recommended: recommend rows, or return the list.');
      await tx.patiently(bulkMs, () => tx.query(
        `update enterprise_lists.list_entries e set state = 'NOT_RECOMMENDED', state_at = now(), state_reason = '审核结束时未获推荐' || coalesce('，尚缺：' || (
           select string_agg(coalesce(word, '不适用本机制'), '、' order by place) from unnest(enterprise_lists.entry_gaps(e)) with ordinality as gap (text, place)
           left join unnest($3::text[], $4::text[]) as known (criterion, word) on criterion = split_part(text, ':', 1)), '')
         where e.org_id = $1 and e.push_list_id = $2 and e.state = 'PENDING'`, [list.departmentId, id, Object.keys(words), Object.values(words)]));
      return this.close(tx, list, { state: PushListState.APPROVED, reviewedAt: new Date() });
    });
  }

  /** UNDER_REVIEW → RETURNED, with the reason that the department reads, on the list and on each row that has none of its own. */
  return(caller: Caller, id: string, reason: string): Promise<PushList> {
    return this.tenancy.run(caller, async (tx) => {
      const list = await lockList(tx, id, 'return', 'returned');
      await tx.patiently(bulkMs, () => returnRows(tx, list, {}, reason, false));
      return this.close(tx, list, { state: PushListState.RETURNED, reviewedAt: new Date(), returnReason: reason, recommendedCount: 0 });
    });
  }

  /** DISPATCHED → CLOSED: nothing more of it is dispatched. Referrals go on. */
  end(caller: Caller, id: string): Promise<PushList> {
    return this.tenancy.run(caller, async (tx) => {
      const list = await lockList(tx, id, 'close', 'closed');
      await tx.manager.update(PushList, { id }, { state: PushListState.CLOSED });
      await audit(tx, { action: 'push-list.close', resource: 'push-list', resourceId: id });
      return Object.assign(list, { state: PushListState.CLOSED });
    });
  }

  private async close(tx: Tx, list: PushList, change: Partial<PushList>): Promise<PushList> {
    const isApproved = change.state === PushListState.APPROVED;
    Object.assign(list, change, { version: list.version + 1 });
    const { id, departmentId, version } = list;
    await tx.manager.update(PushList, { id }, { ...change, version });
    await this.publisher.publish(tx, 'push-list.reviewed', {
      organisationId: departmentId, aggregateId: id, version, payload: { pushListId: id, departmentId, outcome: isApproved ? 'APPROVED' : 'RETURNED' },
    });
    await audit(tx, { action: isApproved ? 'push-list.approve' : 'push-list.return', resource: 'push-list', resourceId: id });
    return list;
  }

  private async count(tx: Tx, list: PushList, change: number): Promise<void> {
    if (change !== 0) await tx.manager.increment(PushList, { id: list.id }, 'recommendedCount', change);
  }
}

interface Counts {
  recommendedCount: number;
  gapCount: number;
}

const open = `e.org_id = $1 and e.push_list_id = $2 and e.state in ('PENDING', 'NOT_RECOMMENDED')`;

async function whatIf(tx: Tx, list: PushList, selection: ListEntrySelection): Promise<Counts> {
  const { where, parameters } = selected(selection, 3);
  const [counts] = await tx.query<Counts>(
    `select count(*) filter (where complete)::int as "recommendedCount", count(*) filter (where not complete)::int as "gapCount"
     from (select enterprise_lists.entry_gaps(e) = '{}' as complete from enterprise_lists.list_entries e where ${open}${where}) as meant`,
    [list.departmentId, list.id, ...parameters]);
  return counts;
}

async function recommend(tx: Tx, list: PushList, selection: ListEntrySelection): Promise<Counts> {
  const { where, parameters } = selected(selection, 3);
  const [counts] = await tx.query<Counts>(
    `with meant as materialized (select e.id from enterprise_lists.list_entries e where ${open}${where} order by e.id for update),
     moved as (update enterprise_lists.list_entries e set state = 'RECOMMENDED', state_reason = null, state_at = now()
       from meant where e.id = meant.id and enterprise_lists.entry_gaps(e) = '{}' returning 1)
     select (select count(*) from moved)::int as "recommendedCount", ((select count(*) from meant) - (select count(*) from moved))::int as "gapCount"`,
    [list.departmentId, list.id, ...parameters]);
  return counts;
}

/** How many rows, and how many of them were recommended. */
async function returnRows(
  tx: Tx, list: PushList, selection: ListEntrySelection, reason: string, isDryRun: boolean,
): Promise<{ entryCount: number; recommendedCount: number }> {
  const { where, parameters } = selected(selection, isDryRun ? 3 : 4);
  const [counts] = await tx.query<{ entryCount: number; recommendedCount: number }>(
    `with meant as materialized (select e.id, e.state from enterprise_lists.list_entries e
       where e.org_id = $1 and e.push_list_id = $2 and e.state in ('PENDING', 'RECOMMENDED')${where} order by e.id for update)
     ${isDryRun ? '' : `, moved as (update enterprise_lists.list_entries e set state = 'NOT_RECOMMENDED', state_reason = $3, state_at = now()
       from meant where e.id = meant.id)`}
     select count(*)::int as "entryCount", count(*) filter (where state = 'RECOMMENDED')::int as "recommendedCount" from meant`,
    [list.departmentId, list.id, ...(isDryRun ? [] : [reason]), ...parameters]);
  return counts;
}
