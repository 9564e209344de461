import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Property } from '@finharbor/platform/subgraph/property';
import { mayBeWithheld } from '@finharbor/security/aggregates/small-counts';
import { Int, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'How many rows were turned down for a reason.' })
export class ReasonCount {
  @Property(() => ReasonCode, { description: 'The reason.', enum: ReasonCode, enumName: 'ReasonCode' })
  reasonCode: ReasonCode;

  @Property(() => Int, { description: `Rows that a bank turned down for it; what two banks turned down counts twice. ${mayBeWithheld}`, nullable: true })
  count: number | null;
}

/** How long banks took for a step, in whole working days: the day of delivery does not count, so the next working day is one. */
@ObjectType({ description: 'How long banks took for a step, in working days from the day of delivery, which does not count (民法典 art. 201).' })
export class ResponseTime {
  @Property(() => Int, { description: `Rows whose bank took the step. ${mayBeWithheld}`, nullable: true })
  count: number | null;

  @Property(() => Int, { description: `Banks that they are of. ${mayBeWithheld}`, nullable: true })
  bankCount: number | null;

  @Property(() => Int, { description: 'Half of the rows took at most so many working days (p50); null where there is none, and to a department where count is.', nullable: true })
  medianDays: number | null;

  @Property(() => Int, { description: 'Nine rows of ten took at most so many working days (p90); null like medianDays.', nullable: true })
  percentile90Days: number | null;
}
