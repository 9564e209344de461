import { ClockKind, type ClockTerms, ClockUnit } from '@finharbor/contracts/clocks';
import { ClockState } from '@finharbor/platform/clocks/clock';
import type { KeptEvent } from '@finharbor/platform/clocks/clock-rows';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** What the graph says of these is what enterprise-lists says: the enumerations are the same. */
registerEnumType(ClockKind, { name: 'ClockKind', description: 'What runs against a clock.' });
registerEnumType(ClockUnit, { name: 'ClockUnit', description: 'Days that a clock counts.' });
registerEnumType(ClockState, { name: 'ClockState', description: 'Where a clock stands.' });

@ObjectType({ description: 'A clock (时限) of a demand: what its bank, or its enterprise, has to do by when.' })
@Entity({ schema: 'loan_matching', name: 'clocks' })
export class DemandClock {
  @Property(() => ID, { description: 'Id of the clock.', column: { primary: true } })
  id: string;

  @Property(() => ClockKind, { description: 'What is to be done.', enum: ClockKind, enumName: 'ClockKind', column: {} })
  kind: ClockKind;

  @Property(() => ID, { description: 'The demand.', column: { name: 'subject_id' } })
  demandId: string;

  @Property(() => ID, { description: 'The bank that must do it; null where the enterprise must.', nullable: true })
  bankId: string | null;

  @Property(() => ClockState, { description: 'Where it stands.', enum: ClockState, enumName: 'ClockState', column: {} })
  state: ClockState;

  @Property(() => Date, { description: 'When it began. That day is not counted.', column: {} })
  startedAt: Date;

  @Property(() => Date, { description: 'Its end: 24:00 of the last day in Asia/Shanghai. Null while it is paused or UNSET.', nullable: true, column: {} })
  dueAt: Date | null;

  @Property(() => Date, { description: 'The same once it was missed.', nullable: true, column: {} })
  breachedAt: Date | null;

  @Property(() => Date, { description: 'When it was done.', nullable: true, column: {} })
  stoppedAt: Date | null;

  @Property(() => Int, { description: 'How many days it has.' })
  days: number;

  @Property(() => ClockUnit, { description: 'Which days it counts.', enum: ClockUnit, enumName: 'ClockUnit' })
  unit: ClockUnit;

  @Property(() => String, { description: 'On what its days rest.' })
  source: string;

  @Property(() => Int, { description: 'Minutes left of its days; null where the calendar does not reach.', nullable: true })
  minutesLeft: number | null;

  @Hidden({ type: 'uuid' })
  orgId: string;

  @Hidden({ type: 'jsonb' })
  terms: ClockTerms;

  @Hidden({ type: 'jsonb' })
  trail: KeptEvent[];
}
