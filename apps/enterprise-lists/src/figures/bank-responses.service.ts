import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { type CursorScope, Cursors } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { type Caller, isOfBank } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { bulkMs } from '../lists/assertions.service.js';
import { figuresOfBanks, noFigures } from './bank-figures.js';
import { BankResponse, type BankResponseArgs, type BankResponseQuery } from './bank-response.types.js';

/** How banks answer (domain.md 2.13: response time, rejection reasons): to supervisors by bank, to a bank its own. */
@Injectable()
export class BankResponsesService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly reference: ReferenceCopies) {}

  list(caller: Caller, asked: BankResponseQuery | BankResponseArgs): Promise<Page<BankResponse>> {
    const { bankId, from, to } = asked;
    const [limit, cursor] = asked instanceof PageArgs ? [asked.first, asked.after] : [asked.limit, asked.cursor];
    const scope: CursorScope = { list: 'bank-responses', organisationId: caller.organisationId, filter: { bankId, from, to } };
    const position = cursor ? this.cursors.open(cursor, scope) : null;
    return this.tenancy.run(caller, (tx) => tx.patiently(bulkMs, async () => {
      const own = isOfBank(caller.role) ? caller.organisationId : null;
      const found = await tx.query<{ id: string }>(
        `select id from enterprise_lists.organisation_copies where kind = 'BANK' and ($1::uuid is null or id = $1) and ($2::uuid is null or id = $2)
           and ($3::uuid is null or id < $3) order by id desc limit $4`, [own, bankId ?? null, position, limit + 1]);
      const ids = found.slice(0, limit).map(({ id }) => id);
      const figures = await figuresOfBanks(tx, await this.reference.calendar(tx), ids, from, to);
      const cursorOf = ({ bankId: id }: { bankId: string }): string => this.cursors.seal(id, scope);
      return {
        items: ids.map((id) => Object.assign(new BankResponse(), figures.get(id) ?? noFigures(), { bankId: id })),
        nextCursor: found.length > limit ? cursorOf({ bankId: ids[limit - 1] }) : null, cursorOf,
      };
    }));
  }
}
