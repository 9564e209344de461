import { Property } from '@finharbor/platform/subgraph/property';
import { ID, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { Channel } from '../vocabulary.js';

/** A list sent to one bank through one channel (H-041). */
@ObjectType({ description: 'A list sent to one bank through one channel (H-041). For supervisors alone.' })
@Entity({ schema: 'enterprise_lists', name: 'dispatches' })
export class Dispatch {
  @Property(() => ID, { description: 'Id of the dispatch.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The bank.', column: { name: 'org_id' } })
  bankId: string;

  @Property(() => ID, { description: 'The list.', column: {} })
  pushListId: string;

  @Property(() => Channel, { description: 'The channel.', enum: Channel, enumName: 'Channel', column: {} })
  channel: Channel;

  @Property(() => Date, { description: 'When it was sent.', column: {} })
  dispatchedAt: Date;
}

/** What the bank did with the referrals that a dispatch brought it. A row that came by an earlier one counts there. */
export interface DispatchCounts {
  referralCount: number;
  acknowledgedCount: number;
  answeredCount: number;
  claimedCount: number;
}
