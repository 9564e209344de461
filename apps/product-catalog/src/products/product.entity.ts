import type { EligibilityDocument } from '@finharbor/contracts/eligibility/condition';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { Decimal, LocalDate } from '@finharbor/platform/subgraph/scalars';
import { Directive, ID, Int, ObjectType } from '@nestjs/graphql';
import { Column, Entity } from 'typeorm';
import { documentApi, DocumentScalar } from '../eligibility/document.scalar.js';
import { Eligibility } from '../eligibility/eligibility.entity.js';
import { ProductTerms } from '../terms/terms.js';
import { ProductLine, ProductReviewState, ProductState, RepaymentMode } from '../vocabulary.js';

@ObjectType({ description: 'A product of a bank, an insurer or a guarantor (H-043, H-044).' })
@Directive('@key(fields: "id")')
@Entity({ schema: 'product_catalog', name: 'products' })
export class Product {
  @Property(() => ID, { description: 'Id of the product.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The bank that offers it.', column: { name: 'org_id' } })
  bankId: string;

  @Property(() => ProductLine, { description: 'What is offered.', enum: ProductLine, enumName: 'ProductLine', column: {} })
  line: ProductLine;

  @Property(() => String, { description: 'The bank’s own key of it.', nullable: true, column: {} })
  externalId: string | null;

  @Property(() => String, { description: 'Name of the product.', column: {} })
  name: string;

  @Property(() => String, { description: 'What it is, in the bank’s own words.', nullable: true, column: {} })
  description: string | null;

  @Property(() => ProductState, { description: 'Whether it is on offer.', enum: ProductState, enumName: 'ProductState', column: {} })
  state: ProductState;

  @Property(() => Int, { description: 'Rises with each publication and suspension; 0 for what was never published.', column: {} })
  version: number;

  @Property(() => Int, { description: 'Rises with each change of its content, published or not: its ETag.', column: {} })
  revision: number;

  @Property(() => Int, { description: 'The revision that is published; another one than `revision` is a draft beside it.', nullable: true, column: {} })
  publishedRevision: number | null;

  @Property(() => ProductReviewState, { description: 'Whether a supervisor looked at it.', nullable: true, enum: ProductReviewState, enumName: 'ProductReviewState', column: {} })
  reviewState: ProductReviewState | null;

  @Property(() => String, { description: 'Why it was returned.', nullable: true, column: {} })
  reviewReason: string | null;

  @Property(() => Eligibility, { description: 'What it asks of an applicant, as far as it is searched by.' })
  @Column(() => Eligibility, { prefix: false })
  eligibility: Eligibility;

  @Property(() => DocumentScalar, { description: 'What it asks beside that (docs/eligibility.md).', api: documentApi, column: { type: 'jsonb' } })
  eligibilityRules: EligibilityDocument;

  @Property(() => Decimal, { description: 'Lowest rate, in percent a year.', nullable: true, column: {} })
  annualRateMin: string | null;

  @Property(() => Decimal, { description: 'Highest rate, in percent a year.', nullable: true, column: {} })
  annualRateMax: string | null;

  @Property(() => LocalDate, { description: 'Day of the LPR quote that the rates were reckoned from; null where they are fixed.', nullable: true, column: {} })
  rateQuotedOn: string | null;

  @Property(() => [RepaymentMode], {
    description: 'How it may be paid back (H-051).', nullable: true, enum: RepaymentMode, enumName: 'RepaymentMode', column: {},
  })
  repaymentModes: RepaymentMode[] | null;

  @Property(() => ProductTerms, { description: 'Everything else about it.', column: { type: 'jsonb' } })
  terms: ProductTerms;

  /** As a file of the Australian standard tells it; given out by the facade alone. */
  @Hidden({ type: 'jsonb', nullable: true })
  cdr: Record<string, unknown> | null;

  @Property(() => Date, { description: 'When the draft was made.', column: {} })
  createdAt: Date;

  @Property(() => Date, { description: 'When it was last published.', nullable: true, column: {} })
  publishedAt: Date | null;
}

/** The public copy of a product that was published. It stays when the product is suspended, so that demands can still name it. */
@Entity({ schema: 'product_catalog', name: 'published_products' })
export class PublishedProduct extends Product {}
