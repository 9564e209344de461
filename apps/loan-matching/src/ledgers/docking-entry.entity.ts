import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** How somebody tried to reach an enterprise. */
export enum DockingWay {
  PHONE = 'PHONE',
  VISIT = 'VISIT',
  AT_OUTLET = 'AT_OUTLET',
  ONLINE = 'ONLINE',
  /** The bank told that it got in touch, and not how. */
  UNSTATED = 'UNSTATED',
}

/** What came of it. */
export enum DockingOutcome {
  REACHED = 'REACHED',
  NOT_REACHED = 'NOT_REACHED',
  TO_BE_CONTINUED = 'TO_BE_CONTINUED',
  NOT_INTERESTED = 'NOT_INTERESTED',
}

registerEnumType(DockingWay, { name: 'DockingWay', description: 'How an enterprise was approached; UNSTATED where its bank told that it was, and not how.' });
registerEnumType(DockingOutcome, { name: 'DockingOutcome', description: 'What came of an approach.' });

@ObjectType({ description: 'An entry of the docking ledger (融资对接台账): one attempt to reach an enterprise about its demand, never changed.' })
@Entity({ schema: 'loan_matching', name: 'docking_entries' })
export class DockingEntry {
  @Property(() => ID, { description: 'Id of the entry; rises with time.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'Who made the attempt.', column: { name: 'org_id' } })
  organisationId: string;

  @Property(() => ID, { description: 'The demand.', column: {} })
  demandId: string;

  @Property(() => DockingWay, { description: 'How.', enum: DockingWay, enumName: 'DockingWay', column: {} })
  way: DockingWay;

  @Property(() => DockingOutcome, { description: 'What came of it.', enum: DockingOutcome, enumName: 'DockingOutcome', column: {} })
  outcome: DockingOutcome;

  @Property(() => String, { description: 'Note, naming no person.', nullable: true, column: {} })
  note: string | null;

  @Property(() => Date, { description: 'When it was made.', column: {} })
  contactedAt: Date;

  @Property(() => Date, { description: 'When it was entered; as of a day, an entry is there from then on.', column: {} })
  recordedAt: Date;

  @Property(() => String, { description: 'The enterprise; null for whoever may not know it (any more).', nullable: true })
  enterpriseName: string | null = null;

  /** The move of the demand that it was made of; null where somebody entered it. */
  @Hidden({ type: 'uuid', nullable: true })
  moveId: string | null;
}
