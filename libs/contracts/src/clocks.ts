import type { RollForward } from '@finharbor/standards/working-days';

/** Every clock (时限) of the suite: what runs while nobody has done it. */
export enum ClockKind {
  LIST_REVIEW = 'LIST_REVIEW',
  REFERRAL_ACKNOWLEDGE = 'REFERRAL_ACKNOWLEDGE',
  REFERRAL_CONTACT = 'REFERRAL_CONTACT',
  REFERRAL_DECISION = 'REFERRAL_DECISION',
  REFERRAL_DECISION_LIMIT = 'REFERRAL_DECISION_LIMIT',
  DEMAND_ACCEPT = 'DEMAND_ACCEPT',
  ISSUE_ACKNOWLEDGE = 'ISSUE_ACKNOWLEDGE',
  ISSUE_ACKNOWLEDGE_BRANCH = 'ISSUE_ACKNOWLEDGE_BRANCH',
  ISSUE_ANSWER = 'ISSUE_ANSWER',
}

export enum ClockUnit {
  WORKING_DAYS = 'WORKING_DAYS',
  NATURAL_DAYS = 'NATURAL_DAYS',
}

/** What becomes of a clock that nobody stopped: supervisors are told, and rows may be offered to the next bank. */
export type Escalation = 'REPORT' | 'OFFER_ONWARD';

/** How long a clock runs, and on what that rests: they hold for clocks that start on a day or after it. */
export interface ClockTerms {
  readonly unit: ClockUnit;
  /** Days, the day of the start not counted (民法典 art. 201). */
  readonly amount: number;
  /** Where the last of natural days goes (民法典 art. 203); working days end on one anyway. */
  readonly rollForward: RollForward;
  /** Working days before the last day at whose beginning whoever must act is reminded; 0 is the last day itself. */
  readonly reminders: readonly number[];
  /** Where the number comes from, for readers: a rule, a published example, or `design`. */
  readonly source: string;
}

export interface ClockDefinition extends ClockTerms {
  /** What is to be done before it runs out. */
  readonly description: string;
  readonly escalation: Escalation;
}

const days = (
  description: string, amount: number, source: string, more: Partial<ClockDefinition> = {},
): ClockDefinition => ({ description, unit: ClockUnit.WORKING_DAYS, amount, rollForward: 'NONE', reminders: [0], source, escalation: 'REPORT', ...more });

/** How long each runs unless an import of reference data (`sla`) says otherwise from a day on (domain.md 2.9). */
export const clockDefinitions: Readonly<Record<ClockKind, ClockDefinition>> = {
  [ClockKind.LIST_REVIEW]: days('The central-bank branch reviews a list that a department submitted.', 5, 'design', { reminders: [1, 0] }),
  [ClockKind.REFERRAL_ACKNOWLEDGE]: days('A bank acknowledges referrals.', 1, '浙江贷款码“135”：1日内受理', { escalation: 'OFFER_ONWARD' }),
  [ClockKind.REFERRAL_CONTACT]: days('A bank gets in touch with the enterprises and answers referrals.', 3, '浙江贷款码“135”：3日内对接',
    { reminders: [1, 0], escalation: 'OFFER_ONWARD' }),
  [ClockKind.REFERRAL_DECISION]: days('A bank decides on what it claimed.', 10, '渝惠融：接单后10个工作日内完成授信流程', { reminders: [3, 1] }),
  [ClockKind.REFERRAL_DECISION_LIMIT]: days('A bank decides on what it claimed of a recommended list, whatever happened.', 30, '支持小微企业融资协调工作机制：30日内作出授信决定',
    { unit: ClockUnit.NATURAL_DAYS, rollForward: 'STATUTORY_HOLIDAY', reminders: [5, 1] }),
  [ClockKind.DEMAND_ACCEPT]: days('A bank accepts a demand that chose it.', 1, '浙江贷款码“135”：1日内受理'),
  [ClockKind.ISSUE_ACKNOWLEDGE]: days('A bank acknowledges a financing issue.', 1, 'design'),
  [ClockKind.ISSUE_ACKNOWLEDGE_BRANCH]: days('The central-bank branch acknowledges a financing issue.', 1, 'design'),
  [ClockKind.ISSUE_ANSWER]: days('A bank answers a financing issue.', 5, 'design；德州“好差评”5个工作日整改'),
};
