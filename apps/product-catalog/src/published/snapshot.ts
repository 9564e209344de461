import { newId } from '@finharbor/contracts/ids';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { type Product, PublishedProduct } from '../products/product.entity.js';
import { RecentPages } from '../search/recent-pages.js';
import { Shelf } from '../search/shelf.js';
import { contentOfVersion } from './content.js';

/** When what is told applies. */
export interface Applies {
  from: Date;
  /** Null for until further notice. */
  to: Date | null;
}

/** What everybody sees of a product, now and in its history; written in the transaction that changes it. */
@Injectable()
export class Snapshot {
  constructor(private readonly recent: RecentPages, private readonly shelf: Shelf) {}

  async write(tx: Tx, product: Product, { from, to }: Applies): Promise<void> {
    const body = JSON.stringify(contentOfVersion(product));
    // A correction of a time that is over leaves what is on offer now as it is.
    if (to === null) {
      this.recent.endWith(tx);
      this.shelf.endWith(tx);
      await tx.manager.upsert(PublishedProduct, { ...product } as object, ['id']);
      await tx.query('update product_catalog.published_products set body = $2 where id = $1', [product.id, body]);
    }
    await tx.query(
      `insert into product_catalog.product_versions (id, org_id, product_id, version, state, content, valid_from, valid_to)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [newId(), product.bankId, product.id, product.version, product.state, body, from, to],
    );
  }
}
