import { DomainError, notFound } from '@finharbor/contracts/errors';
import type { EventName, Payload } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import type { Eligibility } from '../eligibility/eligibility.entity.js';
import { eligibilityOf, productProblems } from '../eligibility/eligibility-rules.js';
import { Product, ProductState, PublishedProduct } from './product.entity.js';
import type { CreateProductInput, ProductQuery } from './product.inputs.js';

/** A bank's own products: drafted, published, suspended. What everybody may see of them is PublishedProductsService's. */
@Injectable()
export class ProductsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly cursors: Cursors,
    private readonly reference: ReferenceCopies,
  ) {}

  /** Drafts a product. Unknown codes and impossible ranges are refused, all of them at once. */
  create(caller: Caller, input: CreateProductInput): Promise<Product> {
    return this.tenancy.run(caller, async (tx) => {
      const problems = productProblems(input, localDate(new Date()), await this.reference.regions(tx));
      if (problems.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, problems);
      const id = newId();
      await tx.manager.insert(Product, {
        id,
        bankId: tx.organisationId,
        name: input.name,
        description: input.description,
        state: ProductState.DRAFT,
        version: 0,
        eligibility: eligibilityOf(input.eligibility),
        annualRateMin: input.annualRateMin,
        annualRateMax: input.annualRateMax,
        repaymentModes: input.repaymentModes,
        createdAt: new Date(),
      });
      await audit(tx, { action: 'product.create', resource: 'product', resourceId: id });
      return tx.manager.findOneByOrFail(Product, { id });
    });
  }

  /** A bank's own products, of all banks for supervisors; newest first. */
  list(caller: Caller, query: ProductQuery): Promise<Page<Product>> {
    return this.tenancy.run(caller, (tx) => {
      const products = tx.manager.createQueryBuilder(Product, 'product');
      if (query.state) products.where('product.state = :state', { state: query.state });
      return readPage(products, query, this.cursors, { list: 'products', organisationId: caller.organisationId, filter: query.state });
    });
  }

  get(caller: Caller, id: string): Promise<Product> {
    return this.tenancy.run(caller, async (tx) => {
      const product = await tx.manager.findOneBy(Product, { id });
      if (!product) throw notFound('product');
      return product;
    });
  }

  /** Puts a draft or suspended product on offer. */
  publish(caller: Caller, id: string): Promise<Product> {
    return this.tenancy.run(caller, async (tx) => {
      const product = await this.forChange(tx, id, [ProductState.DRAFT, ProductState.SUSPENDED], 'published');
      product.publishedAt = new Date();
      await this.moveTo(tx, product, ProductState.PUBLISHED);
      const { bankId, name } = product;
      await this.tell(tx, 'product.published', product, { productId: id, bankId, name, eligibility: statedRules(product.eligibility) });
      return product;
    });
  }

  /** Takes a published product off offer. Demands already routed to it go on. */
  suspend(caller: Caller, id: string): Promise<Product> {
    return this.tenancy.run(caller, async (tx) => {
      const product = await this.forChange(tx, id, [ProductState.PUBLISHED], 'suspended');
      await this.moveTo(tx, product, ProductState.SUSPENDED);
      await this.tell(tx, 'product.suspended', product, { productId: id });
      return product;
    });
  }

  /** Locks the product, so that of two changes at once one finds the other's result. */
  private async forChange(tx: Tx, id: string, from: ProductState[], done: string): Promise<Product> {
    const product = await tx.manager.findOne(Product, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!product) throw notFound('product');
    if (!from.includes(product.state)) throw new DomainError('ILLEGAL_STATE', `A ${product.state} product cannot be ${done}.`);
    return product;
  }

  /** The product and its public copy change together. */
  private async moveTo(tx: Tx, product: Product, state: ProductState): Promise<void> {
    product.state = state;
    product.version += 1;
    await tx.manager.update(Product, { id: product.id }, { state, version: product.version, publishedAt: product.publishedAt });
    await tx.manager.upsert(PublishedProduct, { ...product }, ['id']);
  }

  private async tell<Name extends EventName>(tx: Tx, name: Name, product: Product, payload: Payload<Name>): Promise<void> {
    const { id, bankId, version, state } = product;
    await this.publisher.publish(tx, name, { organisationId: bankId, aggregateId: id, version, payload });
    await audit(tx, { action: name, resource: 'product', resourceId: id, detail: { version, state } });
  }
}

/** Eligibility as the catalogue of events writes it: a rule that is not there is left out. */
const statedRules = (eligibility: Eligibility): Payload<'product.published'>['eligibility'] =>
  Object.fromEntries(Object.entries(eligibility).filter(([, rule]) => rule !== null));
