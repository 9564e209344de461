import type { Cursors, CursorScope } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs, type PageQuery } from '@finharbor/platform/http/page';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/**
 * Reads one page, those of the green channel before all others (H-112), newest first among these and among the others. Two lists one behind
 * the other: the first is short and has indexes of its own, the second is read by those that every list goes by.
 */
export async function readGreenFirst<T extends ObjectLiteral & { id: string; greenChannel: boolean }>(
  query: SelectQueryBuilder<T>, page: PageQuery | PageArgs, cursors: Cursors, scope: CursorScope,
): Promise<Page<T>> {
  const [limit, cursor] = page instanceof PageArgs ? [page.first, page.after] : [page.limit, page.cursor];
  const [channel, position] = cursor ? cursors.open(cursor, scope).split(' ') : ['green', undefined];
  const read = (which: string, behind: string | undefined, rows: number): Promise<T[]> => {
    // As it stands in the indexes of the green channel.
    const part = query.clone().andWhere(`${which === 'green' ? '' : 'not '}${query.alias}.green_channel`);
    if (behind) part.andWhere(`${query.alias}.id < :position`, { position: behind });
    return part.orderBy(`${query.alias}.id`, 'DESC').limit(rows).getMany();
  };
  const rows = await read(channel, position, limit + 1);
  if (channel === 'green' && rows.length <= limit) rows.push(...await read('other', undefined, limit + 1 - rows.length));
  const items = rows.slice(0, limit);
  const cursorOf = ({ greenChannel, id }: T): string => cursors.seal(`${greenChannel ? 'green' : 'other'} ${id}`, scope);
  return { items, nextCursor: rows.length > limit ? cursorOf(items[limit - 1]) : null, cursorOf };
}
