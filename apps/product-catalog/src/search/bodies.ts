import type { Tx } from '@finharbor/platform/tenancy/tx';
import { In } from 'typeorm';
import { PublishedProduct } from '../products/product.entity.js';
import { contentOfVersion } from '../published/content.js';

/** The answers as they lie there; of what was published before they did, made now. */
export async function bodiesOf(tx: Tx, rows: readonly { id: string; body: string | null }[]): Promise<string[]> {
  const without = rows.filter(({ body }) => body === null).map(({ id }) => id);
  const made = without.length > 0 ? await tx.manager.findBy(PublishedProduct, { id: In(without) }) : [];
  const bodies = new Map(made.map((product) => [product.id, JSON.stringify(contentOfVersion(product))]));
  return rows.map(({ id, body }) => body ?? bodies.get(id)!);
}
