import { type CursorScope, Cursors } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs, type PageQuery } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { Criterion, CriterionGapKind } from '../vocabulary.js';
import { bulkMs } from './assertions.service.js';
import { CriterionGap, ListEntryGap } from './review.types.js';
import { type ListEntrySelection, selected } from './selection.js';

const start = '00000000-0000-0000-0000-000000000000';

/** What stands in the way of rows that are not recommended. */
@Injectable()
export class GapsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors) {}

  /** Rows of these lists that may not be recommended, a page of each in the order of the file. A list that is not seen has no page. */
  async of(
    caller: Caller, listIds: readonly string[], page: PageQuery | PageArgs, selection: ListEntrySelection = {},
  ): Promise<Map<string, Page<ListEntryGap>>> {
    const [limit, cursor] = page instanceof PageArgs ? [page.first, page.after] : [page.limit, page.cursor];
    const { entryIds = null, filter = null } = selection;
    const scopeOf = (id: string): CursorScope => ({ list: 'gaps', organisationId: caller.organisationId, filter: [id, entryIds, filter] });
    const positions = listIds.map((id) => (cursor ? this.cursors.open(cursor, scopeOf(id)) : start));
    const { where, parameters } = selected(selection, 4);
    const rows = await this.tenancy.run(caller, (tx) => tx.patiently(bulkMs, () => tx.query<Row>(
      `select asked.id as "pushListId", r.* from unnest($1::uuid[], $2::uuid[]) as asked (id, position)
       join enterprise_lists.push_lists l on l.id = asked.id
       left join lateral (
         select e.id, e.row_number as row, e.credit_code as "creditCode", e.name, enterprise_lists.entry_gaps(e) as lacking
         from enterprise_lists.list_entries e
         where e.org_id = l.org_id and e.push_list_id = l.id and e.id > asked.position and e.state in ('PENDING', 'NOT_RECOMMENDED')
           and enterprise_lists.entry_gaps(e) <> '{}'${where} order by e.id limit $3
       ) r on true order by r.id`,
      [listIds, positions, limit + 1, ...parameters])));
    const listsSeen = [...new Set(rows.map(({ pushListId }) => pushListId))];
    return new Map(listsSeen.map((id) => {
      const own = rows.filter((row) => row.pushListId === id && row.id !== null);
      const items = own.slice(0, limit).map(gapOf);
      const cursorOf = (item: ListEntryGap): string => this.cursors.seal(item.id, scopeOf(id));
      return [id, { items, nextCursor: own.length > limit ? cursorOf(items[limit - 1]) : null, cursorOf }];
    }));
  }
}

interface Row {
  pushListId: string;
  id: string | null;
  row: number;
  creditCode: string;
  name: string;
  /** As `entry_gaps` says it: `CRITERION:KIND`, or `OUTSIDE:reason`. */
  lacking: string[];
}

function gapOf({ lacking, ...facts }: Row): ListEntryGap {
  const parts = lacking.map((text) => text.split(':'));
  return Object.assign(new ListEntryGap(), facts as Omit<Row, 'lacking'> & { id: string }, {
    outsideReason: parts.find(([name]) => name === 'OUTSIDE')?.[1] ?? null,
    gaps: parts.filter(([name]) => name !== 'OUTSIDE').map(([criterion, kind]) => Object.assign(new CriterionGap(), {
      criterion: criterion as Criterion, kind: kind as CriterionGapKind,
    })),
  });
}
