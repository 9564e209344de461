import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { IssueAction } from './issue.vocabulary.js';

/** Steps keep what a later one replaces on the issue itself, such as the first of two replies. */
@ObjectType({ description: 'One step of an issue: who did what when. Steps are only ever added.' })
@Entity({ schema: 'feedback', name: 'issue_trail' })
export class IssueStep {
  @Property(() => ID, { description: 'Id of the step.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The issue.', column: {} })
  issueId: string;

  @Property(() => IssueAction, { description: 'What happened.', enum: IssueAction, enumName: 'IssueAction', column: {} })
  action: IssueAction;

  @Property(() => ID, { description: 'The organisation that acted; null for the registrant and for clocks.', nullable: true, column: {} })
  actorId: string | null;

  @Property(() => Date, { description: 'When.', column: {} })
  at: Date;

  @Property(() => String, { description: 'What was said: a reply, or the registrant’s comment on it.', nullable: true })
  note: string | null;

  @Hidden({ type: 'uuid', name: 'org_id' }) bankId: string;
  @Hidden({ type: 'text', nullable: true }) noteEncrypted: string | null;
}
