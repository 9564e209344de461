import { type Cursors, type CursorScope } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs, type PageQuery } from '@finharbor/platform/http/page';
import type { ClassType } from '@finharbor/platform/subgraph/property';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { In } from 'typeorm';

interface RowOfList {
  id: string;
  pushListId: string;
}

const beforeAll = '00000000-0000-0000-0000-000000000000';

/**
 * One page of rows of each list that the caller sees, in the order of the file: their ids rise with the row. Two statements,
 * however many lists are asked for; `state` leaves only rows in that state. A list that is not seen has no page.
 */
export async function readRowPages<T extends RowOfList>(
  tx: Tx, row: ClassType<T>, listIds: readonly string[], page: PageQuery | PageArgs, cursors: Cursors, scope: Omit<CursorScope, 'filter'>,
  state?: string,
): Promise<Map<string, Page<T>>> {
  const [limit, cursor] = page instanceof PageArgs ? [page.first, page.after] : [page.limit, page.cursor];
  const scopeOf = (listId: string): CursorScope => ({ ...scope, filter: listId });
  const positions = listIds.map((id) => (cursor ? cursors.open(cursor, scopeOf(id)) : beforeAll));
  const table = tx.manager.connection.getMetadata(row).tablePath;
  const found = await tx.query<{ list_id: string; row_id: string | null }>(
    `select l.id as list_id, r.id as row_id
     from unnest($1::uuid[], $2::uuid[]) as asked (id, position) join enterprise_lists.push_lists l on l.id = asked.id
     left join lateral (
       select r.id from ${table} r where r.org_id = l.org_id and r.push_list_id = l.id and r.id > asked.position${state ? ' and r.state = $4' : ''} order by r.id limit $3
     ) r on true`,
    [listIds, positions, limit + 1, ...(state ? [state] : [])],
  );
  const rowIds = found.flatMap(({ row_id: id }) => (id === null ? [] : [id]));
  const rows = rowIds.length > 0 ? await tx.manager.find(row, { where: { id: In(rowIds) } as never, order: { id: 'ASC' } as never }) : [];
  return new Map(found.map(({ list_id: listId }) => {
    const own = rows.filter(({ pushListId }) => pushListId === listId);
    const items = own.slice(0, limit);
    const cursorOf = (item: T): string => cursors.seal(item.id, scopeOf(listId));
    return [listId, { items, nextCursor: own.length > limit ? cursorOf(items[limit - 1]) : null, cursorOf }];
  }));
}
