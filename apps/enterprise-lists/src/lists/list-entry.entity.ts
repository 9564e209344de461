import { GuaranteeType } from '@finharbor/contracts/vocabulary';
import { Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { mayBeWithheld } from '@finharbor/security/aggregates/small-counts';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { ListEntryState } from '../vocabulary.js';

/** An accepted row of a list: what the department stated, and what became of it over all banks, as counts. */
@ObjectType({ description: 'An accepted row. Criteria and demand that the list does not state are null, never guessed. Counts are over all banks.' })
@Entity({ schema: 'enterprise_lists', name: 'list_entries' })
export class ListEntry {
  @Property(() => ID, { description: 'Id of the entry.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The list it belongs to.', column: {} })
  pushListId: string;

  @Property(() => Int, { description: 'Row in the file as a spreadsheet counts, the header being row 1.', column: { name: 'row_number' } })
  row: number;

  @Property(() => ID, { description: 'The enterprise.', column: {} })
  enterpriseId: string;

  @Property(() => String, { description: 'Credit code of the row, normalised.', column: {} })
  creditCode: string;

  @Property(() => String, { description: 'Name as the row writes it.', column: {} })
  name: string;

  @Property(() => String, { description: 'Where the department has the row from.', nullable: true, column: {} })
  source: string | null;

  @Property(() => Boolean, { description: 'Whether it has good prospects (发展前景好).', nullable: true, column: {} })
  goodProspects: boolean | null;

  @Property(() => Boolean, { description: 'Whether it wants credit badly (信贷需求强).', nullable: true, column: {} })
  strongDemand: boolean | null;

  @Property(() => Boolean, { description: 'Whether its credit record is sound (信用记录好).', nullable: true, column: {} })
  soundCredit: boolean | null;

  @Property(() => Decimal, { description: 'Amount wanted, yuan.', nullable: true, column: {} })
  demandAmount: string | null;

  @Property(() => Int, { description: 'Term wanted, months.', nullable: true, column: {} })
  demandTermMonths: number | null;

  @Property(() => String, { description: 'What the money is for.', nullable: true, column: {} })
  demandPurpose: string | null;

  @Property(() => GuaranteeType, { description: 'How it would be secured.', nullable: true, enum: GuaranteeType, enumName: 'GuaranteeType', column: {} })
  guaranteeType: GuaranteeType | null;

  @Property(() => ListEntryState, { description: 'How far it came.', enum: ListEntryState, enumName: 'ListEntryState', column: {} })
  state: ListEntryState;

  @Property(() => String, { description: 'Why it is not recommended, or was withdrawn.', nullable: true, column: {} })
  stateReason: string | null;

  @Property(() => Date, { description: 'Since when it is in this state; null since it was pushed.', nullable: true, column: {} })
  stateAt: Date | null;

  @Property(() => Int, { description: `Banks that acknowledged it. ${mayBeWithheld}`, nullable: true, column: {} })
  acknowledgedCount: number | null;

  @Property(() => Int, { description: `Banks that claim it now. ${mayBeWithheld}`, nullable: true, column: {} })
  claimedCount: number | null;

  @Property(() => Int, { description: `Banks that found no need. ${mayBeWithheld}`, nullable: true, column: {} })
  noNeedCount: number | null;

  @Property(() => Int, { description: `Banks that could not reach it. ${mayBeWithheld}`, nullable: true, column: {} })
  unreachableCount: number | null;

  @Property(() => Int, { description: `Banks that rejected it. ${mayBeWithheld}`, nullable: true, column: {} })
  rejectedCount: number | null;

  @Property(() => Int, { description: `Demands of the enterprise that a bank approved since the list was dispatched. ${mayBeWithheld}`, nullable: true, column: {} })
  approvedCount: number | null;

  @Property(() => Int, { description: `Demands of the enterprise that a bank declined since the list was dispatched. ${mayBeWithheld}`, nullable: true, column: {} })
  declinedCount: number | null;

  @Property(() => Int, { description: `Demands of it that a bank docked (对接): spoke with the enterprise. ${mayBeWithheld}`, nullable: true, column: {} })
  dockedCount: number | null;

  @Property(() => Int, { description: `Demands of it that a bank lent for (放款). ${mayBeWithheld}`, nullable: true, column: {} })
  lentCount: number | null;

  @Property(() => Decimal, { description: `Yuan that banks approved (授信), exactly. ${mayBeWithheld}`, nullable: true, column: {} })
  creditedAmount: string | null;

  @Property(() => Decimal, { description: `Yuan that banks lent, exactly. ${mayBeWithheld}`, nullable: true, column: {} })
  lentAmount: string | null;
}

/** Figures of an entry that add up to each other: banks that acknowledged it and what they answered, and what became of its demands. */
export const entryCounts: (keyof ListEntry)[][] = [
  ['acknowledgedCount', 'claimedCount', 'noNeedCount', 'unreachableCount', 'rejectedCount'],
  ['approvedCount', 'declinedCount', 'dockedCount', 'lentCount', 'creditedAmount', 'lentAmount'],
];
