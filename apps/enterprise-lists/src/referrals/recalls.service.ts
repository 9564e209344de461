import { DomainError, notFound } from '@finharbor/contracts/errors';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Receipts } from '@finharbor/platform/receipts/receipts';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { withoutSmallCounts } from '@finharbor/security/aggregates/small-counts';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { PushList } from '../lists/push-list.entity.js';
import { ListRecall, recallCounts, ReferralRecall } from './recall.entity.js';
import type { RecallArgs, RecallQuery } from './recall.inputs.js';

/** Recalls: what a bank must withdraw, its word that it did, and how many did. */
@Injectable()
export class RecallsService {
  constructor(
    private readonly tenancy: Tenancy, private readonly publisher: Publisher, private readonly cursors: Cursors,
    private readonly receipts: Receipts,
  ) {}

  list(caller: Caller, filter: RecallQuery | RecallArgs): Promise<Page<ReferralRecall>> {
    return this.tenancy.run(caller, (tx) => {
      const { acknowledged, pushListId } = filter;
      const query = tx.manager.createQueryBuilder(ReferralRecall, 'recall');
      if (acknowledged !== undefined) query.andWhere({ acknowledgedAt: acknowledged ? Not(IsNull()) : IsNull() });
      if (pushListId) query.andWhere({ pushListId });
      const scope = { list: 'referral-recalls', organisationId: caller.organisationId, filter: { acknowledged, pushListId } };
      return readPage(query, filter, this.cursors, scope);
    });
  }

  get(caller: Caller, id: string): Promise<ReferralRecall> {
    return this.tenancy.run(caller, async (tx) => {
      const recall = await tx.manager.findOneBy(ReferralRecall, { id });
      if (!recall) throw notFound('recall');
      return recall;
    });
  }

  /** The bank's word, once, that it has withdrawn so many referrals. The count must be that of the recall: who missed some is not done. */
  acknowledge(caller: Caller, id: string, referralCount: number): Promise<ReferralRecall> {
    return this.tenancy.run(caller, async (tx) => {
      const recall = await tx.manager.findOne(ReferralRecall, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!recall) throw notFound('recall');
      if (recall.acknowledgedAt) throw new DomainError('ILLEGAL_STATE', 'The recall is acknowledged already.');
      if (recall.referralCount !== referralCount) {
        const message = `referralCount must be ${recall.referralCount}: so many referrals were withdrawn`;
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'referralCount', rule: 'count', message }]);
      }
      const done = { acknowledgedAt: new Date(), acknowledgedBy: caller.clientId ?? null };
      await tx.manager.update(ReferralRecall, { id }, done);
      await this.publisher.publish(tx, 'referral-recall.acknowledged', {
        organisationId: tx.organisationId, aggregateId: id, version: 2, payload: { recallId: id, listRecallId: recall.listRecallId },
      });
      await audit(tx, { action: 'referral-recall.acknowledge', resource: 'referral-recall', resourceId: id, detail: { referralCount } });
      await this.receipts.issue(tx, 'referral-recall', id);
      return Object.assign(recall, done);
    });
  }

  /** The same of one list that is there for the caller. */
  async ofList(caller: Caller, id: string): Promise<ListRecall[]> {
    if (!await this.tenancy.run(caller, (tx) => tx.manager.existsBy(PushList, { id }))) throw notFound('push list');
    return (await this.byList(caller, [id])).get(id)!;
  }

  /** What was withdrawn of these lists, newest first. A department is not told what single banks did. */
  byList(caller: Caller, listIds: readonly string[]): Promise<Map<string, ListRecall[]>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.createQueryBuilder(ListRecall, 'recall')
        .where(`recall.pushListId = any(:listIds)`, { listIds }).orderBy('recall.id', 'DESC').getMany();
      const told = rows.map((row) => withoutSmallCounts(caller.role, row, ...recallCounts));
      return new Map(listIds.map((id) => [id, told.filter(({ pushListId }) => pushListId === id)]));
    });
  }
}
