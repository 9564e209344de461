import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { Directive, ID, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { IssueChannel, IssueNature, IssueState } from './issue.vocabulary.js';

@ObjectType({ description: 'A financing issue registered at a harbor. Its host bank and the central-bank branch both answer for it (H-038).' })
@Directive('@key(fields: "id")')
@Entity({ schema: 'feedback', name: 'issues' })
export class Issue {
  @Property(() => ID, { description: 'Id of the issue.', column: { primary: true } })
  id: string;
  @Property(() => ID, { description: 'The host bank, which must answer.', column: { name: 'org_id' } })
  bankId: string;
  @Property(() => ID, { description: 'The harbor where it was registered.', column: {} })
  harborId: string;
  @Property(() => IssueNature, { description: 'What kind of difficulty it is (H-032).', enum: IssueNature, enumName: 'IssueNature', column: {} })
  nature: IssueNature;
  @Property(() => IssueChannel, { description: 'How it reached the harbor (A-14).', enum: IssueChannel, enumName: 'IssueChannel', column: {} })
  channel: IssueChannel;
  @Property(() => IssueState, { description: 'How far it is.', enum: IssueState, enumName: 'IssueState', column: {} })
  state: IssueState;

  @Property(() => String, { description: 'What it is about, in a few words.' })
  title: string;
  @Property(() => String, { description: 'The difficulty, as the registrant told it.' })
  text: string;
  @Property(() => String, { description: 'The bank’s latest reply.', nullable: true })
  reply: string | null;
  @Property(() => String, { description: 'Who registered it, masked; null when the consent to say so was withdrawn.', nullable: true })
  registrantName: string | null;
  @Property(() => String, { description: 'Where to reach the registrant, masked; null likewise.', nullable: true })
  registrantPhone: string | null;

  @Property(() => Boolean, { description: 'Whether the bank’s staff registered it for the registrant.', column: {} })
  registeredByBank: boolean;
  @Property(() => Date, { description: 'When it was registered.', column: {} })
  registeredAt: Date;
  @Property(() => Date, { description: 'Both must acknowledge by then; null when no calendar covers that day.', nullable: true, column: {} })
  acknowledgeBy: Date | null;
  @Property(() => Date, { description: 'When the host bank acknowledged it.', nullable: true, column: {} })
  bankAcknowledgedAt: Date | null;
  @Property(() => Date, { description: 'When the central-bank branch acknowledged it.', nullable: true, column: {} })
  branchAcknowledgedAt: Date | null;
  @Property(() => Boolean, { description: 'Whether the bank did not acknowledge it in time.', column: {} })
  bankAcknowledgementOverdue: boolean;
  @Property(() => Boolean, { description: 'Whether the branch did not acknowledge it in time.', column: {} })
  branchAcknowledgementOverdue: boolean;
  @Property(() => Date, { description: 'The bank must reply by then; null when no calendar covers that day.', nullable: true, column: {} })
  answerBy: Date | null;
  @Property(() => Boolean, { description: 'Whether a reply of the bank ever was late.', column: {} })
  answerOverdue: boolean;
  @Property(() => Date, { description: 'When the bank replied last.', nullable: true, column: {} })
  repliedAt: Date | null;
  @Property(() => Date, { description: 'When the registrant confirmed.', nullable: true, column: {} })
  closedAt: Date | null;

  @Hidden({ type: 'timestamptz', nullable: true }) consentWithdrawnAt: Date | null;
  @Hidden({ type: 'text' }) titleEncrypted: string;
  @Hidden({ type: 'text' }) textEncrypted: string;
  @Hidden({ type: 'text', nullable: true }) replyEncrypted: string | null;
  @Hidden({ type: 'text' }) registrantNameEncrypted: string;
  @Hidden({ type: 'text' }) registrantPhoneEncrypted: string;
  @Hidden({ type: 'text' }) accessSecretHash: string;
}

/** The answer to a registration: the only time that the secret is shown. */
export class RegisteredIssue {
  @Property(() => Issue, { description: 'The issue.' })
  issue: Issue;
  @Property(() => String, { description: 'Follows and confirms the issue, sent as the header Access-Secret. It is shown this once.' })
  accessSecret: string;
}
