// @ts-check
/**
 * The demonstration district: Wanzhou with the departments of the notice (H-045), its supervisors and six banks.
 * The banks, outlets and products are made up; the departments and streets are those of the district.
 */
export const operator = '区域运营方';

export const departments = [
  '发展改革委', '经济信息委', '农业农村委', '商务委', '科技局', '市场监管局', '工商联', '生态环境局', '交通局', '文化旅游委', '物流办', '万州经开区经济发展局',
];

/** Kind, names with the day from which they hold (domain.md 3.9: the names of 2021 are history). */
export const supervisors = [
  { kind: 'CENTRAL_BANK_BRANCH', names: [['人行万州中心支行', '2000-01-01'], ['中国人民银行万州市分行', '2023-08-18']] },
  { kind: 'FINANCE_OFFICE', names: [['区金融办', '2000-01-01']] },
  { kind: 'FINANCIAL_REGULATOR', names: [['万州银保监分局', '2018-12-17'], ['国家金融监督管理总局万州监管分局', '2023-07-20']] },
];

/** The other parties of the programme. The institutions are made up; the street is the district's. */
export const others = [
  { kind: 'AREA_ORGANISATION', role: 'area', name: '高笋塘街道办事处' },
  { kind: 'INSURER', role: 'insurer', name: '三峡示范保险' },
  { kind: 'GUARANTOR', role: 'guarantor', name: '万州示范融资担保' },
  { kind: 'COURT', role: 'department', name: '区人民法院' },
  { kind: 'POLICE', role: 'department', name: '区公安局' },
  { kind: 'FUND', role: 'institution', name: '三峡示范股权投资基金' },
  { kind: 'INCUBATOR', role: 'institution', name: '万州示范孵化园' },
];

/** Six banks, each with outlets in streets of Wanzhou; the first outlet carries a harbor. */
export const banks = [
  { name: '三峡示范银行', outlets: [['高笋塘支行', '500101001'], ['龙都支行', '500101020']] },
  { name: '江城示范银行', outlets: [['太白支行', '500101017'], ['周家坝支行', '500101021']] },
  { name: '平湖示范农商行', outlets: [['牌楼支行', '500101018'], ['双河口支行', '500101019']] },
  { name: '万川示范村镇银行', outlets: [['沙河支行', '500101022']] },
  { name: '渝东示范商业银行', outlets: [['经开区支行', '500101Z01']] },
  { name: '长江示范政策银行', outlets: [['渝东新区支行', '500101Z02']] },
];

/** Loan products, by the place of the bank above. Amounts in yuan, terms in months, rates in per cent a year. */
export const products = [
  { bank: 0, name: '小微信用快贷', rates: ['3.45', '5.10'], eligibility: { regionCodes: ['500101'], sizeClasses: ['SMALL', 'MICRO'], amountMin: '10000', amountMax: '3000000', termMonthsMin: 1, termMonthsMax: 24, yearsInBusinessMin: 1, guaranteeTypes: ['CREDIT'] } },
  { bank: 0, name: '厂房按揭贷', rates: ['3.60', '4.80'], eligibility: { regionCodes: ['500101'], industryCodes: ['C'], amountMin: '500000', amountMax: '20000000', termMonthsMin: 12, termMonthsMax: 120, yearsInBusinessMin: 3, guaranteeTypes: ['MORTGAGE'] } },
  { bank: 1, name: '首贷通', rates: ['3.85', '5.50'], eligibility: { regionCodes: ['500101'], amountMin: '10000', amountMax: '1000000', termMonthsMin: 3, termMonthsMax: 36, yearsInBusinessMin: 0.5, guaranteeTypes: ['CREDIT', 'GUARANTEE'] } },
  { bank: 1, name: '商贸流水贷', rates: ['4.00', '6.00'], eligibility: { industryCodes: ['F'], amountMin: '50000', amountMax: '5000000', termMonthsMin: 1, termMonthsMax: 12, yearsInBusinessMin: 2, guaranteeTypes: ['CREDIT', 'PLEDGE'] } },
  { bank: 2, name: '乡村振兴贷', rates: ['3.35', '4.90'], eligibility: { regionCodes: ['500101'], industryCodes: ['A'], amountMin: '10000', amountMax: '2000000', termMonthsMin: 6, termMonthsMax: 60, guaranteeTypes: ['CREDIT', 'GUARANTEE', 'MORTGAGE'] } },
  { bank: 2, name: '个体经营贷', rates: ['4.20', '6.50'], eligibility: { regionCodes: ['500101'], amountMin: '5000', amountMax: '500000', termMonthsMin: 1, termMonthsMax: 36, guaranteeTypes: ['CREDIT', 'GUARANTEE', 'MORTGAGE', 'PLEDGE'] } },
  { bank: 3, name: '物流车辆贷', rates: ['4.50', '6.80'], eligibility: { industryCodes: ['G'], amountMin: '50000', amountMax: '3000000', termMonthsMin: 12, termMonthsMax: 60, yearsInBusinessMin: 1, guaranteeTypes: ['MORTGAGE', 'PLEDGE'] } },
  { bank: 4, name: '科创研发贷', rates: ['3.20', '4.50'], eligibility: { regionCodes: ['500101'], industryCodes: ['I', 'M', 'C'], amountMin: '100000', amountMax: '10000000', termMonthsMin: 6, termMonthsMax: 36, yearsInBusinessMin: 2, guaranteeTypes: ['CREDIT', 'PLEDGE'] } },
  { bank: 5, name: '绿色转型贷', rates: ['3.00', '4.20'], eligibility: { amountMin: '1000000', amountMax: '50000000', termMonthsMin: 12, termMonthsMax: 180, yearsInBusinessMin: 3, guaranteeTypes: ['MORTGAGE', 'GUARANTEE', 'PLEDGE'] } },
];

/**
 * Demands that the demonstration businesses make. Generated: a real list states no demand, and none is guessed for it;
 * these are what the demonstration supplies on its own account.
 */
export const demands = [
  { amount: '300000.00', termMonths: 12, purpose: '采购原材料', guaranteeTypes: ['CREDIT'] },
  { amount: '800000.00', termMonths: 24, purpose: '更新设备', guaranteeTypes: ['CREDIT', 'GUARANTEE'] },
  { amount: '2000000.00', termMonths: 36, purpose: '扩建厂房', guaranteeTypes: ['MORTGAGE'] },
  { amount: '150000.00', termMonths: 6, purpose: '周转流动资金', guaranteeTypes: ['CREDIT'] },
  { amount: '5000000.00', termMonths: 60, purpose: '绿色改造', guaranteeTypes: ['MORTGAGE', 'PLEDGE'] },
  { amount: '90000.00', termMonths: 18, purpose: '门店装修', guaranteeTypes: ['CREDIT', 'MORTGAGE'] },
  { amount: '60000000.00', termMonths: 12, purpose: '收购同业', guaranteeTypes: ['CREDIT'] },
];

/** Issues that businesses register at harbors. Generated. */
export const issues = [
  { nature: 'PAIN', channel: 'BOX', title: '续贷手续繁琐', text: '每年续贷都要重新提交全部材料，希望简化。' },
  { nature: 'BLOCK', channel: 'PHONE', title: '开户等待时间长', text: '对公账户开立等待超过十个工作日。' },
  { nature: 'BLIND', channel: 'ONLINE', title: '不了解贴息政策', text: '不清楚创业担保贷款的贴息条件和办理流程。' },
];
