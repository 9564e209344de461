import { notFound } from '@finharbor/contracts/errors';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { mayCall } from '@finharbor/security/authorisation/policy';
import type { Caller } from '@finharbor/security/tokens/caller';
import type { Region } from '@finharbor/standards/regions';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In, type SelectQueryBuilder } from 'typeorm';
import { industriesAround, regionsAround } from '../eligibility/eligibility-rules.js';
import { Product, ProductState, PublishedProduct } from '../products/product.entity.js';
import type { PublishedProductQuery } from '../products/product.inputs.js';

/** What everybody may see of the products of all banks. */
@Injectable()
export class PublishedProductsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly reference: ReferenceCopies) {}

  /** Products on offer that serve what the query describes, newest first. An unknown region or industry is refused. */
  async list(caller: Caller, query: PublishedProductQuery | PageArgs): Promise<Page<Product>> {
    const page = await this.tenancy.run(caller, async (tx) => {
      const imported = query instanceof PageArgs || query.regionCode === undefined ? [] : await this.reference.regions(tx);
      const wanted = query instanceof PageArgs ? {} : filterOf(query, imported);
      const products = tx.manager.createQueryBuilder(PublishedProduct, 'product')
        .where('product.state = :state', { state: ProductState.PUBLISHED });
      restrict(products, wanted);
      return readPage(products, query, this.cursors, { list: 'published-products', organisationId: caller.organisationId, filter: wanted });
    });
    return { items: page.items.map(asProduct), nextCursor: page.nextCursor, cursorOf: page.cursorOf };
  }

  /** One product on offer. A suspended one is not. */
  get(caller: Caller, id: string): Promise<Product> {
    return this.tenancy.run(caller, async (tx) => {
      const product = await tx.manager.findOneBy(PublishedProduct, { id, state: ProductState.PUBLISHED });
      if (!product) throw notFound('product');
      return asProduct(product);
    });
  }

  /** Products the caller may know: its own, a supervisor's and a dashboard's all, and whatever was published once, suspended or not. */
  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, Product>> {
    return this.tenancy.run(caller, async (tx) => {
      const known = ids.filter((id) => isUUID(id));
      // An administrator's transaction sees every row, yet drafts are not its affair: here as over REST.
      const own = mayCall(caller.role, 'GET /v1/products/{id}') ? await tx.manager.findBy(Product, { id: In(known) }) : [];
      const found = new Map(own.map((product) => [product.id, product]));
      const others = known.filter((id) => !found.has(id));
      const published = others.length > 0 ? await tx.manager.findBy(PublishedProduct, { id: In(others) }) : [];
      for (const product of published) found.set(product.id, asProduct(product));
      return found;
    });
  }
}

/** What a product is filtered by: each entry names a column and the values of which a stated rule must allow one. */
interface Wanted {
  regionCodes?: string[];
  industryCodes?: string[];
  sizeClasses?: string[];
  guaranteeTypes?: string[];
  amount?: string;
  termMonths?: number;
}

const filterOf = (
  { regionCode, industryCode, sizeClass, guaranteeType, amount, termMonths }: PublishedProductQuery, imported: readonly Region[],
): Wanted => ({
  regionCodes: regionCode === undefined ? undefined : regionsAround(regionCode, localDate(new Date()), imported),
  industryCodes: industryCode === undefined ? undefined : industriesAround(industryCode),
  sizeClasses: sizeClass && [sizeClass],
  guaranteeTypes: guaranteeType && [guaranteeType],
  amount,
  termMonths,
});

/** A rule that a product does not state excludes nobody. */
function restrict(products: SelectQueryBuilder<PublishedProduct>, { amount, termMonths, ...lists }: Wanted): void {
  for (const [rule, values] of Object.entries(lists)) {
    if (values) products.andWhere(`(product.eligibility.${rule} is null or product.eligibility.${rule} && :${rule}::text[])`, { [rule]: values });
  }
  for (const [rule, value] of Object.entries({ amount, termMonths })) {
    if (value === undefined) continue;
    products.andWhere(`(product.eligibility.${rule}Min is null or product.eligibility.${rule}Min <= :${rule}::numeric)`, { [rule]: value });
    products.andWhere(`(product.eligibility.${rule}Max is null or product.eligibility.${rule}Max >= :${rule}::numeric)`);
  }
}

/** The graph and REST know one type of product, whichever table it comes from. */
const asProduct = (published: PublishedProduct): Product => Object.assign(new Product(), published);
