import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { On } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import { ExchangeFiles } from '../dispatches/exchange/exchange-files.js';
import { ListClocks } from '../clocks/list-clocks.js';
import { countMoves } from './entry-counts.js';

interface Withdrawn {
  id: string;
  bankId: string;
  entryId: string;
  was: string;
}

/** Withdraws rows everywhere they went: rows of a department and of banks, so it runs as worker, by event. */
@Injectable()
export class RecallsConsumer {
  constructor(private readonly publisher: Publisher, private readonly files: ExchangeFiles, private readonly clocks: ListClocks) {}

  /** Whatever a bank did with a referral, it is RECALLED, and the bank must confirm that it processed that; so must the platforms. */
  @On('list-entries.withdrawn')
  async withdrawn(event: EventOf<'list-entries.withdrawn'>, tx: Tx): Promise<void> {
    const { pushListId, entryIds, reason } = event.payload;
    // Rows that are being given to banks are waited for.
    const [list] = await tx.query<{ departmentId: string }>(
      'select org_id as "departmentId" from enterprise_lists.push_lists where id = $1 for update', [pushListId]);
    await this.clocks.reviewed(tx, pushListId); // a list that was withdrawn whole needs no review
    const found = await tx.query<Withdrawn>(
      `select id, org_id as "bankId", entry_id as "entryId", state as was from enterprise_lists.referrals
       where entry_id = any($1::uuid[]) and state <> 'RECALLED' order by id for update`, [entryIds]);
    if (found.length === 0) return;
    const recallId = newId();
    // A bank that has not got its rows yet has nothing to process, and never heard of them.
    const told = found.filter(({ was }) => was !== 'SENT').map(({ bankId }) => bankId);
    const banks = [...new Set(told)].sort().map((bankId) => ({ id: newId(), bankId, count: told.filter((id) => id === bankId).length }));
    await tx.query(
      `update enterprise_lists.referrals r set state = 'RECALLED', recalled_at = now(), recall_id = b.id
       from unnest($1::uuid[]) as f (id) join enterprise_lists.referrals x on x.id = f.id
       left join unnest($2::uuid[], $3::uuid[]) as b (id, bank_id) on b.bank_id = x.org_id where r.id = f.id`,
      [found.map(({ id }) => id), banks.map(({ id }) => id), banks.map(({ bankId }) => bankId)]);
    await this.close(tx, found);
    await this.clocks.progressed(tx, found.map(({ id }) => id));
    const fileCount = await this.files.addRecalls(tx, recallId, found.map(({ id }) => id));
    await tx.query(
      `insert into enterprise_lists.list_recalls (id, org_id, push_list_id, reason, recalled_at, entry_count, bank_count, file_count)
       values ($1, $2, $3, $4, now(), $5, $6, $7)`,
      [recallId, list.departmentId, pushListId, reason, new Set(found.map(({ entryId }) => entryId)).size, banks.length, fileCount]);
    for (const { id, bankId, count } of banks) {
      await tx.query(
        `insert into enterprise_lists.referral_recalls (id, org_id, list_recall_id, push_list_id, reason, referral_count, recalled_at)
         values ($1, $2, $3, $4, $5, $6, now())`, [id, bankId, recallId, pushListId, reason, count]);
      const claimedIds = found.filter((one) => one.bankId === bankId && one.was === 'CLAIMED').map((one) => one.id);
      await this.publisher.publish(tx, 'referrals.recalled', {
        organisationId: bankId, aggregateId: id, version: 1, payload: { recallId: id, count, claimedIds },
      });
    }
    const detail = { entries: entryIds.length, banks: banks.length, files: fileCount };
    await audit(tx, { action: 'push-list.recall', resource: 'push-list', resourceId: pushListId, detail });
  }

  @On('referral-recall.acknowledged')
  async acknowledged({ payload: { listRecallId } }: EventOf<'referral-recall.acknowledged'>, tx: Tx): Promise<void> {
    await tx.query('update enterprise_lists.list_recalls set acknowledged_count = acknowledged_count + 1 where id = $1', [listRecallId]);
  }

  /** Banks know no more what they had claimed, unless by another row or by a demand; and no bank is counted as claiming. */
  private async close(tx: Tx, found: readonly Withdrawn[]): Promise<void> {
    const claimed = found.filter(({ was }) => was === 'CLAIMED');
    if (claimed.length > 0) await countMoves(tx, claimed.map(({ id }) => ({ referralId: id, from: 'CLAIMED', to: 'RECALLED' })));
    const without = `(a.org_id, a.enterprise_id) in (select org_id, enterprise_id from enterprise_lists.referrals where id = any($1::uuid[]) and claimed_at is not null)
      and not exists (select from enterprise_lists.referrals o where o.org_id = a.org_id and o.enterprise_id = a.enterprise_id
        and o.claimed_at is not null and o.state <> 'RECALLED') and a.reason = 'CLAIMED'`;
    const ids = [found.map(({ id }) => id)];
    await tx.query(`update enterprise_lists.enterprise_access a set reason = 'DEMAND_ACCEPTED' where ${without} and a.consent_id is not null`, ids);
    await tx.query(`delete from enterprise_lists.enterprise_access a where ${without}`, ids);
  }
}
