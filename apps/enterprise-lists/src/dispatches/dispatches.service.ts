import { DomainError } from '@finharbor/contracts/errors';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { lockList } from '../lists/lists.service.js';
import { PushList } from '../lists/push-list.entity.js';
import { DispatchTarget, PushListState } from '../vocabulary.js';
import { Dispatch, type DispatchAnswers, DispatchPreview } from './dispatch.entity.js';
import type { DispatchArgs, DispatchPreviewArgs, DispatchPushListArgs } from './dispatch.inputs.js';
import { Dispatching } from './dispatching.js';
import type { Selection } from './targets.js';

/** What goes from lists to banks, by whom and through which system (H-041). For supervisors. */
@Injectable()
export class DispatchesService {
  constructor(private readonly tenancy: Tenancy, private readonly dispatching: Dispatching) {}

  /**
   * APPROVED or DISPATCHED → DISPATCHED. Only recommended rows go, each to a bank once, so that a repeated dispatch adds only what is
   * new; the referrals themselves are made by the event, however many rows the list has.
   */
  dispatch(caller: Caller, args: DispatchPushListArgs): Promise<PushList> {
    return this.tenancy.run(caller, async (tx) => {
      const list = await lockList(tx, args.id, 'dispatch', 'dispatched');
      const selection = selectionOf(list, args);
      const given = await this.dispatching.order(tx, selection, await this.banks(tx, args.bankIds));
      const [{ bank_count: bankCount }] = await tx.query<{ bank_count: number }>(
        `update enterprise_lists.push_lists set state = $2, bank_count = (select count(distinct org_id) from enterprise_lists.dispatches
           where org_id = any(${allBanks}) and push_list_id = $1) where id = $1 returning bank_count`,
        [list.id, PushListState.DISPATCHED],
      );
      const rows = given.reduce((sum, { newCount }) => sum + newCount, 0);
      const detail = { target: selection.target, channels: selection.channels, banks: given.length, rows };
      // One that is repeated gives nothing, and is no other act.
      if (given.length > 0) await audit(tx, { action: 'push-list.dispatch', resource: 'push-list', resourceId: list.id, detail });
      return Object.assign(list, { state: PushListState.DISPATCHED, bankCount });
    });
  }

  /** The dry run: what a dispatch would give to each bank now. */
  async preview(caller: Caller, args: DispatchPreviewArgs): Promise<DispatchPreview | null> {
    if (!isUUID(args.id)) return null;
    return this.tenancy.run(caller, async (tx) => {
      const list = await tx.manager.findOneBy(PushList, { id: args.id });
      if (!list) return null;
      const counts = await this.dispatching.preview(tx, selectionOf(list, args), await this.banks(tx, args.bankIds));
      return Object.assign(new DispatchPreview(), { pushListId: list.id, counts });
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
  counts(caller: Caller, dispatchIds: readonly string[]): Promise<Map<string, DispatchAnswers>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.query<DispatchAnswers & { id: string }>(
        `select d.id, count(r.id)::int as "referralCount", count(r.id) filter (where r.state = 'SENT')::int as "sentCount",
           count(r.acknowledged_at)::int as "acknowledgedCount", count(r.answered_at)::int as "answeredCount",
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

function selectionOf(list: PushList, { channel, channels, target, entryIds }: DispatchArgs): Selection {
  if (channel && channels) {
    const message = 'channel and channels exclude each other';
    throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'channels', rule: 'single', message }]);
  }
  return {
    departmentId: list.departmentId, pushListId: list.id, target: target ?? DispatchTarget.ALL_BANKS,
    channels: channels ?? (channel ? [channel] : null), entryIds: entryIds ?? null,
  };
}
