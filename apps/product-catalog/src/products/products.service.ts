import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { productProblems } from '../eligibility/eligibility-rules.js';
import { ProductQuality, productQuality } from '../quality/product-quality.js';
import { ProductState } from '../vocabulary.js';
import { contentOf, type ProductContent } from './product-content.js';
import { Product } from './product.entity.js';
import type { CreateProductInput, ProductQuery } from './product.inputs.js';

/** Of so many products of a bank, the newest, near duplicates are looked for. */
const compared = 1_000;

/** A bank's own products as it writes them. How they come on offer is PublicationService's. */
@Injectable()
export class ProductsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly reference: ReferenceCopies) {}

  /** Drafts a product. Unknown codes, impossible ranges and contradictions are refused, all of them at once. */
  create(caller: Caller, input: CreateProductInput): Promise<Product> {
    return this.tenancy.run(caller, async (tx) => {
      const content = await this.contentOf(tx, input);
      await mustBeFree(tx, content.externalId);
      const id = newId();
      await tx.manager.insert(Product, {
        id, bankId: tx.organisationId, ...content, state: ProductState.DRAFT, version: 0, revision: 1, createdAt: new Date(),
      } as object);
      await audit(tx, { action: 'product.create', resource: 'product', resourceId: id });
      return tx.manager.findOneByOrFail(Product, { id });
    });
  }

  /**
   * Writes all of a product anew, as it was at `revision` (PRECONDITION_FAILED when it is another now). What is published stays as it
   * is until it is published again; a review begins again.
   */
  replace(caller: Caller, id: string, revision: number, input: CreateProductInput): Promise<Product> {
    return this.tenancy.run(caller, async (tx) => {
      const product = await lockProduct(tx, id);
      if (product.revision !== revision) throw new DomainError('PRECONDITION_FAILED');
      if (product.state === ProductState.RETIRED) throw new DomainError('ILLEGAL_STATE', 'A RETIRED product is not changed any more.');
      const content = await this.contentOf(tx, input);
      if (content.externalId !== product.externalId) await mustBeFree(tx, content.externalId);
      const state = product.state === ProductState.SUBMITTED ? ProductState.DRAFT : product.state;
      await tx.manager.update(Product, { id }, { ...content, state, revision: revision + 1, reviewState: null,
        reviewReason: null } as object);
      await audit(tx, { action: 'product.replace', resource: 'product', resourceId: id, detail: { revision: revision + 1 } });
      return tx.manager.findOneByOrFail(Product, { id });
    });
  }

  /** A bank's own products, of all banks for supervisors; newest first. */
  list(caller: Caller, query: ProductQuery): Promise<Page<Product>> {
    return this.tenancy.run(caller, (tx) => {
      const products = tx.manager.createQueryBuilder(Product, 'product');
      const { state, reviewState } = query;
      if (state) products.andWhere('product.state = :state', { state });
      if (reviewState) products.andWhere('product.reviewState = :reviewState', { reviewState });
      const filter = reviewState ? { state, reviewState } : state;
      return readPage(products, query, this.cursors, { list: 'products', organisationId: caller.organisationId, filter });
    });
  }

  get(caller: Caller, id: string): Promise<Product> {
    return this.tenancy.run(caller, (tx) => findProduct(tx, id));
  }

  /** What publishing it would be judged by. */
  quality(caller: Caller, id: string): Promise<ProductQuality> {
    return this.tenancy.run(caller, async (tx) => qualityIn(tx, await findProduct(tx, id)));
  }

  private async contentOf(tx: Tx, input: CreateProductInput): Promise<ProductContent> {
    const today = localDate(new Date());
    const problems = productProblems(input, today, await this.reference.regions(tx));
    if (problems.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, problems);
    return contentOf(input, today, await this.reference.quotes(tx));
  }
}

export async function findProduct(tx: Tx, id: string): Promise<Product> {
  const product = await tx.manager.findOneBy(Product, { id });
  if (!product) throw notFound('product');
  return product;
}

/** Locks the product, so that of two changes at once one finds the other's result. */
export async function lockProduct(tx: Tx, id: string): Promise<Product> {
  const product = await tx.manager.findOne(Product, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!product) throw notFound('product');
  return product;
}

/** The quality of a product beside the others of its bank. */
export async function qualityIn(tx: Tx, product: Product): Promise<ProductQuality> {
  const others = await tx.manager.find(Product, { where: { bankId: product.bankId }, order: { id: 'DESC' }, take: compared });
  return productQuality(product, others.filter(({ state }) => state !== ProductState.RETIRED));
}

async function mustBeFree(tx: Tx, externalId: string | null): Promise<void> {
  if (externalId === null || !await tx.manager.existsBy(Product, { bankId: tx.organisationId, externalId })) return;
  throw new DomainError('ALREADY_EXISTS', undefined, [{ field: 'externalId', rule: 'unique', message: 'another product has this externalId' }]);
}
