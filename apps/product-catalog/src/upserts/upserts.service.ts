import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { productProblems } from '../eligibility/eligibility-rules.js';
import { etagOf } from '../products/etag.js';
import { contentOf, type ProductContent } from '../products/product-content.js';
import { PublicationService } from '../products/publication.service.js';
import { ProductState } from '../vocabulary.js';
import { type ReadItem, readItem } from './upsert-items.js';
import { type UpsertItem, UpsertOutcome, type UpsertReport, type UpsertResult } from './upsert.inputs.js';

export const mostItems = 20_000;
const mostPublished = 1_000;
/** Rows to a statement. */
const slice = 1_000;

interface Kept { id: string; externalId: string; revision: number; publishedRevision: number | null; state: ProductState }

/** Takes many products of a bank's system at once: each item for itself, all that are right in one transaction. */
@Injectable()
export class UpsertsService {
  constructor(private readonly tenancy: Tenancy, private readonly reference: ReferenceCopies,
    private readonly publication: PublicationService) {}

  /** Items whose product is as they say are UNCHANGED and write nothing, so that a file may be sent again and again. */
  async upsert(caller: Caller, values: readonly unknown[]): Promise<UpsertReport> {
    if (values.length > mostItems) throw new DomainError('PAYLOAD_TOO_LARGE', `At most ${mostItems} items to a request.`);
    const read = values.map(readItem);
    return this.tenancy.run(caller, (tx) => this.upsertIn(tx, read));
  }

  /** The same within a transaction that does more, of items that were read and perhaps refused before. */
  async upsertIn(tx: Tx, read: readonly ReadItem[]): Promise<UpsertReport> {
    if (read.filter(({ item }) => item?.publish).length > mostPublished) {
      throw new DomainError('PAYLOAD_TOO_LARGE', `At most ${mostPublished} items with publish to a request.`);
    }
    const today = localDate(new Date());
    const [regions, quotes] = [await this.reference.regions(tx), await this.reference.quotes(tx)];
    const results = new Map<number, UpsertResult>();
    const reject = (one: ReadItem, errors: FieldError[]): void => void results.set(one.index, {
      index: one.index, externalId: one.externalId, outcome: UpsertOutcome.REJECTED, id: null, etag: null, published: false, errors,
    });
    const rows = new Map<string, { item: UpsertItem; content: ProductContent; index: number }>();
    for (const one of read) {
      const problems = one.problems ?? productProblems(one.item, today, regions);
      if (problems.length === 0 && rows.has(one.item!.externalId)) problems.push({ field: 'externalId', rule: 'twice', message: 'an item before has this externalId' });
      if (problems.length > 0) reject(one, problems);
      else rows.set(one.item!.externalId, { item: one.item!, content: contentOf(one.item!, today, quotes), index: one.index });
    }
    const kept = await keptOf(tx, [...rows.keys()]);
    for (const [externalId, { item, index }] of rows) {
      const problem = refusal(item, kept.get(externalId));
      if (!problem) continue;
      reject({ index, externalId, problems: [] }, [problem]);
      rows.delete(externalId);
    }
    for (const result of await write(tx, rows, kept)) results.set(result.index, result);
    for (const { item, index } of rows.values()) if (item.publish) await this.publish(tx, results.get(index)!, kept);
    return this.report(tx, [...results.values()].sort((a, b) => a.index - b.index));
  }

  /** What may not be published stays written, and says why. */
  private async publish(tx: Tx, result: UpsertResult, kept: Map<string, Kept>): Promise<void> {
    const before = kept.get(result.externalId!);
    const isPublished = result.outcome === UpsertOutcome.UNCHANGED && before?.state === ProductState.PUBLISHED
      && before.publishedRevision === before.revision;
    if (isPublished) return;
    try {
      await this.publication.publishIn(tx, result.id!, {});
      result.published = true;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      result.errors = [{ field: 'publish', rule: error.code, message: error.message }, ...error.errors ?? []];
    }
  }

  private async report(tx: Tx, items: UpsertResult[]): Promise<UpsertReport> {
    const count = (outcome: UpsertOutcome): number => items.filter((item) => item.outcome === outcome).length;
    const counts = {
      created: count(UpsertOutcome.CREATED), updated: count(UpsertOutcome.UPDATED), unchanged: count(UpsertOutcome.UNCHANGED),
        rejected: count(UpsertOutcome.REJECTED),
    };
    await audit(tx, { action: 'product.upsert', resource: 'product', resourceId: null, detail: counts });
    return { ...counts, items };
  }
}

/** The products of the caller's own with these keys, locked. */
async function keptOf(tx: Tx, externalIds: string[]): Promise<Map<string, Kept>> {
  const rows = await tx.query<Kept>(
    `select id, external_id as "externalId", revision, published_revision as "publishedRevision", state from product_catalog.products
     where org_id = $1 and external_id = any($2) order by id for update`, [tx.organisationId, externalIds]);
  return new Map(rows.map((row) => [row.externalId, row]));
}

function refusal({ ifMatch }: UpsertItem, kept: Kept | undefined): FieldError | undefined {
  if (ifMatch !== undefined && (!kept || etagOf(kept) !== ifMatch)) {
    return { field: 'ifMatch', rule: 'PRECONDITION_FAILED', message: kept ? 'the product was changed since' : 'there is no such product' };
  }
  if (kept?.state === ProductState.RETIRED) return { field: 'externalId', rule: 'ILLEGAL_STATE', message: 'a RETIRED product is not changed any more' };
  return undefined;
}

/** What an item writes, by column, with its type in SQL. */
const columns = {
  line: 'text', external_id: 'text', name: 'text', description: 'text', region_codes: 'text[]', industry_codes: 'text[]', size_classes: 'text[]',
  amount_min: 'numeric(15,2)', amount_max: 'numeric(15,2)', term_months_min: 'int', term_months_max: 'int', years_in_business_min: 'double precision',
  guarantee_types: 'text[]', eligibility_rules: 'jsonb', annual_rate_min: 'numeric(8,4)', annual_rate_max: 'numeric(8,4)', rate_quoted_on: 'date',
  repayment_modes: 'text[]', terms: 'jsonb', cdr: 'jsonb',
};
const names = Object.keys(columns);

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const rowOf = ({ eligibility, ...content }: ProductContent): Record<string, unknown> =>
  Object.fromEntries(Object.entries({ ...content, ...eligibility }).map(([name, value]) => [snakeCase(name), value]));

async function write(
  tx: Tx, rows: Map<string, { content: ProductContent; index: number }>, kept: Map<string, Kept>,
): Promise<UpsertResult[]> {
  const all = [...rows.entries()];
  const results: UpsertResult[] = [];
  for (let from = 0; from < all.length; from += slice) {
    const part = all.slice(from, from + slice);
    const input = part.map(([externalId, { content }]) => ({ id: kept.get(externalId)?.id ?? newId(), ...rowOf(content) }));
    const written = await tx.query<{ id: string; externalId: string; revision: number }>(
      `insert into product_catalog.products as product (id, org_id, state, version, revision, created_at, ${names.join(', ')})
       select id, $2, 'DRAFT', 0, 1, now(), ${names.join(', ')}
       from json_to_recordset($1) as input (id uuid, ${Object.entries(columns).map(([name, type]) => `${name} ${type}`).join(', ')})
       on conflict (org_id, external_id) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')},
         revision = product.revision + 1, review_state = null, review_reason = null,
         state = case when product.state = 'SUBMITTED' then 'DRAFT' else product.state end
       where (${names.map((name) => `product.${name}`).join(', ')}) is distinct from (${names.map((name) => `excluded.${name}`).join(', ')})
       returning id, external_id as "externalId", revision`,
      [JSON.stringify(input), tx.organisationId],
    );
    const changed = new Map(written.map((row) => [row.externalId, row]));
    for (const [externalId, { index }] of part) {
      const before = kept.get(externalId);
      const now = changed.get(externalId) ?? before!;
      const outcome = !before ? UpsertOutcome.CREATED : changed.has(externalId) ? UpsertOutcome.UPDATED : UpsertOutcome.UNCHANGED;
      results.push({ index, externalId, outcome, id: now.id, etag: etagOf(now), published: false, errors: [] });
    }
  }
  return results;
}
