import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { mayBeWithheld } from '@finharbor/security/aggregates/small-counts';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** Rows of a bank that were withdrawn, and the proof that the bank processed it. */
@ObjectType({ description: 'Referrals of a bank that were withdrawn. The bank confirms that it has withdrawn them too.' })
@Entity({ schema: 'enterprise_lists', name: 'referral_recalls' })
export class ReferralRecall {
  @Property(() => ID, { description: 'Id of the recall.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The bank.', column: { name: 'org_id' } })
  bankId: string;

  @Property(() => ID, { description: 'The list that the rows stand on.', column: {} })
  pushListId: string;

  @Property(() => String, { description: 'Why, in the words of whoever withdrew them.', column: {} })
  reason: string;

  @Property(() => Int, { description: 'Referrals that were withdrawn; `/v1/referrals?recallId=` lists them.', column: {} })
  referralCount: number;

  @Property(() => Date, { description: 'When they were withdrawn.', column: {} })
  recalledAt: Date;

  @Property(() => Date, { description: 'When the bank confirmed that it processed the recall.', nullable: true, column: {} })
  acknowledgedAt: Date | null;

  @Property(() => String, { description: 'The client of the bank that confirmed it.', nullable: true, column: {} })
  acknowledgedBy: string | null;

  @Hidden({ type: 'uuid' })
  listRecallId: string;
}

/** Rows of a list that were withdrawn, for the department, with how many banks and platforms have confirmed it. */
@ObjectType({ description: 'Rows of a list that were withdrawn everywhere they went, with how many have confirmed it.' })
@Entity({ schema: 'enterprise_lists', name: 'list_recalls' })
export class ListRecall {
  @Property(() => ID, { description: 'Id of the recall.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The list.', column: {} })
  pushListId: string;

  @Property(() => String, { description: 'Why.', column: {} })
  reason: string;

  @Property(() => Date, { description: 'When.', column: {} })
  recalledAt: Date;

  @Property(() => Int, { description: 'Rows that were withdrawn and had been given to banks.', column: {} })
  entryCount: number;

  @Property(() => Int, { description: `Banks that they were withdrawn at. ${mayBeWithheld}`, nullable: true, column: {} })
  bankCount: number | null;

  @Property(() => Int, { description: `Those of them that confirmed it. ${mayBeWithheld}`, nullable: true, column: {} })
  acknowledgedCount: number | null;

  @Property(() => Int, { description: `Recall files to outside platforms. ${mayBeWithheld}`, nullable: true, column: {} })
  fileCount: number | null;

  @Property(() => Int, { description: `Those of them that came back with a receipt. ${mayBeWithheld}`, nullable: true, column: {} })
  receiptCount: number | null;

  @Hidden({ type: 'uuid', name: 'org_id' })
  departmentId: string;
}

/** Figures of a recall that add up to each other. */
export const recallCounts: (keyof ListRecall)[][] = [['bankCount', 'acknowledgedCount'], ['fileCount', 'receiptCount']];
