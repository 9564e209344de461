import { OrganisationKind } from '@finharbor/contracts/vocabulary';

/** What people are told of. Each is made from an event (notices.ts). */
export enum MessageKind {
  /** 新登记融资问题. */
  ISSUE_REGISTERED = 'ISSUE_REGISTERED',
  /** 企业选择了本行产品. */
  DEMAND_CHOSEN = 'DEMAND_CHOSEN',
  /** 企业答复了本行的问题或反报价. */
  DEMAND_ANSWERED = 'DEMAND_ANSWERED',
  /** 申请三轮未果，待主管部门处理. */
  APPLICATION_EXHAUSTED = 'APPLICATION_EXHAUSTED',
  /** 申请信息未能核实. */
  APPLICATION_UNVERIFIED = 'APPLICATION_UNVERIFIED',
  /** 新推送名单到行. */
  LIST_DISPATCHED = 'LIST_DISPATCHED',
  /** 部门报来名单待审核. */
  LIST_SUBMITTED = 'LIST_SUBMITTED',
  /** 本单位名单审核完毕. */
  LIST_REVIEWED = 'LIST_REVIEWED',
  /** 名单逾期未报. */
  DUTY_OVERDUE = 'DUTY_OVERDUE',
  /** 时限将至. */
  CLOCK_REMINDED = 'CLOCK_REMINDED',
  /** 超时. */
  CLOCK_BREACHED = 'CLOCK_BREACHED',
  /** 超时撤销. */
  CLOCK_CLEARED = 'CLOCK_CLEARED',
  /** 授信风险提示. */
  CREDIT_ALERT = 'CREDIT_ALERT',
  /** 授权同意失效. */
  CONSENT_WITHDRAWN = 'CONSENT_WITHDRAWN',
  /** 接口客户端被锁定. */
  CLIENT_LOCKED = 'CLIENT_LOCKED',
}

export enum MessageChannel {
  MAIL = 'MAIL',
  SMS = 'SMS',
}

/** What a template is filled with: words of closed lists, by the value that stands for them. No text of anybody's gets into a message. */
export type MessageVariables = Readonly<Record<string, string>>;

export interface MessageTemplate {
  /** Whose people may be told. */
  readonly for: readonly OrganisationKind[];
  /** Goes out at once, in quiet hours too. */
  readonly urgent: boolean;
  /** By variable, the Chinese word for each of its values. */
  readonly words: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Subject of a mail. */
  readonly subject: string;
  /** One sentence for both channels, short enough for one part of an SMS. `{count}` is how many there are; other braces name a variable. */
  readonly text: string;
}

const { BANK, CENTRAL_BANK_BRANCH, DEPARTMENT, COURT, POLICE, MARKET_REGULATOR, FINANCE_OFFICE, FINANCIAL_REGULATOR } = OrganisationKind;
/** Who pushes lists. */
const departments = [DEPARTMENT, COURT, POLICE, MARKET_REGULATOR];

const kind = (
  told: readonly OrganisationKind[], subject: string, text: string, more: Partial<Pick<MessageTemplate, 'urgent' | 'words'>> = {},
): MessageTemplate => ({ for: told, urgent: false, words: {}, subject, text, ...more });

/** What a clock of lists runs for. */
const clocks = {
  kind: {
    LIST_REVIEW: '名单审核', REFERRAL_ACKNOWLEDGE: '推送企业签收', REFERRAL_CONTACT: '推送企业对接反馈', REFERRAL_DECISION: '授信决定',
    REFERRAL_DECISION_LIMIT: '授信决定（最长期限）',
    DEMAND_ACCEPT: '融资需求受理', DEMAND_CONTACT: '融资需求对接', DEMAND_DECISION: '融资需求授信决定', DEMAND_DECISION_LIMIT: '融资需求授信决定（最长期限）',
    DEMAND_LENDING: '融资需求放款', DEMAND_ANSWER: '企业补充材料答复',
    ISSUE_ACKNOWLEDGE: '融资问题签收', ISSUE_ACKNOWLEDGE_BRANCH: '融资问题签收（人行）', ISSUE_ANSWER: '融资问题答复',
  },
};

/** They name neither a company nor a person (architecture.md rule 11, domain.md 4.9): they say that there is something to read. */
export const messageKinds: Readonly<Record<MessageKind, MessageTemplate>> = {
  ISSUE_REGISTERED: kind([BANK, CENTRAL_BANK_BRANCH], '新登记融资问题', '新登记融资问题{count}件，请在时限内签收。'),
  DEMAND_CHOSEN: kind([BANK], '新的融资需求', '有企业选择了贵行产品，新到融资需求{count}笔，请在时限内受理。'),
  DEMAND_ANSWERED: kind([BANK], '企业已答复', '有企业答复了贵行的问题或方案，新到答复{count}条，请查看。'),
  APPLICATION_EXHAUSTED: kind([CENTRAL_BANK_BRANCH], '融资申请待处理', '有{count}笔融资申请经多轮对接未果，请处理。'),
  APPLICATION_UNVERIFIED: kind([CENTRAL_BANK_BRANCH], '融资申请待核实', '有{count}笔融资申请与企业库信息不符，请核实。'),
  LIST_DISPATCHED: kind([BANK], '新的推送名单', '新到推送名单{count}份，请及时签收并反馈。'),
  LIST_SUBMITTED: kind([CENTRAL_BANK_BRANCH], '名单待审核', '有部门报来名单{count}份，请审核。'),
  LIST_REVIEWED: kind(departments, '名单审核结果', '贵单位报送的名单有{count}份{outcome}，请查看。', {
    words: { outcome: { APPROVED: '已审核通过', RETURNED: '被退回' } },
  }),
  DUTY_OVERDUE: kind([CENTRAL_BANK_BRANCH, ...departments], '名单逾期未报', '有{count}期名单到期未报送，请查看。'),
  CLOCK_REMINDED: kind([BANK, CENTRAL_BANK_BRANCH], '时限将至', '贵单位有{count}项{kind}即将到期，请及时办理。', { words: clocks }),
  CLOCK_BREACHED: kind([BANK, CENTRAL_BANK_BRANCH, FINANCE_OFFICE, FINANCIAL_REGULATOR], '办理超时', '有{count}项{kind}已超时，请查看。', { words: clocks }),
  CLOCK_CLEARED: kind([BANK, CENTRAL_BANK_BRANCH, FINANCE_OFFICE, FINANCIAL_REGULATOR], '超时撤销', '因日历或时限更正，有{count}项{kind}的超时记录已撤销。', { words: clocks }),
  CREDIT_ALERT: kind([CENTRAL_BANK_BRANCH, FINANCIAL_REGULATOR], '授信风险提示', '有{count}条企业授信风险提示，请查看。'),
  CONSENT_WITHDRAWN: kind([BANK], '企业授权失效', '有{count}项企业授权同意已失效，请停止使用相关信息。'),
  CLIENT_LOCKED: kind([BANK, CENTRAL_BANK_BRANCH, FINANCE_OFFICE, FINANCIAL_REGULATOR, ...departments], '接口客户端被锁定',
    '贵单位有{count}个接口客户端被锁定，请立即核实。', { urgent: true }),
};

export const urgentKinds = Object.values(MessageKind).filter((name) => messageKinds[name].urgent);
