import { type CursorScope, Cursors } from '@finharbor/platform/http/cursors';
import type { Page, PageArgs } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { Issue } from '../issues/issue.entity.js';
import { IssueTexts } from '../issues/issue-texts.js';
import type { IssueCounts } from './issue-counts.js';

/** The issues of harbors: of many harbors at once, as the graph asks for them. */
@Injectable()
export class HarborIssuesService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly texts: IssueTexts,
  ) {}

  /** The host bank of a harbor, or undefined when this service has not heard of the harbor (yet). */
  async hostBankOf(tx: Tx, harborId: string): Promise<string | undefined> {
    const [harbor] = await tx.query<{ host_bank_id: string }>('select host_bank_id from feedback.harbor_copies where id = $1', [harborId]);
    return harbor?.host_bank_id;
  }

  /** Where the page asked for begins. A cursor of another harbor's list is refused. */
  positionOf(caller: Caller, harborId: string, page: PageArgs): string | null {
    return page.after ? this.cursors.open(page.after, scopeOf(caller, harborId)) : null;
  }

  /** A page of issues of each harbor, newest first, from the same position on. */
  pagesOf(caller: Caller, harborIds: readonly string[], first: number, position: string | null): Promise<Map<string, Page<Issue>>> {
    return this.tenancy.run(caller, async (tx) => {
      const issues = await tx.manager.createQueryBuilder(Issue, 'issue')
        .where(`issue.id in (
          select one.id from unnest(:harborIds::uuid[]) harbor(id) cross join lateral (
            select id from feedback.issues where harbor_id = harbor.id and (:position::uuid is null or id < :position::uuid)
            order by id desc limit :limit
          ) one)`)
        .setParameters({ harborIds: [...harborIds], position, limit: first + 1 })
        .orderBy('issue.id', 'DESC')
        .getMany();
      const byHarbor = new Map<string, Issue[]>(harborIds.map((id) => [id, []]));
      for (const issue of await this.texts.openIssues(tx, issues)) byHarbor.get(issue.harborId)!.push(issue);
      return new Map([...byHarbor].map(([harborId, rows]) => [harborId, this.pageOf(caller, harborId, rows, first)]));
    });
  }

  /** Counts of each harbor; zeros where the caller sees none. */
  counts(caller: Caller, harborIds: readonly string[]): Promise<Map<string, IssueCounts>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.query<IssueCounts & { id: string }>(
        `select harbor.id, count(issue.id)::int as total, count(issue.id) filter (where state <> 'CLOSED')::int as open,
                count(issue.id) filter (where state = 'CLOSED')::int as closed
         from unnest($1::uuid[]) harbor(id) left join feedback.issues issue on issue.harbor_id = harbor.id group by harbor.id`,
        [harborIds],
      );
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  private pageOf(caller: Caller, harborId: string, rows: Issue[], first: number): Page<Issue> {
    const items = rows.slice(0, first);
    const cursorOf = (issue: Issue): string => this.cursors.seal(issue.id, scopeOf(caller, harborId));
    return { items, nextCursor: rows.length > first ? cursorOf(items[first - 1]) : null, cursorOf };
  }
}

const scopeOf = (caller: Caller, harborId: string): CursorScope =>
  ({ list: 'harbor-issues', organisationId: caller.organisationId, filter: harborId });
