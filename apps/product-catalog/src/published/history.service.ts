import { notFound } from '@finharbor/contracts/errors';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Cursors } from '@finharbor/platform/http/cursors';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { pricedOn } from '../products/product-content.js';
import type { Product } from '../products/product.entity.js';
import { ProductState } from '../vocabulary.js';
import type { AsOfQuery, DifferencesQuery, ProductChangesQuery } from './history.inputs.js';
import { differences, type ProductDifference, type ProductVersion } from './history.js';

const columns = `product_id as "productId", org_id as "bankId", version, state, valid_from as "validFrom", valid_to as "validTo", recorded_at as "recordedAt"`;

/** Everything that was ever on offer, as it was and as it was known. */
@Injectable()
export class HistoryService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly reference: ReferenceCopies) {}

  /**
   * The product as it was at `as_of`, by what was known at `known_at`: of the versions that cover the time, the one recorded last.
   * Rates against the LPR are those of that day. NOT_FOUND where it was not on offer then.
   */
  get(caller: Caller, id: string, { as_of, known_at }: AsOfQuery): Promise<object> {
    return this.tenancy.run(caller, async (tx) => {
      const asOf = as_of ? new Date(as_of) : new Date();
      const [row] = await tx.query<{ state: ProductState; content: Product }>(
        `select state, content from product_catalog.product_versions
         where product_id = $1 and valid_from <= $2 and (valid_to is null or valid_to > $2) and recorded_at <= $3 order by version desc limit 1`,
        [id, asOf, known_at ? new Date(known_at) : new Date()],
      );
      if (row?.state !== ProductState.PUBLISHED) throw notFound('product');
      return pricedOn(row.content, localDate(asOf), await this.reference.quotes(tx));
    });
  }

  /** The versions of a product, newest first: at most 200. */
  versions(caller: Caller, id: string): Promise<ProductVersion[]> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.query<ProductVersion>(
        `select ${columns} from product_catalog.product_versions where product_id = $1 order by version desc limit 200`, [id]);
      if (rows.length === 0) throw notFound('product');
      return rows;
    });
  }

  differences(caller: Caller, id: string, { from, to }: DifferencesQuery): Promise<ProductDifference[]> {
    return this.tenancy.run(caller, async (tx) => differences(await contentOf(tx, id, from), await contentOf(tx, id, to)));
  }

  /**
   * What changed since the cursor, the oldest first. The cursor of the last page is given also where there is nothing more: ask with
   * it again later. A change is told when no older transaction can still add one before it, so that none is ever missed.
   */
  changes(caller: Caller, { limit, cursor }: ProductChangesQuery): Promise<{ items: ProductVersion[]; nextCursor: string }> {
    const scope = { list: 'product-changes', organisationId: caller.organisationId };
    const [transaction, id] = cursor ? this.cursors.open(cursor, scope).split(' ') : ['0', '00000000-0000-0000-0000-000000000000'];
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.query<ProductVersion & { position: string }>(
        `select ${columns}, transaction || ' ' || id as position from product_catalog.product_versions
         where (transaction, id) > ($1::xid8, $2) and transaction < pg_snapshot_xmin(pg_current_snapshot()) order by transaction, id limit $3`,
        [transaction, id, limit],
      );
      const last = rows.at(-1)?.position ?? `${transaction} ${id}`;
      return { items: rows.map(({ position: _, ...version }) => version), nextCursor: this.cursors.seal(last, scope) };
    });
  }
}

async function contentOf(tx: Tx, id: string, version: number): Promise<Record<string, unknown>> {
  const [row] = await tx.query<{ content: Record<string, unknown> }>(
    'select content from product_catalog.product_versions where product_id = $1 and version = $2', [id, version]);
  if (!row) throw notFound('version');
  return row.content;
}
