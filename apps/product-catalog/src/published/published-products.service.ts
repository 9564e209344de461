import { notFound } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageArgs, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { mayCall } from '@finharbor/security/authorisation/policy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In } from 'typeorm';
import { Product, PublishedProduct } from '../products/product.entity.js';
import { ProductState } from '../vocabulary.js';

/** What everybody may see of the products of all banks. */
@Injectable()
export class PublishedProductsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors) {}

  /** Products on offer, newest first. */
  async list(caller: Caller, query: PageArgs): Promise<Page<Product>> {
    const page = await this.tenancy.run(caller, (tx) => {
      const products = tx.manager.createQueryBuilder(PublishedProduct, 'product').where('product.state = :state', { state: ProductState.PUBLISHED });
      return readPage(products, query, this.cursors, { list: 'published-products', organisationId: caller.organisationId });
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

/** The graph and REST know one type of product, whichever table it comes from. */
const asProduct = (published: PublishedProduct): Product => Object.assign(new Product(), published);
