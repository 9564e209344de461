import type { RollForward } from '@finharbor/standards/working-days';

/** Every clock (时限) of the suite: what runs while nobody has done it. */
export enum ClockKind {
  LIST_REVIEW = 'LIST_REVIEW',
  REFERRAL_ACKNOWLEDGE = 'REFERRAL_ACKNOWLEDGE',
  REFERRAL_CONTACT = 'REFERRAL_CONTACT',
  REFERRAL_DECISION = 'REFERRAL_DECISION',
  REFERRAL_DECISION_LIMIT = 'REFERRAL_DECISION_LIMIT',
  DEMAND_ACCEPT = 'DEMAND_ACCEPT',
  DEMAND_CONTACT = 'DEMAND_CONTACT',
  DEMAND_DECISION = 'DEMAND_DECISION',
  DEMAND_DECISION_LIMIT = 'DEMAND_DECISION_LIMIT',
  DEMAND_LENDING = 'DEMAND_LENDING',
  /** The enterprise's own: its bank asked something of it, or offered other terms. */
  DEMAND_ANSWER = 'DEMAND_ANSWER',
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

/** Who may be told that a clock ran out: whoever must act, and the supervisors. */
export const ladderAddressees = ['HOLDER', 'CENTRAL_BANK_BRANCH', 'FINANCE_OFFICE', 'FINANCIAL_REGULATOR'] as const;

/** A rung of the ladder (升级): who is told when a clock is still open so many working days after its last day; 0 is its end. */
export interface LadderRung {
  readonly after: number;
  readonly tell: readonly (typeof ladderAddressees)[number][];
}

/** How long a clock runs, and on what that rests: they hold for clocks that start on a day or after it. */
export interface ClockTerms {
  readonly unit: ClockUnit;
  /** Days, the day of the start not counted (民法典 art. 201). */
  readonly amount: number;
  /** Where the last of natural days goes (民法典 art. 203); working days end on one anyway. */
  readonly rollForward: RollForward;
  /** Working days before the last day at whose beginning whoever must act is reminded; 0 is the last day itself. */
  readonly reminders: readonly number[];
  /** What follows its end while nobody acts, lowest rung first. Of clocks that have none, their service tells whom it always told. */
  readonly ladder?: readonly LadderRung[];
  /** Where the number comes from, for readers: a rule, a published example, or `design`. */
  readonly source: string;
}

export interface ClockDefinition extends ClockTerms {
  /** What is to be done before it runs out. */
  readonly description: string;
  readonly escalation: Escalation;
  /** Whoever must act has no account to be told by: it is not reminded, and no rung names it. It reads its clock. */
  readonly untold?: true;
}

/** Bank and central-bank branch at the end, all supervisors when that did not help (design). */
const ladder: readonly LadderRung[] = [
  { after: 0, tell: ['HOLDER', 'CENTRAL_BANK_BRANCH'] }, { after: 2, tell: ['HOLDER', 'CENTRAL_BANK_BRANCH', 'FINANCE_OFFICE'] },
];

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
  [ClockKind.DEMAND_ACCEPT]: days('A bank accepts a demand that chose it.', 1, '浙江贷款码“135”：1日内受理', { ladder, escalation: 'OFFER_ONWARD' }),
  [ClockKind.DEMAND_CONTACT]: days('A bank gets in touch with the enterprise of a demand.', 3, '浙江贷款码“135”：3日内对接', { reminders: [1, 0], ladder }),
  [ClockKind.DEMAND_DECISION]: days('A bank decides on a demand.', 10, '渝惠融：接单后10个工作日内完成授信流程', { reminders: [3, 1], ladder }),
  [ClockKind.DEMAND_DECISION_LIMIT]: days('A bank decides on a demand at the latest.', 30, '支持小微企业融资协调工作机制：30日内作出授信决定',
    { unit: ClockUnit.NATURAL_DAYS, rollForward: 'STATUTORY_HOLIDAY', reminders: [5, 1], ladder }),
  [ClockKind.DEMAND_LENDING]: days('A bank lends what it approved.', 5, '浙江贷款码“135”：符合条件5日内放款', { reminders: [1], ladder }),
  [ClockKind.DEMAND_ANSWER]: days('An enterprise answers its bank.', 5, 'design', { untold: true, reminders: [], ladder: [{ after: 0, tell: ['CENTRAL_BANK_BRANCH'] }] }),
  [ClockKind.ISSUE_ACKNOWLEDGE]: days('A bank acknowledges a financing issue.', 1, 'design', { ladder }),
  [ClockKind.ISSUE_ACKNOWLEDGE_BRANCH]: days('The central-bank branch acknowledges a financing issue.', 1, 'design', { ladder }),
  [ClockKind.ISSUE_ANSWER]: days('A bank answers a financing issue.', 5, 'design；德州“好差评”5个工作日整改', { reminders: [1, 0], ladder }),
};

/** Fields of terms that would tell whoever cannot be told, for whoever takes them in. */
export const reachingNobody = (kind: ClockKind, { reminders = [], ladder: rungs = [] }: Partial<Pick<ClockTerms, 'reminders' | 'ladder'>>): string[] =>
  (clockDefinitions[kind].untold ? [
    ...(reminders.length > 0 ? ['reminders'] : []), ...(rungs.some(({ tell }) => tell.includes('HOLDER')) ? ['ladder'] : []),
  ] : []);
