import { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import { Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { Float, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

registerEnumType(SizeClass, { name: 'SizeClass', description: 'Size of an enterprise (国统字〔2017〕213号).' });
registerEnumType(GuaranteeType, { name: 'GuaranteeType', description: 'How a loan may be secured.' });

/** What a product asks of an applicant (H-044): columns of the product's own row, so that it can be searched. */
@ObjectType({ description: 'What a product asks of an applicant. An absent rule excludes nobody.' })
export class Eligibility {
  @Property(() => [String], { description: 'Regions served, by code; a region includes what lies within.', nullable: true, column: {} })
  regionCodes: string[] | null;

  @Property(() => [String], { description: 'Industries served: sections or codes of GB/T 4754-2017, sub-codes included.', nullable: true, column: {} })
  industryCodes: string[] | null;

  @Property(() => [SizeClass], { description: 'Size classes served.', nullable: true, enum: SizeClass, enumName: 'SizeClass', column: {} })
  sizeClasses: SizeClass[] | null;

  @Property(() => Decimal, { description: 'Smallest amount, in yuan.', nullable: true, column: {} })
  amountMin: string | null;

  @Property(() => Decimal, { description: 'Largest amount, in yuan.', nullable: true, column: {} })
  amountMax: string | null;

  @Property(() => Int, { description: 'Shortest term, in months.', nullable: true, column: {} })
  termMonthsMin: number | null;

  @Property(() => Int, { description: 'Longest term, in months.', nullable: true, column: {} })
  termMonthsMax: number | null;

  @Property(() => Float, { description: 'Years since its registration that the enterprise must have.', nullable: true, column: {} })
  yearsInBusinessMin: number | null;

  @Property(() => [GuaranteeType], {
    description: 'Kinds of security that the bank takes.', nullable: true, enum: GuaranteeType, enumName: 'GuaranteeType', column: {},
  })
  guaranteeTypes: GuaranteeType[] | null;
}
