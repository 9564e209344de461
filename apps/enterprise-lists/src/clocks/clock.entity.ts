import { ClockKind, type ClockTerms, ClockUnit } from '@finharbor/contracts/clocks';
import { ClockState } from '@finharbor/platform/clocks/clock';
import type { KeptEvent } from '@finharbor/platform/clocks/clock-rows';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

registerEnumType(ClockKind, { name: 'ClockKind', description: 'What runs against a clock.' });
registerEnumType(ClockUnit, { name: 'ClockUnit', description: 'Days that a clock counts.' });
registerEnumType(ClockState, {
  name: 'ClockState',
  description: 'Where a clock stands.',
  valuesMap: {
    UNSET: { description: 'The calendar does not reach its end yet: nobody guesses.' },
    BREACHED: { description: 'It ran out, and not everything is done.' },
    MET: { description: 'Done in time.' },
    LATE: { description: 'Done after it had run out.' },
  },
});

/** A clock of a list, or of the rows that came to a bank on one day and share their steps (docs/clocks.md). */
@ObjectType({ description: 'A clock (时限): what an organisation has to do, and by when. The rows that a dispatch brings on one day share theirs.' })
@Entity({ schema: 'enterprise_lists', name: 'clocks' })
export class Clock {
  @Property(() => ID, { description: 'Id of the clock.', column: { primary: true } })
  id: string;

  @Property(() => ClockKind, { description: 'What is to be done.', enum: ClockKind, enumName: 'ClockKind', column: {} })
  kind: ClockKind;

  @Property(() => ID, { description: 'Who must do it.', column: { name: 'org_id' } })
  organisationId: string;

  @Property(() => ID, { description: 'What it is about: the list, or the dispatch.', column: {} })
  subjectId: string;

  @Property(() => ClockState, { description: 'Where it stands.', enum: ClockState, enumName: 'ClockState', column: {} })
  state: ClockState;

  @Property(() => Date, { description: 'When it began. That day is not counted.', column: {} })
  startedAt: Date;

  @Property(() => Date, { description: 'Its end: 24:00 of the last day in Asia/Shanghai. Null while it is paused or UNSET.', nullable: true, column: {} })
  dueAt: Date | null;

  @Property(() => Date, { description: 'The same once it was missed.', nullable: true, column: {} })
  breachedAt: Date | null;

  @Property(() => Date, { description: 'When everything was done.', nullable: true, column: {} })
  stoppedAt: Date | null;

  @Property(() => Int, { description: 'How many days it has.' })
  days: number;

  @Property(() => ClockUnit, { description: 'Which days it counts.', enum: ClockUnit, enumName: 'ClockUnit' })
  unit: ClockUnit;

  @Property(() => String, { description: 'On what its days rest.' })
  source: string;

  @Property(() => Int, { description: 'Minutes left of its days; null where the calendar does not reach.', nullable: true })
  minutesLeft: number | null;

  @Property(() => Int, { description: 'Rows that are still open; of a list 1, and 0 once it was reviewed.' })
  openCount: number;

  @Hidden({ type: 'jsonb' })
  terms: ClockTerms;

  @Hidden({ type: 'jsonb' })
  trail: KeptEvent[];
}
