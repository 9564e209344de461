import { registerEnumType } from '@nestjs/graphql';

/** What kind of difficulty it is: 痛点, 堵点 or 盲点 (H-032). */
export enum IssueNature {
  PAIN = 'PAIN',
  BLOCK = 'BLOCK',
  BLIND = 'BLIND',
}

/** How it reached the harbor. BOX is the 问题收集箱, GRID a grid worker. */
export enum IssueChannel {
  BOX = 'BOX',
  PHONE = 'PHONE',
  ONLINE = 'ONLINE',
  VISIT = 'VISIT',
  GRID = 'GRID',
}

/** HANDLING: the host bank acknowledged. REOPENED: the registrant was not satisfied. CLOSED is final. */
export enum IssueState {
  REGISTERED = 'REGISTERED',
  HANDLING = 'HANDLING',
  REPLIED = 'REPLIED',
  REOPENED = 'REOPENED',
  CLOSED = 'CLOSED',
}

/** What happened to an issue. OVERDUE steps are the clocks': nobody acted in time. */
export enum IssueAction {
  REGISTERED = 'REGISTERED',
  BANK_ACKNOWLEDGED = 'BANK_ACKNOWLEDGED',
  BRANCH_ACKNOWLEDGED = 'BRANCH_ACKNOWLEDGED',
  REPLIED = 'REPLIED',
  REOPENED = 'REOPENED',
  CLOSED = 'CLOSED',
  BANK_ACKNOWLEDGEMENT_OVERDUE = 'BANK_ACKNOWLEDGEMENT_OVERDUE',
  BRANCH_ACKNOWLEDGEMENT_OVERDUE = 'BRANCH_ACKNOWLEDGEMENT_OVERDUE',
  ANSWER_OVERDUE = 'ANSWER_OVERDUE',
}

registerEnumType(IssueNature, { name: 'IssueNature', description: 'What kind of difficulty it is (痛点, 堵点, 盲点).' });
registerEnumType(IssueChannel, { name: 'IssueChannel', description: 'How an issue reached the harbor.' });
registerEnumType(IssueState, { name: 'IssueState', description: 'How far an issue is.' });
registerEnumType(IssueAction, { name: 'IssueAction', description: 'What happened to an issue.' });
