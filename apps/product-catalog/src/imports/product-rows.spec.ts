import { DomainError } from '@finharbor/contracts/errors';
import { readItem } from '../upserts/upsert-items.js';
import { productProblems } from '../eligibility/eligibility-rules.js';
import { columnOfField, readProductHeader, readProductRow } from './product-rows.js';

const today = '2026-11-22';
const rowOf = (cells: Record<string, string>) => {
  const header = readProductHeader(['产品编号', '产品名称', ...Object.keys(cells)]);
  return { header, row: readProductRow({ row: 2, cells: ['x', '示例贷', ...Object.values(cells)] }, header, today) };
};

describe('a row of products', () => {
  it.each<[string, string, object]>([
    ['最高额度', '300', { eligibility: { amountMax: '3000000' } }],
    ['最高额度（单位：元）', '300', { eligibility: { amountMax: '300' } }],
    ['amountMax', '1.5亿', { eligibility: { amountMax: '150000000' } }],
    ['最长期限(年)', '3', { eligibility: { termMonthsMax: 36 } }],
    ['最长期限', '1年', { eligibility: { termMonthsMax: 12 } }],
    ['服务地区', '重庆市；万州', { eligibility: { regionCodes: ['500000', '500101'] } }],
    ['服务行业', 'a、C13', { eligibility: { industryCodes: ['A', 'C13'] } }],
    ['服务行业', '农副食品加工业；电力、热力生产和供应业', { eligibility: { industryCodes: ['C13', 'D44'] } }],
    ['最低加点', '-20BP', { terms: { pricing: { basisPointsMin: -20, kind: 'LPR' } } }],
    ['最低年利率', '3.45%', { terms: { pricing: { rateMin: '3.45', kind: 'FIXED' } } }],
    ['要求标签', '专精特新、某某称号', { eligibilityRules: { v: 1, rules: [{ fact: 'tags', has: ['SPECIALISED_SME', '某某称号'] }] } }],
    ['组合内容', '贷款：信用贷款；贴息: 财政贴息', { terms: { parts: [{ kind: 'LOAN', description: '信用贷款' }, { kind: 'SUBSIDY', description: '财政贴息' }] } }],
    ['产品介绍', "'=1+1", { description: '=1+1' }],
    ['产品介绍', 'N/A', {}],
  ])('%s %s', (header, cell, expected) => {
    const { row } = rowOf({ [header]: cell });
    expect([row.problems, row.item]).toEqual([[], { externalId: 'x', name: '示例贷', eligibility: {}, ...expected }]);
  });

  it.each<[string, string, string]>([
    ['最高额度', '三百', 'amount'], ['最高额度(平方米)', '3', 'unit'], ['最长期限', '51年', 'months'], ['服务地区', '悉尼', 'region'], ['服务行业', '造梦业', 'industry'],
    ['最低加点', '1.5', 'integer'], ['最低年利率', '三厘', 'percent'], ['还款方式', '随缘', 'choice'], ['是否发布', '看情况', 'yesNo'], ['其他费用', '评估费', 'fee'],
    ['风险分担比例', '银行两成', 'share'], ['组合内容', '信用贷款', 'parts'], ['产品介绍', '#REF!', 'spreadsheetError'], ['部门电话', '1.39E+10', 'spreadsheetNumber'],
  ])('refuses %s %s by %s', (header, cell, rule) => {
    const { row } = rowOf({ [header]: cell });
    expect(row.problems.map((problem) => [problem.column, problem.rule])).toEqual([[3, rule]]);
  });

  it('places what is wrong with the product in the column that it came from', () => {
    const { header, row } = rowOf({ 年营业收入不低于: '100', 年营业收入不高于: '50', 最低额度: '5' });
    const [{ field, rule }] = productProblems(readItem(row.item, 0).item!, today);
    expect([field, rule, columnOfField(field, row, header)]).toEqual(['eligibilityRules.rules.1', 'contradiction', { column: 4, header: '年营业收入不高于' }]);
    expect(columnOfField('terms.documents', row, header)).toEqual({ column: null, header: '所需材料' });
    expect(columnOfField('eligibility', row, header)).toEqual({ column: null, header: null });
  });

  it('refuses a header without number or name, or with a column twice', () => {
    expect(() => readProductHeader(['最高额度'])).toThrow(DomainError);
    expect(() => readProductHeader(['产品编号', 'externalId', '名称'])).toThrow(/externalId means the same column as 产品编号/);
    expect(readProductHeader(['编号', '名称', '心情', '错误说明', '']).ignored).toEqual(['心情']);
  });
});
