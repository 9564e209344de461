import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { maskInText } from '@finharbor/standards/masking';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { Criterion } from '../vocabulary.js';

/** What a rejection puts in doubt, and a measure mends. */
const renewed = [Criterion.SOUND_CREDIT, Criterion.GOOD_CREDIT_STANDING];

/** Rows that come back from cultivation (ADR 26). */
@Injectable()
export class CultivationsConsumer {
  /**
   * CULTIVATING or DISPATCHED → RE_RECOMMENDED. The measure is the new evidence for the row's credit; its other assertions are carried.
   * A CLOSED list takes its row up again. A row that meanwhile lacks something, was withdrawn, or whose enterprise left the programme,
   * stays where it is, and a cultivated one says so.
   */
  @On('cultivation.re-recommended')
  async reRecommended(event: EventOf<'cultivation.re-recommended'>, tx: Tx): Promise<void> {
    const { cultivationId, entryId, measure } = event.payload;
    const [entry] = await tx.query<{ organisationId: string }>(
      `select org_id as "organisationId" from enterprise_lists.list_entries where id = $1 and state in ('CULTIVATING', 'DISPATCHED') for update`, [entryId]);
    if (!entry) return;
    if (measure !== null) {
      await tx.query(
        `insert into enterprise_lists.entry_assertions as known (org_id, entry_id, criterion, met, evidence, author, asserted_on, asserted_by_org)
         select $1, $2, criterion, true, $3, '融资培育台账', $4, $5 from unnest($6::text[]) as renewed (criterion)
         on conflict (org_id, entry_id, criterion) do update set met = true, evidence = excluded.evidence, author = excluded.author,
           asserted_on = excluded.asserted_on, asserted_by_org = excluded.asserted_by_org, recorded_at = now()`,
        [entry.organisationId, entryId, `培育措施：${maskInText(measure)}`, localDate(new Date()), event.organisationId, renewed]);
    }
    const moved = await tx.query(
      `with moved as (update enterprise_lists.list_entries e set state = 'RE_RECOMMENDED', state_reason = null, state_at = now()
         where e.id = $1 and enterprise_lists.entry_gaps(e) = '{}' returning push_list_id),
       reopened as (update enterprise_lists.push_lists l set state = 'DISPATCHED' from moved where l.id = push_list_id and l.state = 'CLOSED')
       select from moved`, [entryId]);
    if (moved.length === 0) {
      await tx.query(
        `update enterprise_lists.list_entries set state_reason = '培育已完成，推荐条件尚有缺项' where id = $1 and state = 'CULTIVATING'`, [entryId]);
    }
    await audit(tx, {
      action: 'list-entry.re-recommend', resource: 'list-entry', resourceId: entryId, detail: { cultivationId, isRecommended: moved.length > 0 },
    });
  }
}
