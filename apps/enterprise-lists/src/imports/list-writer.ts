import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { type BulkColumns, unnest } from '../bulk.js';
import { EnterpriseMaster } from '../enterprises/enterprise-master.js';
import type { PushList } from '../lists/push-list.entity.js';
import type { CheckedRow } from './list-check.js';
import type { ImportedRow, RowProblem } from './row-rules.js';

interface Accepted {
  row: number;
  accepted: ImportedRow;
}

interface Rejected extends RowProblem {
  row: number;
}

/** Rows to a statement, and enterprises to an event: the catalogue allows 500. */
const chunkSize = 500;

/** How long an import waits for one of another replica; one of 100,000 rows takes less than a minute. */
const lockMs = 60_000;

const entryColumns: BulkColumns<Accepted> = {
  id: ['uuid', () => newId()],
  row_number: ['int', ({ row }) => row],
  enterprise_id: ['uuid', ({ accepted }) => enterpriseIdOf(accepted.creditCode)],
  credit_code: ['text', ({ accepted }) => accepted.creditCode],
  name: ['text', ({ accepted }) => accepted.name],
  source: ['text', ({ accepted }) => accepted.source],
  good_prospects: ['boolean', ({ accepted }) => accepted.goodProspects],
  strong_demand: ['boolean', ({ accepted }) => accepted.strongDemand],
  sound_credit: ['boolean', ({ accepted }) => accepted.soundCredit],
  demand_amount: ['numeric', ({ accepted }) => accepted.demandAmount],
  demand_term_months: ['int', ({ accepted }) => accepted.demandTermMonths],
  demand_purpose: ['text', ({ accepted }) => accepted.demandPurpose],
  guarantee_type: ['text', ({ accepted }) => accepted.guaranteeType],
};

const rejectionColumns: BulkColumns<Rejected> = {
  id: ['uuid', () => newId()],
  row_number: ['int', ({ row }) => row],
  field: ['text', ({ field }) => field],
  rule: ['text', ({ rule }) => rule],
  message: ['text', ({ message }) => message],
  value: ['text', ({ value }) => value],
};

/** Writes the rows of a list, some hundred at a time, into the transaction that it is given. */
@Injectable()
export class ListWriter {
  constructor(private readonly master: EnterpriseMaster, private readonly publisher: Publisher) {}

  /** Entries with their enterprises, access and events, and rejections. Ids rise with the row, and so do pages. */
  async write(tx: Tx, list: PushList, rows: AsyncIterable<CheckedRow>, today: string): Promise<void> {
    await tx.patiently(lockMs, () => this.master.lock(tx));
    let accepted: Accepted[] = [];
    let rejected: Rejected[] = [];
    let events = 0;
    for await (const checked of rows) {
      if ('accepted' in checked) accepted.push(checked);
      else rejected.push(...checked.problems.map((problem) => ({ ...problem, row: checked.row })));
      if (accepted.length === chunkSize) {
        events += await this.accept(tx, list, accepted, today, events);
        accepted = [];
      }
      if (rejected.length >= chunkSize) {
        await this.insert(tx, list, 'list_rejections', rejected, rejectionColumns);
        rejected = [];
      }
    }
    if (accepted.length > 0) await this.accept(tx, list, accepted, today, events);
    if (rejected.length > 0) await this.insert(tx, list, 'list_rejections', rejected, rejectionColumns);
  }

  /** How many events were published: none where no enterprise changed. */
  private async accept(tx: Tx, list: PushList, rows: Accepted[], today: string, events: number): Promise<number> {
    const recorded = await this.master.record(tx, rows.map(({ accepted }) => accepted), today);
    await this.insert(tx, list, 'list_entries', rows, entryColumns);
    await tx.query(
      `insert into enterprise_lists.enterprise_access (org_id, enterprise_id, reason) select $1, id, 'PUSHED' from unnest($2::uuid[]) as given (id)
       on conflict (org_id, enterprise_id) do nothing`,
      [list.departmentId, rows.map(({ accepted }) => enterpriseIdOf(accepted.creditCode))],
    );
    if (recorded.length === 0) return 0;
    await this.publisher.publish(tx, 'enterprises.recorded', {
      organisationId: list.departmentId, aggregateId: list.id, version: events + 1, payload: { enterprises: recorded },
    });
    return 1;
  }

  private async insert<Row>(tx: Tx, list: PushList, table: 'list_entries' | 'list_rejections', rows: Row[], columns: BulkColumns<Row>): Promise<void> {
    const { names, source, parameters } = unnest(rows, columns, 3);
    await tx.query(
      `insert into enterprise_lists.${table} (org_id, push_list_id, ${names}) select $1, $2, ${names} from ${source}`,
      [list.departmentId, list.id, ...parameters],
    );
  }
}
