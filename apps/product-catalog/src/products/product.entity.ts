import { Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { Directive, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Column, Entity } from 'typeorm';
import { Eligibility } from '../eligibility/eligibility.entity.js';

/** DRAFT is the bank's own affair; PUBLISHED is on offer; SUSPENDED is not offered any more, but demands routed to it go on. */
export enum ProductState {
  DRAFT = 'DRAFT',
  PUBLISHED = 'PUBLISHED',
  SUSPENDED = 'SUSPENDED',
}

/** How a loan is paid back. BORROW_REPAY_ANYTIME is 随借随还 (H-051). */
export enum RepaymentMode {
  EQUAL_INSTALMENTS = 'EQUAL_INSTALMENTS',
  EQUAL_PRINCIPAL = 'EQUAL_PRINCIPAL',
  INTEREST_THEN_PRINCIPAL = 'INTEREST_THEN_PRINCIPAL',
  BULLET = 'BULLET',
  BORROW_REPAY_ANYTIME = 'BORROW_REPAY_ANYTIME',
}

registerEnumType(ProductState, { name: 'ProductState', description: 'Whether a product is on offer.' });
registerEnumType(RepaymentMode, { name: 'RepaymentMode', description: 'How a loan is paid back.' });

@ObjectType({ description: 'A loan product of a bank (H-043, H-044).' })
@Directive('@key(fields: "id")')
@Entity({ schema: 'product_catalog', name: 'products' })
export class Product {
  @Property(() => ID, { description: 'Id of the product.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The bank that offers it.', column: { name: 'org_id' } })
  bankId: string;

  @Property(() => String, { description: 'Name of the product.', column: {} })
  name: string;

  @Property(() => String, { description: 'What it is, in the bank’s own words.', nullable: true, column: {} })
  description: string | null;

  @Property(() => ProductState, { description: 'Whether it is on offer.', enum: ProductState, enumName: 'ProductState', column: {} })
  state: ProductState;

  @Property(() => Int, { description: 'Rises with each publication and suspension; 0 for what was never published.', column: {} })
  version: number;

  @Property(() => Eligibility, { description: 'What it asks of an applicant.' })
  @Column(() => Eligibility, { prefix: false })
  eligibility: Eligibility;

  @Property(() => Decimal, { description: 'Lowest rate, in percent a year.', nullable: true, column: {} })
  annualRateMin: string | null;

  @Property(() => Decimal, { description: 'Highest rate, in percent a year.', nullable: true, column: {} })
  annualRateMax: string | null;

  @Property(() => [RepaymentMode], {
    description: 'How it may be paid back (H-051).', nullable: true, enum: RepaymentMode, enumName: 'RepaymentMode', column: {},
  })
  repaymentModes: RepaymentMode[] | null;

  @Property(() => Date, { description: 'When the draft was made.', column: {} })
  createdAt: Date;

  @Property(() => Date, { description: 'When it was last published.', nullable: true, column: {} })
  publishedAt: Date | null;
}

/** The public copy of a product that was published. It stays when the product is suspended, so that demands can still name it. */
@Entity({ schema: 'product_catalog', name: 'published_products' })
export class PublishedProduct extends Product {}
