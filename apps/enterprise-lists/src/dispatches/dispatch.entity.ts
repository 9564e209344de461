import { Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType } from '@nestjs/graphql';
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
export interface DispatchAnswers {
  referralCount: number;
  sentCount: number;
  acknowledgedCount: number;
  answeredCount: number;
  claimedCount: number;
}

/** What a dispatch gives to a bank through a channel. */
@ObjectType({ description: 'What a dispatch gives to one bank through one channel. For supervisors alone.' })
export class DispatchCounts {
  @Property(() => ID, { description: 'The bank.' })
  bankId: string;

  @Property(() => Channel, { description: 'The channel.', enum: Channel, enumName: 'Channel' })
  channel: Channel;

  @Property(() => Int, { description: 'Rows that the bank has not got yet.' })
  newCount: number;

  @Property(() => Int, { description: 'Rows that it has got through the other channel, and would get through this one too.' })
  furtherCount: number;
}

/** The dry run of a dispatch. */
@ObjectType({ description: 'What a dispatch would give to each bank, were it made now. For supervisors alone.' })
export class DispatchPreview {
  @Property(() => ID, { description: 'The list.' })
  pushListId: string;

  @Property(() => [DispatchCounts], { description: 'By bank and channel; a bank that would get nothing new is not among them.' })
  counts: DispatchCounts[];
}
