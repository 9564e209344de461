import { DomainError, notFound } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageArgs, type PageQuery, readPage } from '@finharbor/platform/http/page';
import type { ClassType } from '@finharbor/platform/subgraph/property';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { mayMove } from '@finharbor/platform/workflow/workflow';
import { withoutSmallCounts } from '@finharbor/security/aggregates/small-counts';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { ListEntryState } from '../vocabulary.js';
import { type PushListAction, pushListWorkflow } from '../workflows/push-list.workflow.js';
import { entryCounts, ListEntry } from './list-entry.entity.js';
import { ListRejection } from './list-rejection.entity.js';
import type { PushListArgs, PushListQuery } from './list.inputs.js';
import { PushList } from './push-list.entity.js';
import { readRowPages } from './row-pages.js';

/** Push lists: reading them, their rows and their revisions. */
@Injectable()
export class ListsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors) {}

  list(caller: Caller, filter: PushListQuery | PushListArgs): Promise<Page<PushList>> {
    return this.tenancy.run(caller, async (tx) => {
      const { state, period, departmentId, seriesOf } = filter;
      const query = tx.manager.createQueryBuilder(PushList, 'list');
      if (state) query.andWhere('list.state = :state', { state });
      if (period) query.andWhere('list.period = :period', { period });
      if (departmentId) query.andWhere('list.departmentId = :departmentId', { departmentId });
      if (seriesOf) {
        query.innerJoin(PushList, 'one', 'one.id = :seriesOf and one.departmentId = list.departmentId and one.period = list.period and one.title = list.title', { seriesOf });
      }
      const page = await readPage(query, filter, this.cursors, {
        list: 'push-lists', organisationId: caller.organisationId, filter: { state, period, departmentId, seriesOf },
      });
      return { ...page, items: page.items.map((list) => listAsTold(caller, list)) };
    });
  }

  async find(caller: Caller, id: string): Promise<PushList | null> {
    if (!isUUID(id)) return null;
    const list = await this.tenancy.run(caller, (tx) => tx.manager.findOneBy(PushList, { id }));
    return list && listAsTold(caller, list);
  }

  async get(caller: Caller, id: string): Promise<PushList> {
    const list = await this.find(caller, id);
    if (!list) throw notFound('push list');
    return list;
  }

  /** Accepted rows of these lists, a page of each, in the order of the file. A department is not told what single banks did with them. */
  async entries(
    caller: Caller, listIds: readonly string[], page: PageQuery | PageArgs, state?: ListEntryState | null,
  ): Promise<Map<string, Page<ListEntry>>> {
    const pages = await this.rows(caller, ListEntry, 'entries', listIds, page, state ?? undefined);
    return new Map([...pages].map(([id, { items, ...rest }]) =>
      [id, { ...rest, items: items.map((entry) => withoutSmallCounts(caller.role, entry, ...entryCounts)) }]));
  }

  /** Reasons for the rejected rows of these lists, a page of each, in the order of the file. */
  rejections(caller: Caller, listIds: readonly string[], page: PageQuery | PageArgs): Promise<Map<string, Page<ListRejection>>> {
    return this.rows(caller, ListRejection, 'rejections', listIds, page);
  }

  private rows<T extends { id: string; pushListId: string }>(
    caller: Caller, row: ClassType<T>, name: string, listIds: readonly string[], page: PageQuery | PageArgs, state?: ListEntryState,
  ): Promise<Map<string, Page<T>>> {
    const scope = { list: state ? `${name} ${state}` : name, organisationId: caller.organisationId };
    return this.tenancy.run(caller, (tx) => readRowPages(tx, row, listIds, page, this.cursors, scope, state));
  }
}

const listAsTold = (caller: Caller, list: PushList): PushList => withoutSmallCounts(caller.role, list, ['bankCount']);

/** Takes hold of a list for a move of its workflow. ILLEGAL_STATE, naming its state, where the caller may not make it there. */
export async function lockList(tx: Tx, id: string, action: PushListAction, verb: string): Promise<PushList> {
  const list = await tx.manager.findOne(PushList, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!list) throw notFound('push list');
  if (!mayMove(pushListWorkflow, list.state, action, tx.caller?.role ?? 'service')) throw new DomainError('ILLEGAL_STATE', `The list is ${list.state} and cannot be ${verb}.`);
  return list;
}
