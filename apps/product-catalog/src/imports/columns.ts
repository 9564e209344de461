import type { Condition, Predicate } from '@finharbor/contracts/eligibility/condition';
import { ProductLine } from '../vocabulary.js';
import {
  type CellReader, readFees, readIndustries, readMonths, readParts, readPercent, readRegions, readShares, readText, readTexts,
  readYears, readYesNo, readYuan, wholeNumber, wordOf, wordsOf,
} from './cells.js';
import * as words from './words.js';

/** A column of a file of products. */
export interface Column {
  /** Headers that name it, the template's first. */
  names: readonly string[];
  /** What a bare number means, where the header says nothing else. */
  unit?: string;
  /** Whose products have it; all of them without it. */
  lines?: readonly ProductLine[];
  isRequired?: boolean;
  read: CellReader;
  /** Field of the product that it fills. */
  path: string;
  /** It is asked of applicants: the rules that its value makes. */
  rules?: (value: never) => Condition[];
  /** For the template: what may be chosen, and whether several may. */
  words?: words.Words;
  takesSeveral?: boolean;
  explanation: string;
  example: string;
}

const loan = [ProductLine.LOAN];
const several = '，可多选，用“、”隔开';
const choice = (path: string, names: string[], of: words.Words, more: Partial<Column> = {}): Column => ({
  names, path, words: of, read: wordOf(of), explanation: `从${words.firstWords(of).slice(0, 3).join('、')}等中选择`, example: words.firstWords(of)[0], ...more,
});
const choices = (path: string, names: string[], of: words.Words, more: Partial<Column> = {}): Column => ({
  ...choice(path, names, of), read: wordsOf(of), takesSeveral: true, explanation: `从${words.firstWords(of).slice(0, 3).join('、')}等中选择${several}`, ...more,
});
const yuan = (path: string, names: string[], explanation: string, example: string, more: Partial<Column> = {}): Column =>
  ({ names, path, unit: '万元', read: readYuan, explanation: `${explanation}；单独的数字按表头单位计`, example, ...more });
const percent = (path: string, names: string[], explanation: string, example: string, more: Partial<Column> = {}): Column =>
  ({ names, path, unit: '%', read: readPercent, explanation, example, ...more });
const asked = (names: string[], column: Omit<Column, 'path' | 'names'>): Column => ({ names, path: 'eligibilityRules', ...column });
const rule = (predicate: Predicate): Condition[] => [predicate];

/** Every column, in the order of the template. */
export const columns = {
  externalId: { names: ['产品编号', '编号'], path: 'externalId', isRequired: true, read: readText, explanation: '本机构自己的编号，再次导入时按它更新；字母、数字和 _ . : $ , + @ = / -', example: 'XYD-001' },
  line: choice('line', ['产品类别', '类别'], words.lineWords, { explanation: '贷款、保险、担保或组合产品；留空为贷款' }),
  name: { names: ['产品名称', '名称'], path: 'name', isRequired: true, read: readText, explanation: '2至120字，不含HTML', example: '港湾信用贷' },
  description: { names: ['产品介绍', '产品说明'], path: 'description', read: readText, explanation: '不超过2000字', example: '面向小微企业的纯信用贷款' },
  regions: { names: ['服务地区'], path: 'eligibility.regionCodes', read: readRegions, explanation: `区县、街道的名称或代码${several}；留空不限`, example: '万州区' },
  industries: { names: ['服务行业'], path: 'eligibility.industryCodes', read: readIndustries, explanation: 'GB/T 4754-2017 的门类、代码或名称；代码用“、”、名称用“；”隔开；留空不限', example: 'A、C13' },
  sizes: choices('eligibility.sizeClasses', ['企业规模'], words.sizeWords),
  amountMin: yuan('eligibility.amountMin', ['最低额度'], '最低金额', '1'),
  amountMax: yuan('eligibility.amountMax', ['最高额度'], '最高金额', '300'),
  termMin: { names: ['最短期限'], unit: '月', path: 'eligibility.termMonthsMin', read: readMonths, explanation: '1至600个月；也可写“1年”', example: '3' },
  termMax: { names: ['最长期限'], unit: '月', path: 'eligibility.termMonthsMax', read: readMonths, explanation: '1至600个月；也可写“3年”', example: '36' },
  yearsInBusiness: { names: ['成立年限', '经营年限'], unit: '年', path: 'eligibility.yearsInBusinessMin', read: readYears, explanation: '至少成立多少年', example: '2' },
  guarantees: choices('eligibility.guaranteeTypes', ['担保方式'], words.guaranteeWords),
  kinds: asked(['适用主体'], { words: words.kindWords, read: wordsOf(words.kindWords), takesSeveral: true, explanation: `企业、个体工商户等${several}`, example: '企业、个体工商户', rules: (value: string[]) => rule({ fact: 'applicantKind', in: value }) }),
  taxGrades: asked(['纳税信用等级'], { words: words.gradeWords, read: wordsOf(words.gradeWords), takesSeveral: true, explanation: `可接受的等级${several}`, example: 'A、B、M', rules: (value: string[]) => rule({ fact: 'taxGrade', in: value }) }),
  revenueMin: asked(['年营业收入不低于'], { unit: '万元', read: readYuan, explanation: '单独的数字按表头单位计', example: '100', rules: (value: string) => rule({ fact: 'revenue', min: value, unit: 'YUAN' }) }),
  revenueMax: asked(['年营业收入不高于'], { unit: '万元', read: readYuan, explanation: '单独的数字按表头单位计', example: '2000', rules: (value: string) => rule({ fact: 'revenue', max: value, unit: 'YUAN' }) }),
  employeesMin: asked(['从业人员不少于'], { unit: '人', read: wholeNumber('人'), explanation: '整数', example: '5', rules: (value: number) => rule({ fact: 'employees', min: String(value), unit: 'PERSON' }) }),
  anyTag: asked(['要求标签'], { words: words.tagWords, read: wordsOf(words.tagWords, true), takesSeveral: true, explanation: `至少有其中一个标签${several}`, example: '专精特新、高新技术企业', rules: (value: string[]) => rule({ fact: 'tags', has: value }) }),
  noTag: asked(['排除标签'], { words: words.tagWords, read: wordsOf(words.tagWords, true), takesSeveral: true, explanation: `有其中任何一个标签的不受理${several}`, example: '失信', rules: (value: string[]): Condition[] => [{ not: { fact: 'tags', has: value } }] }),
  otherConditions: asked(['其他条件'], { read: readTexts, explanation: '需人工判断的条件，用“；”或换行隔开', example: '有固定经营场所', rules: (value: string[]): Condition[] => value.map((text) => ({ text })) }),
  pricing: choice('terms.pricing.kind', ['定价方式'], words.pricingWords, { lines: loan, explanation: 'LPR加减点或固定利率；留空按填写的列判断' }),
  lprTerm: choice('terms.pricing.lprTerm', ['LPR期限'], words.lprWords, { lines: loan }),
  pointsMin: { names: ['最低加点'], unit: 'BP', lines: loan, path: 'terms.pricing.basisPointsMin', read: wholeNumber('BP|个基点|基点', -1_000), explanation: '在LPR基础上加减的基点，减点为负数', example: '-20' },
  pointsMax: { names: ['最高加点'], unit: 'BP', lines: loan, path: 'terms.pricing.basisPointsMax', read: wholeNumber('BP|个基点|基点', -1_000), explanation: '同上', example: '55' },
  rateMin: percent('terms.pricing.rateMin', ['最低年利率'], '固定利率时填写', '3.45', { lines: loan }),
  rateMax: percent('terms.pricing.rateMax', ['最高年利率'], '固定利率时填写', '4.35', { lines: loan }),
  repayments: choices('repaymentModes', ['还款方式'], words.repaymentWords, { lines: loan }),
  purposes: choices('terms.purposes', ['贷款用途', '用途'], words.purposeWords, { lines: loan }),
  stages: choices('terms.stages', ['首贷续贷'], words.stageWords, { lines: loan }),
  collaterals: choices('terms.collaterals', ['押品种类'], words.collateralWords, { lines: [ProductLine.LOAN, ProductLine.GUARANTEE] }),
  tools: choices('terms.monetaryTools', ['货币政策工具'], words.toolWords, { lines: loan }),
  origin: choice('terms.origin', ['产品性质'], words.originWords),
  fees: { names: ['其他费用'], path: 'terms.fees', read: readFees, explanation: '名称加金额或比例，用“；”隔开', example: '评估费 500元；担保费 1%' },
  riskSchemes: { names: ['风险分担机制'], path: 'terms.riskSchemes', read: readTexts, explanation: '风险补偿、担保机制的名称，用“；”隔开', example: '重庆市知识价值信用贷款风险补偿' },
  greenCategory: { names: ['绿色目录类别'], path: 'terms.greenCategory', read: readText, explanation: '2025年版绿色目录的编号', example: '4.1' },
  groups: choices('terms.specialGroups', ['特殊群体'], words.groupWords),
  channels: choices('terms.channels', ['办理渠道'], words.channelWords),
  documents: { names: ['所需材料'], path: 'terms.documents', read: readTexts, explanation: '用“；”隔开', example: '营业执照；近一年纳税证明' },
  handlingDays: { names: ['承诺办理时限'], unit: '工作日', path: 'terms.handlingWorkingDays', read: wholeNumber('个?工作日|天|日', 1), explanation: '自资料齐全起的工作日', example: '5' },
  department: { names: ['责任部门'], path: 'terms.department.name', read: readText, explanation: '部门，不是个人', example: '普惠金融部' },
  telephone: { names: ['部门电话'], path: 'terms.department.telephone', read: readText, explanation: '部门电话', example: '023-58000000' },
  insuranceClasses: choices('terms.insurance.classes', ['险种'], words.insuranceWords, { lines: [ProductLine.INSURANCE], isRequired: true }),
  premiumBasis: { names: ['保费依据'], path: 'terms.insurance.premiumBasis', lines: [ProductLine.INSURANCE], isRequired: true, read: readText, explanation: '保费按什么计算', example: '按保险金额计算' },
  premium: percent('terms.insurance.premiumPercent', ['保险费率'], '占保险金额的百分比（每年）', '0.5', { lines: [ProductLine.INSURANCE] }),
  sumInsured: yuan('terms.insurance.sumInsuredMax', ['最高保险金额'], '最高保险金额', '500', { lines: [ProductLine.INSURANCE] }),
  simplifiedClaim: { names: ['小额简化理赔'], path: 'terms.insurance.simplifiedClaim', lines: [ProductLine.INSURANCE], isRequired: true, read: readYesNo, words: { YES: ['是'], NO: ['否'] }, explanation: '是或否', example: '是' },
  guaranteeFee: percent('terms.guarantee.feePercent', ['担保费率'], '占担保金额的百分比（每年）', '1', { lines: [ProductLine.GUARANTEE], isRequired: true }),
  shares: { names: ['风险分担比例'], path: 'terms.guarantee.shares', lines: [ProductLine.GUARANTEE], isRequired: true, read: readShares, explanation: '银行、担保、再担保各自的比例，由近及远，合计100%，用“；”隔开', example: '万州银行 20%；三峡担保 60%；市再担保 20%' },
  parts: { names: ['组合内容'], path: 'terms.parts', lines: [ProductLine.COMBINED], isRequired: true, read: readParts(words.partWords), explanation: '至少两项：贷款、担保、贴息、保险各写一句，用“；”隔开', example: '贷款：信用贷款；贴息：财政贴息一半' },
  publish: { names: ['是否发布', '发布'], path: 'publish', read: readYesNo, words: { YES: ['是'], NO: ['否'] }, explanation: '填“是”则立即发布；一个文件最多1000个', example: '否' },
} satisfies Record<string, Column>;

export type ColumnKey = keyof typeof columns;

/** The columns, each as any other. */
export const columnOf = (key: ColumnKey): Column => columns[key];
export const columnKeys = Object.keys(columns) as ColumnKey[];

/** A column as the template heads it: with its unit. */
export const headerOf = (key: ColumnKey): string => {
  const { names: [name], unit } = columnOf(key);
  return unit ? `${name}(${unit})` : name;
};

/** The columns of a line's template. */
export const columnsOfLine = (line: ProductLine): ColumnKey[] => columnKeys.filter((key) => columnOf(key).lines?.includes(line) ?? true);

/** The last column of a workbook of errors, which reading passes over. */
export const explanationHeaders: readonly string[] = ['错误说明', 'errors'];
