import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { PushListState } from '../vocabulary.js';
import { Dispatch, type DispatchCounts } from './dispatch.entity.js';
import type { DispatchPushListArgs } from './list.inputs.js';
import { lockList } from './lists.service.js';
import type { PushList } from './push-list.entity.js';

@Injectable()
export class DispatchesService {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher) {}

  /**
   * APPROVED or DISPATCHED → DISPATCHED. Each bank gets each channel once, so that a repeated dispatch adds only what is
   * new; the referrals themselves are made by the event, however many rows the list has.
   */
  dispatch(caller: Caller, { id, channel, bankIds }: DispatchPushListArgs): Promise<PushList> {
    return this.tenancy.run(caller, async (tx) => {
      const list = await lockList(tx, id, [PushListState.APPROVED, PushListState.DISPATCHED], 'dispatched');
      const banks = await this.banks(tx, bankIds);
      const dispatches = await tx.query<{ id: string; org_id: string }>(
        `insert into enterprise_lists.dispatches (id, org_id, push_list_id, channel, dispatched_at)
         select dispatch_id, bank_id, $3, $4, now() from unnest($1::uuid[], $2::uuid[]) as given (dispatch_id, bank_id)
         on conflict on constraint dispatches_once do nothing returning id, org_id`,
        [banks.map(() => newId()), banks, list.id, channel],
      );
      for (const dispatch of dispatches) {
        await this.publisher.publish(tx, 'push-list.dispatched', {
          organisationId: dispatch.org_id, aggregateId: dispatch.id, version: 1,
          payload: { dispatchId: dispatch.id, pushListId: list.id, bankId: dispatch.org_id, channel },
        });
      }
      const [{ bank_count: bankCount }] = await tx.query<{ bank_count: number }>(
        `update enterprise_lists.push_lists set state = $2, bank_count = (select count(distinct org_id) from enterprise_lists.dispatches
           where org_id = any(${allBanks}) and push_list_id = $1) where id = $1 returning bank_count`,
        [list.id, PushListState.DISPATCHED],
      );
      await audit(tx, { action: 'push-list.dispatch', resource: 'push-list', resourceId: list.id, detail: { channel, banks: dispatches.length } });
      return Object.assign(list, { state: PushListState.DISPATCHED, bankCount });
    });
  }

  /** To whom these lists were sent, earliest first. For supervisors. */
  byList(caller: Caller, listIds: readonly string[]): Promise<Map<string, Dispatch[]>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.createQueryBuilder(Dispatch, 'dispatch')
        .where(`dispatch.org_id = any(${allBanks}) and dispatch.push_list_id = any(:listIds)`, { listIds })
        .orderBy('dispatch.id').getMany();
      return new Map(listIds.map((id) => [id, rows.filter((row) => row.pushListId === id)]));
    });
  }

  /** What the banks did with what these dispatches brought them. For supervisors. */
  counts(caller: Caller, dispatchIds: readonly string[]): Promise<Map<string, DispatchCounts>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.query<DispatchCounts & { id: string }>(
        `select d.id, count(r.id)::int as "referralCount", count(r.id) filter (where r.state <> 'DELIVERED')::int as "acknowledgedCount",
           count(r.id) filter (where r.state not in ('DELIVERED', 'ACKNOWLEDGED'))::int as "answeredCount",
           count(r.id) filter (where r.state = 'CLAIMED')::int as "claimedCount"
         from enterprise_lists.dispatches d left join enterprise_lists.referrals r on r.org_id = d.org_id and r.dispatch_id = d.id
         where d.org_id = any(${allBanks}) and d.id = any($1::uuid[]) group by d.id`,
        [dispatchIds],
      );
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  /** The banks asked for, or all; VALIDATION_FAILED names those that are no bank of the programme. */
  private async banks(tx: Tx, bankIds?: string[]): Promise<string[]> {
    const known = await tx.query<{ id: string }>(`select id from enterprise_lists.organisation_copies where kind = $1 order by id`, [OrganisationKind.BANK]);
    const ids = new Set(known.map((bank) => bank.id));
    if (ids.size === 0) throw new DomainError('VALIDATION_FAILED', 'No bank is known yet.');
    const errors = (bankIds ?? []).flatMap((id, index) =>
      (ids.has(id) ? [] : [{ field: `bankIds.${index}`, rule: 'bank', message: `bankIds.${index} is no bank of the programme` }]));
    if (errors.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, errors);
    return [...new Set(bankIds ?? ids)];
  }
}

/** Indexes of tenant tables begin with the organisation, so it is named although supervisors see all. */
const allBanks = `array(select id from enterprise_lists.organisation_copies where kind = 'BANK')`;
