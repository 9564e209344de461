import type { ReasonCode } from './vocabulary.js';

/** Who may give a reason. `service` is the suite itself: clocks, recalls, and what follows from another's move. */
export type ReasonGiver = 'bank' | 'applicant' | 'supervisor' | 'service';

export interface ReasonFacts {
  /** Whose the reason is: the bank's criteria, the customer's wish, or the course of things. */
  readonly side: 'BANK' | 'CUSTOMER' | 'PLATFORM';
  readonly by: readonly ReasonGiver[];
  /** In words for people. */
  readonly text: string;
}

const bank = (text: string): ReasonFacts => ({ side: 'BANK', by: ['bank'], text });
const customer = (text: string): ReasonFacts => ({ side: 'CUSTOMER', by: ['bank', 'applicant', 'supervisor'], text });
/** The enterprise's own word, which no bank says in its place: of banks' answers the lists of referrals have an outcome of their own. */
const customerOnly = (text: string): ReasonFacts => ({ side: 'CUSTOMER', by: ['applicant', 'supervisor'], text });
const platform = (text: string): ReasonFacts => ({ side: 'PLATFORM', by: ['supervisor', 'service'], text });

/** The taxonomy of reasons (domain.md 2.4): real reasons of banks, those of customers, and what the course of things brings. */
export const reasons: Readonly<Record<ReasonCode, ReasonFacts>> = {
  MEETS_CRITERIA: bank('符合条件'),
  OUT_OF_AREA: bank('不在服务区域'),
  INDUSTRY_NOT_SERVED: bank('行业不在支持范围'),
  BELOW_FINANCIAL_CRITERIA: bank('税收、资产、现金流等未达要求'),
  CREDIT_RECORD: bank('信用记录不符合要求'),
  NO_QUOTA: bank('未核出额度'),
  INSUFFICIENT_GUARANTEE: bank('担保不足'),
  MATERIALS_INCOMPLETE: bank('申请材料不齐'),
  PURPOSE_NOT_ELIGIBLE: bank('贷款用途不符合规定'),
  MISUSE_SUSPECTED: bank('疑似借用小微企业身份套取资金'),
  CUSTOMER_NO_NEED: customer('客户无融资需求'),
  CUSTOMER_QUOTA_TOO_SMALL: customer('客户认为额度太小'),
  CUSTOMER_TOO_EXPENSIVE: customer('客户认为价格太高'),
  CUSTOMER_UNREACHABLE: { ...customer('联系不上客户'), by: ['bank', 'supervisor'] },
  OTHER: { side: 'PLATFORM', by: ['bank', 'applicant', 'supervisor', 'service'], text: '其他' },
  CUSTOMER_TERMS_UNSUITABLE: customerOnly('期限或还款方式不合适'),
  CUSTOMER_NO_ACCOUNT: customerOnly('不愿开户或网点太远'),
  CUSTOMER_CHOSE_OTHER: customerOnly('已选择其他融资'),
  TOO_SLOW: { side: 'CUSTOMER', by: ['applicant', 'supervisor', 'service'], text: '办理太慢' },
  RECALLED: platform('推荐单位撤回'),
  TAKEN_ELSEWHERE: { side: 'PLATFORM', by: ['applicant', 'supervisor', 'service'], text: '已由他方承接' },
  NO_BANK_LEFT: platform('已无可推荐的银行'),
  NOT_VERIFIED: platform('企业信息核验未通过'),
};

/** Whether the reason is one that this side gives. */
export const mayGive = (by: ReasonGiver, reason: ReasonCode): boolean => reasons[reason].by.includes(by);
