import { DomainError } from '@finharbor/contracts/errors';
import { documentOf } from '@finharbor/contracts/eligibility/simple';
import type { EventName, Payload } from '@finharbor/contracts/events/catalogue';
import { CONFIG } from '@finharbor/platform/config/config';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Inject, Injectable } from '@nestjs/common';
import type { ProductCatalogConfig } from '../config.js';
import type { Eligibility } from '../eligibility/eligibility.entity.js';
import { type Applies, Snapshot } from '../published/snapshot.js';
import { ProductReviewState, ProductState } from '../vocabulary.js';
import { pricedOn } from './product-content.js';
import { Product, PublishedProduct } from './product.entity.js';
import type { PublishProductInput, ReviewProductInput } from './product.inputs.js';
import { lockProduct, qualityIn } from './products.service.js';

const { DRAFT, SUBMITTED, PUBLISHED, SUSPENDED, RETIRED } = ProductState;

/** How a product comes on offer and goes off it: DRAFT → SUBMITTED → PUBLISHED → SUSPENDED → RETIRED. */
@Injectable()
export class PublicationService {
  constructor(
    @Inject(CONFIG) private readonly config: ProductCatalogConfig,
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly reference: ReferenceCopies,
    private readonly snapshot: Snapshot,
  ) {}

  /** Asks the supervisors to look at it. A draft becomes SUBMITTED; what is published stays so, its draft waits beside it. */
  submit(caller: Caller, id: string): Promise<Product> {
    return this.tenancy.run(caller, async (tx) => {
      const product = await forChange(tx, id, [DRAFT, PUBLISHED, SUSPENDED], 'submitted');
      if (product.revision === product.publishedRevision) throw new DomainError('ILLEGAL_STATE', 'Nothing changed since it was published.');
      const change = { state: product.state === DRAFT ? SUBMITTED : product.state, reviewState: ProductReviewState.PENDING,
        reviewReason: null };
      return this.change(tx, product, change, 'product.submit');
    });
  }

  /** A supervisor's word: approved, its bank may publish it; returned, it is a draft again. */
  review(caller: Caller, id: string, { outcome, reason }: ReviewProductInput): Promise<Product> {
    return this.tenancy.run(caller, async (tx) => {
      const product = await lockProduct(tx, id);
      if (product.reviewState !== ProductReviewState.PENDING) throw new DomainError('ILLEGAL_STATE', 'The product does not wait for a review.');
      if (outcome === 'RETURNED' && !reason) {
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'reason', rule: 'required', message: 'reason is needed with RETURNED' }]);
      }
      const state = outcome === 'RETURNED' && product.state === SUBMITTED ? DRAFT : product.state;
      return this.change(tx, product, { state, reviewState: ProductReviewState[outcome], reviewReason: reason ?? null }, 'product.review');
    });
  }

  /**
   * Puts a product on offer as it is written now: a draft, a suspended one, or a new version of a published one. Refused where
   * the installation asks for a review or a quality that it has not. Published versions stay for ever: a correction is another one.
   */
  publish(caller: Caller, id: string, input: PublishProductInput): Promise<Product> {
    return this.tenancy.run(caller, (tx) => this.publishIn(tx, id, input));
  }

  /** The same within a transaction that does more. */
  async publishIn(tx: Tx, id: string, input: PublishProductInput): Promise<Product> {
    const product = await forChange(tx, id, [DRAFT, SUBMITTED, PUBLISHED, SUSPENDED], 'published');
    const isNew = product.revision !== product.publishedRevision;
    if (product.state === PUBLISHED && !isNew) throw new DomainError('ILLEGAL_STATE', 'A PUBLISHED product cannot be published without a change.');
    if (this.config.PRODUCT_REVIEW && isNew && product.reviewState !== ProductReviewState.APPROVED) {
      throw new DomainError('ILLEGAL_STATE', 'A supervisor must approve the product first: submit it.');
    }
    await this.mustBeGood(tx, product);
    const applies = appliesOf(input, product);
    if (applies.to) return this.correct(tx, product, applies);
    pricedOn(product, localDate(new Date()), await this.reference.quotes(tx));
    Object.assign(product, { publishedAt: new Date(), publishedRevision: product.revision, state: PUBLISHED });
    await this.told(tx, product, applies);
    const { bankId, name, eligibility, eligibilityRules, annualRateMin } = product;
    await this.tell(tx, 'product.published', product, {
      productId: id, bankId, name, eligibility: statedRules(eligibility),
      expression: documentOf(eligibility, eligibilityRules.rules) as unknown as Payload<'product.published'>['expression'],
      annualRateMin,
    });
    return product;
  }

  /** Takes a published product off offer. Demands already routed to it go on. */
  suspend(caller: Caller, id: string): Promise<Product> {
    return this.end(caller, id, SUSPENDED, [PUBLISHED], 'suspended');
  }

  /** Takes a product off offer for good. */
  retire(caller: Caller, id: string): Promise<Product> {
    return this.end(caller, id, RETIRED, [DRAFT, SUBMITTED, PUBLISHED, SUSPENDED], 'retired');
  }

  private end(caller: Caller, id: string, state: ProductState, from: ProductState[], done: string): Promise<Product> {
    return this.tenancy.run(caller, async (tx) => {
      const product = await forChange(tx, id, from, done);
      if (product.publishedRevision === null) return this.change(tx, product, { state }, `product.${done}`);
      // What was on offer is what ends, not the draft that may wait beside it.
      const offered = await tx.manager.findOneByOrFail(PublishedProduct, { id });
      Object.assign(product, { state, version: product.version + 1 });
      await tx.manager.update(Product, { id }, { state, version: product.version });
      await this.snapshot.write(tx, { ...offered, state, version: product.version }, { from: new Date(), to: null });
      await this.tell(tx, 'product.suspended', product, { productId: id });
      return product;
    });
  }

  /** What is written now is said to have been so for a time that is over; what is on offer stays, and the draft stays a draft. */
  private async correct(tx: Tx, product: Product, applies: Applies): Promise<Product> {
    product.version += 1;
    await tx.manager.update(Product, { id: product.id }, { version: product.version });
    const corrected = pricedOn({ ...product, state: PUBLISHED }, localDate(applies.from), await this.reference.quotes(tx));
    await this.snapshot.write(tx, corrected, applies);
    await audit(tx, { action: 'product.correct', resource: 'product', resourceId: product.id, detail: { version: product.version } });
    return product;
  }

  private async change(tx: Tx, product: Product, change: Partial<Product>, action: string): Promise<Product> {
    await tx.manager.update(Product, { id: product.id }, change as object);
    await audit(tx, { action, resource: 'product', resourceId: product.id, detail: { revision: product.revision } });
    return Object.assign(product, change);
  }

  /** The product, its public copy and its history change together. */
  private async told(tx: Tx, product: Product, applies: Applies): Promise<void> {
    product.version += 1;
    const { state, version, publishedAt, publishedRevision, annualRateMin, annualRateMax, rateQuotedOn } = product;
    await tx.manager.update(Product, { id: product.id },
      { state, version, publishedAt, publishedRevision, annualRateMin, annualRateMax, rateQuotedOn } as object);
    await this.snapshot.write(tx, product, applies);
  }

  private async tell<Name extends EventName>(tx: Tx, name: Name, product: Product, payload: Payload<Name>): Promise<void> {
    const { id, bankId, version, state } = product;
    await this.publisher.publish(tx, name, { organisationId: bankId, aggregateId: id, version, payload });
    await audit(tx, { action: name, resource: 'product', resourceId: id, detail: { version, state } });
  }

  private async mustBeGood(tx: Tx, product: Product): Promise<void> {
    const least = this.config.PRODUCT_QUALITY_MIN;
    if (least === 0) return;
    const { score, missing } = await qualityIn(tx, product);
    if (score >= least) return;
    throw new DomainError('QUALITY_TOO_LOW', `Its quality is ${score}, and must be ${least}: see GET /v1/products/${product.id}/quality.`,
      missing.map((field) => ({ field, rule: 'told', message: `${field} is not told` })));
  }
}

async function forChange(tx: Tx, id: string, from: ProductState[], done: string): Promise<Product> {
  const product = await lockProduct(tx, id);
  if (!from.includes(product.state)) throw new DomainError('ILLEGAL_STATE', `A ${product.state} product cannot be ${done}.`);
  return product;
}

/** From now on, unless the input corrects the past. */
function appliesOf({ validFrom, validTo }: PublishProductInput, product: Product): Applies {
  const now = new Date();
  const [from, to] = [validFrom ? new Date(validFrom) : now, validTo ? new Date(validTo) : null];
  const refuse = (field: string, rule: string, message: string): never => {
    throw new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);
  };
  if (from > now) refuse('validFrom', 'past', 'validFrom must not lie in the future');
  if (to && to <= from) refuse('validTo', 'range', 'validTo must lie behind validFrom');
  if (to && to > now) refuse('validTo', 'past', 'validTo must not lie in the future');
  if (to && product.publishedRevision === null) refuse('validTo', 'first', 'what was never published has nothing to correct');
  return { from, to };
}

/** Eligibility as the catalogue of events writes it: a rule that is not there is left out. */
const statedRules = (eligibility: Eligibility): Payload<'product.published'>['eligibility'] =>
  Object.fromEntries(Object.entries(eligibility).filter(([, rule]) => rule !== null));
