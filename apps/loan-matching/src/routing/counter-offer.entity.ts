import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

export enum CounterOfferAnswer {
  TAKEN = 'TAKEN',
  DECLINED = 'DECLINED',
  RETRACTED = 'RETRACTED',
}

registerEnumType(CounterOfferAnswer, { name: 'CounterOfferAnswer', description: 'What became of a counter-offer.' });

@ObjectType({ description: 'Other terms that a bank proposes. To take them decides nothing: the bank still does.' })
@Entity({ schema: 'loan_matching', name: 'counter_offers' })
export class CounterOffer {
  @Property(() => ID, { description: 'Id of the offer; rises with time.', column: { primary: true } }) id: string;
  @Property(() => ID, { description: 'The demand.', column: {} }) demandId: string;
  @Property(() => Decimal, { description: 'In yuan.', column: {} }) amount: string;
  @Property(() => Int, { description: 'In months.', column: {} }) termMonths: number;
  @Property(() => Decimal, { description: 'Percent a year.', nullable: true, column: {} }) annualRate: string | null;
  @Property(() => String, { description: 'Why, and under which conditions.', column: {} }) text: string;
  @Property(() => Date, { description: 'When.', column: {} }) offeredAt: Date;
  @Property(() => CounterOfferAnswer, { description: 'What became of it; null while it is open.', nullable: true, enum: CounterOfferAnswer, enumName: 'CounterOfferAnswer', column: {} })
  answer: CounterOfferAnswer | null;
  @Property(() => Date, { description: 'When it was answered.', nullable: true, column: {} }) answeredAt: Date | null;
  @Hidden({ type: 'uuid' }) orgId: string;
}
