import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In } from 'typeorm';
import { PublishedProduct } from '../products/product.entity.js';
import { ProductLine, ProductState } from '../vocabulary.js';
import { cdrDetailOf, cdrProductOf } from './cdr-products.js';
import { type CdrPage, cdrErrors, pageOf, refuse } from './cdr-requests.js';
import { cdrProducts, type DetailVersion, type ListVersion } from './cdr-shape.js';

type Plain = Record<string, unknown>;

/** Known to the newest version alone: in the others there is no such product. */
const newest = 'BUY_NOW_PAY_LATER';

/** A page of products as the standard counts them. */
export interface CdrProducts extends CdrPage {
  products: Plain[];
  totalRecords: number;
  totalPages: number;
}

/** The loan products on offer, as the Australian Consumer Data Standards tell products. */
@Injectable()
export class CdrService {
  constructor(private readonly tenancy: Tenancy) {}

  /** Refused as the standard refuses: a page beyond the last one, and filters that are none. */
  list(caller: Caller, query: Plain, version: ListVersion): Promise<CdrProducts> {
    const { page, pageSize } = pageOf(query);
    const { conditions, parameters } = conditionsOf(query, version);
    return this.tenancy.run(caller, async (tx) => {
      const from = `from product_catalog.published_products where ${conditions.join(' and ')}`;
      const [{ total }] = await tx.query<{ total: number }>(`select count(*)::int as total ${from}`, parameters);
      const totalPages = Math.ceil(total / pageSize);
      if (page > Math.max(1, totalPages)) refuse(cdrErrors.invalidPage(`The last page is ${totalPages}`));
      const ids = await tx.query<{ id: string }>(`select id ${from} order by id limit ${pageSize} offset ${(page - 1) * pageSize}`, parameters);
      const found = await tx.manager.find(PublishedProduct, { where: { id: In(ids.map(({ id }) => id)) }, order: { id: 'ASC' } });
      return { products: found.map((product) => cdrProductOf(product, version)), page, pageSize, totalRecords: total, totalPages };
    });
  }

  get(caller: Caller, id: string, version: DetailVersion): Promise<Plain> {
    return this.tenancy.run(caller, async (tx) => {
      const product = isUUID(id) ? await tx.manager.findOneBy(PublishedProduct, { id, state: ProductState.PUBLISHED,
        line: ProductLine.LOAN }) : null;
      const isTold = product && (version === 7 || product.cdr?.productCategory !== newest);
      return isTold ? cdrDetailOf(product, version) : refuse(cdrErrors.notFound('There is no such product'));
    });
  }
}

function conditionsOf(query: Plain, version: ListVersion): { conditions: string[]; parameters: unknown[] } {
  const conditions = ["state = 'PUBLISHED'", "line = 'LOAN'"];
  if (version < 5) conditions.push(`cdr ->> 'productCategory' is distinct from '${newest}'`);
  const { choices } = cdrProducts[version].fields.productCategory as { choices: readonly string[] };
  const parameters: unknown[] = [];
  const add = (name: string, isRight: (text: string) => boolean, condition: (place: string) => string,
    problem = cdrErrors.invalidField): void => {
    const text = query[name];
    if (text === undefined) return;
    if (typeof text !== 'string' || !isRight(text)) return refuse(problem(name));
    parameters.push(text);
    conditions.push(condition(`$${parameters.length}`));
  };
  const starts = "(cdr ->> 'effectiveFrom')::timestamptz";
  const effective = query.effective ?? 'CURRENT';
  if (effective !== 'ALL' && effective !== 'CURRENT' && effective !== 'FUTURE') refuse(cdrErrors.invalidField('effective'));
  if (effective === 'CURRENT') conditions.push(`(${starts} is null or ${starts} <= now())`);
  if (effective === 'FUTURE') conditions.push(`${starts} > now()`);
  add('updated-since', (text) => !Number.isNaN(Date.parse(text)) && /T/.test(text),
    (place) => `coalesce((cdr ->> 'lastUpdated')::timestamptz, published_at) >= ${place}::timestamptz`, cdrErrors.invalidDateTime);
  add('brand', (text) => text.length <= 200, (place) => `coalesce(cdr ->> 'brand', org_id::text) = ${place}`);
  add('product-category', (text) => choices.includes(text), (place) => `coalesce(cdr ->> 'productCategory', 'BUSINESS_LOANS') = ${place}`);
  return { conditions, parameters };
}
