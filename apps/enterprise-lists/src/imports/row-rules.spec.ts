import fc from 'fast-check';
import { type HeaderMapping, readHeader } from './headers.js';
import type { Finding } from './row-findings.js';
import { type CheckedCells, RowChecker } from './row-rules.js';
import { ruleTexts } from './rule-texts.js';

const today = '2026-11-22';
const code = '91500101MA5U00011L';

const checked = (header: string[], cells: string[], exceptions: string[] = [], mapping: HeaderMapping = {}): CheckedCells =>
  new RowChecker(readHeader(header, mapping), { today, exceptions: new Set(exceptions) }).check({ row: 2, cells });

/** Reads one row with the two required columns and one more. */
const read = (column: string, cell: string): CheckedCells => checked(['creditCode', 'name', column], [code, '万州一号有限公司', cell]);

const rules = (findings: Finding[], severity: Finding['severity']): string => findings.filter((finding) => finding.severity === severity).map(({ rule }) => rule).join(' ');
const problem = (column: string, cell: string): string => rules(read(column, cell).findings, 'ERROR');

function readCode(cell: string): string {
  const { row, findings } = checked(['creditCode', 'name'], [cell, '万州一号有限公司']);
  return row?.creditCode ?? findings[0].rule;
}

describe('row rules', () => {
  it('normalises credit codes and tells each way in which one is wrong', () => {
    expect(readCode(' ９１５００１０１ma5u00011l ')).toBe(code);
    expect(readCode('91500101MA5U00011M')).toBe('checksum');
    expect(readCode('500101000012345')).toBe('legacyRegistration');
    expect(readCode('91500101MA5U0001')).toBe('length');
    expect(readCode('9150010IMA5U00011L')).toBe('character');
    expect(readCode('9.15001E+17')).toBe('spreadsheetNumber');
    expect(readCode('N/A')).toBe('required');
  });

  it('takes a code of digits that is a valid identity number too, and refuses the number of a person, masked', () => {
    expect(readCode('911000001000013428')).toBe('911000001000013428');
    const [person] = checked(['creditCode', 'name'], ['50010119851212002X', '某某']).findings;
    expect(person).toMatchObject({ rule: 'residentId', value: '5***************2X' });
  });

  it('repeats a phone number or a mail address that stands in another column masked', () => {
    const [code, employees] = checked(['creditCode', 'name', 'employees'], ['１３９１２３４５６７８', '某公司', '问duan@b.cn']).findings;
    expect([code.value, employees.value]).toEqual(['139****5678', '问d***@b.cn']);
  });

  it('says what the right check character would be', () => {
    const { row, findings } = checked(['name', 'creditCode'], ['某公司', '91500101MA5U00011M']);
    expect([row, findings]).toEqual([null, [{
      row: 2, column: 2, field: 'creditCode', severity: 'ERROR', rule: 'checksum', value: '91500101MA5U00011M', message: expect.stringContaining('call for L'),
      fix: expect.stringContaining('licence'), messageZh: expect.stringContaining('校验位'), fixZh: expect.stringContaining('执照'),
    }]]);
  });

  it('lets a code with a wrong check character pass, with a warning, where a supervisor said so', () => {
    const { row, findings } = checked(['creditCode', 'name'], ['91500101ma5u00011m', '某公司'], ['91500101MA5U00011M']);
    expect([row?.creditCode, rules(findings, 'WARNING'), rules(findings, 'ERROR')]).toEqual(['91500101MA5U00011M', 'checksumExcepted', '']);
  });

  it('refuses the identity number of a person in any text, and takes other long numbers', () => {
    for (const [column, cell] of [['来源', '身份证50010119851212002X'], ['地址', '万州５００１０１１９８５１２１２００２X号'], ['佐证', '（50010119900101123X）']] as const) {
      expect(problem(column, cell)).toBe('residentId');
    }
    expect(read('来源', '流水911000001000013428').row?.source).toBe('流水911000001000013428');
    expect(read('来源', '50010119851212002X').findings[0].value).toBe('5***************2X');
  });

  it.each([
    ['注册日期', '2009年4月28日', { establishedOn: '2009-04-28' }],
    ['注册日期', 'N/A', { establishedOn: null }],
    ['注册资金', '1,018(万)', { registeredCapital: { amount: '10180000', currency: 'CNY' } }],
    ['注册资金', '81.58(万美元)', { registeredCapital: { amount: '815800', currency: 'USD' } }],
    ['注册资金(万元)', '50', { registeredCapital: { amount: '500000', currency: 'CNY' } }],
    ['营业收入', '1,234.5', { revenue: '12345000' }],
    ['营业收入(元)', '1234.5', { revenue: '1234.5' }],
    ['需求金额', '0.0001', { demandAmount: '1' }],
    ['从业人员', '1,200人', { employees: 1200 }],
    ['需求期限', '2年', { demandTermMonths: 24 }],
    ['需求期限(年)', '3', { demandTermMonths: 36 }],
    ['行业代码', '1310', { industryCode: 'C1310' }],
    ['发展前景好', '是', { goodProspects: true }],
    ['信贷需求强', 'FALSE', { strongDemand: false }],
    ['信用记录好', '-', { soundCredit: null }],
    ['担保方式', '抵押贷款', { guaranteeType: 'MORTGAGE' }],
    ['联系电话', '023-58123456', { contactPhone: '023-58123456' }],
    ['经营范围', '  批发\n零售　百货 ', { businessScope: '批发 零售 百货' }],
    ['注册日期', '39931', { establishedOn: '2009-04-28' }], ['注册日期', '２００９．４．２８', { establishedOn: '2009-04-28' }], ['注册资金(人民币万元)', '１，０００', { registeredCapital: { amount: '10000000' } }],
    ['有效期至', '2028-12-31', { tagsUntil: '2028-12-31' }], ['行业', '农副食品加工', { industryCode: 'C13' }], ['行业名称', '0111 稻谷种植', { industryCode: 'A0111' }],
    ['行业', '建材', { industryCode: null }], ['行业', '制造业', { industryCode: null }], ['行业代码', '批发业', { industryCode: 'F51' }],
    ['主体类别', '家庭农场', { kind: 'FAMILY_FARM' }], ['企业类型', '个体工商户', { kind: 'SELF_EMPLOYED' }], ['企业性质', '民营', { isPrivate: true }], ['是否民营', '否', { isPrivate: false }],
    ['企业性质', '国有控股', { isPrivate: false }], ['外贸', '是', { isForeignTrade: true, tags: ['FOREIGN_TRADE'] }],
    ['标签', '专精特新“小巨人”企业、绿色建筑；某某', { tags: ['GREEN_BUILDING', 'LITTLE_GIANT'] }], ['企业资质', '国家高新技术企业', { tags: ['HIGH_TECH'] }], ['标签', '某某', { tags: null }],
    ['绿色板块', '循环产业', { tags: ['GREEN_CIRCULAR'] }], ['绿色目录类别', '绿色服务', { greenCategory: '绿色服务', greenEdition: 'EDITION_2025' }],
    ['绿色目录版本', '2021年版', { greenEdition: 'EDITION_2021' }], ['合规持续经营', '是', { lawfulOperation: true }], ['固定经营场所佐证', '租赁合同', { fixedPremisesEvidence: '租赁合同' }],
    ['佐证材料', '走访', { evidence: '走访' }], ['授权书编号', 'SQ-1', { consentRef: 'SQ-1' }], ['街道', '太白', { streetCode: '500101017' }], ['街道', '500101001', { streetCode: '500101001' }],
    ['街道', '南坪街道', { streetCode: null }], ['园区', '经开区', { zoneCode: '500101Z01' }], ['地址', '重庆市万州区经开区高峰镇檬子大道', { streetCode: '500101027', zoneCode: '500101Z01', regionCode: '500101' }],
    ['地址', '重庆市南岸区天城街道1号', { streetCode: null, regionCode: '500108' }], ['经营范围', "'=1+1", { businessScope: '=1+1' }], ['经营范围', '=1+1', { businessScope: '=1+1' }],
  ])('reads %s “%s”', (column, cell, expected) => {
    expect(read(column, cell).row).toMatchObject(expected);
  });

  it.each([
    ['注册日期', '4/28/2009', 'date'], ['注册日期', '2026-11-23', 'future'], ['注册资金', '50', 'unit'], ['注册资金', '若干', 'amount'],
    ['营业收入', '-5', 'amount'], ['营业收入', '5万美元', 'amount'], ['从业人员', '12.5', 'integer'], ['需求期限', '0', 'months'], ['需求期限', '99年', 'months'],
    ['行业代码', 'C52', 'industry'], ['发展前景好', '也许', 'yesNo'], ['担保方式', '其他', 'enumeration'], ['联系电话', 'abc', 'phone'],
    ['联系电话', '1.39E+10', 'spreadsheetNumber'], ['营业收入', '1.2Ｅ+15', 'spreadsheetNumber'], ['从业人员', '2e+5', 'spreadsheetNumber'], ['注册资金', '#REF!', 'spreadsheetError'],
    ['经营范围', '#FORMULA!', 'spreadsheetError'], ['经营范围', 'a\ud83d', 'controlCharacter'], ['主体类别', '火星', 'enumeration'], ['绿色目录版本', '2030', 'enumeration'],
    ['行业代码', 'X99', 'industry'], ['经营范围', 'a😀', ''], ['注册日期', '#N/A', ''],
    ['经营范围', 'a\0b', 'controlCharacter'], ['经营范围', '长'.repeat(30_000), 'tooLong'], ['经营范围', '长'.repeat(20_001), 'length'],
  ])('refuses %s “%s” by the rule %s', (column, cell, rule) => {
    expect(problem(column, cell)).toBe(rule);
  });

  it.each([
    ['行业', '建材', 'industryName sizeUnknown'], ['行业', '制造业', 'industrySection sizeUnknown'], ['行业代码', '1310', 'sizeUnknown'], ['标签', '专精特新、甲、乙', 'unknownTag'],
    ['街道', '南坪街道', 'street'], ['园区', '火星', 'zone'], ['绿色目录类别', '绿色服务', 'greenEdition'], ['地区', '渝中', 'regionMismatch'], ['地址', '重庆市渝中区1号', 'regionMismatch'],
    ['地址', '浙江省宁波市江北区1号', ''], ['地区', '万州', ''], ['主体类别', '个体工商户', 'kindMismatch'], ['主体类别', '家庭农场', ''], ['主体类别', '企业', ''],
  ])('takes %s “%s” with the warnings “%s”', (column, cell, expected) => {
    const { row, findings } = read(column, cell);
    expect([row?.name, rules(findings, 'WARNING'), rules(findings, 'ERROR')]).toEqual(['万州一号有限公司', expected, '']);
  });

  it('says nothing of the size where all is there, and of no row where no column could tell', () => {
    const header = ['creditCode', 'name', '行业', '从业人员', '营业收入', '资产总额'];
    expect(checked(header, [code, '某公司', '零售业', '10', '100', '1']).findings).toEqual([]);
    expect(checked(header, [code, '某公司', '零售业', '', '100', '']).findings).toMatchObject([{ rule: 'sizeUnknown', column: 3, message: expect.stringContaining('employees, assets') }]);
    expect(read('地区', '万州').findings).toEqual([]);
  });

  it('tells every problem of a row, and never repeats personal data or a NUL', () => {
    const header = ['creditCode', 'name', '联系电话', '注册日期'];
    const facts = ({ column, field, rule, value }: Finding): unknown[] => [column, field, rule, value];
    expect(checked(header, ['', 'x\0', 'secret', 'yesterday']).findings.map(facts)).toEqual([[2, 'name', 'controlCharacter', 'x\ufffd']]);
    expect(checked(header, ['', '某', 'secret', 'yesterday']).findings.map(facts)).toEqual([
      [1, 'creditCode', 'required', ''], [2, 'name', 'length', '某'], [3, 'contactPhone', 'phone', null], [4, 'establishedOn', 'date', 'yesterday'],
    ]);
    expect(checked(header, [code, '某公司']).findings).toMatchObject([{ column: null, field: null, rule: 'columnCount', message: 'the row has 2 cells, the header 4', value: null }]);
  });

  it('has words in both languages for every rule, and never throws, whatever the cells', () => {
    const header = ['creditCode', 'name', '注册日期', '注册资金', '从业人员', '营业收入(元)', '行业', '需求期限', '联系电话', '担保方式', '标签', '街道', '绿色目录版本', '未知列'];
    const cell = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom(code, '2009年4月28日', '1,018(万)', 'C52', '１３９１２３４５６７８', '50010119851212002X', '=1+1', '1E99', '万州', '\ud800'));
    fc.assert(fc.property(fc.array(cell, { minLength: header.length, maxLength: header.length }), (cells) => {
      const { row, findings } = checked(header, cells);
      expect(row === null).toBe(findings.some(({ severity }) => severity === 'ERROR'));
      for (const { rule, message, value } of findings) {
        expect(Object.keys(ruleTexts)).toContain(rule);
        expect(`${message}${value}`).not.toMatch(/13912345678|50010119851212002X/);
      }
    }), { numRuns: 300 });
  });

  it('reads by a saved mapping', () => {
    const { row } = checked(['代码甲', '名乙', '备注'], [code, '某公司', '是'], [], { 代码甲: 'creditCode', 名乙: 'name', 备注: 'isPrivate' });
    expect(row).toMatchObject({ creditCode: code, name: '某公司', isPrivate: true });
  });

  it('finds the region by the district, else by the credit code, and follows abolished districts', () => {
    interface Placed { creditCode: string; province: string | null; district: string | null; address?: string }
    const names = readHeader(['统一社会信用代码', '企业名称', '所在省份', '地区', '注册地址']);
    const regionCodeOf = ({ creditCode, province, district, address }: Placed, on: string): string | undefined =>
      new RowChecker(names, { today: on, exceptions: new Set() })
        .check({ row: 2, cells: [creditCode, '万州一号有限公司', province ?? '', district ?? '', address ?? ''] }).row?.regionCode ?? undefined;
    const row: Placed = { creditCode: code, province: '重庆', district: null };
    expect(regionCodeOf(row, today)).toBe('500101');
    expect(regionCodeOf({ ...row, district: '九龙坡' }, today)).toBe('500107');
    expect(regionCodeOf({ ...row, address: '重庆市九龙坡区华岩镇' }, today)).toBe('500107');
    expect(regionCodeOf({ ...row, district: '江北' }, '2025-01-01')).toBe('500105');
    expect(regionCodeOf({ ...row, district: '江北' }, today)).toBe('500157');
    expect(regionCodeOf({ ...row, province: '浙江', district: '江北' }, today)).toBe('500101');
    expect(regionCodeOf({ creditCode: '91330100799655058B', province: null, district: null }, today)).toBeUndefined();
  });
});
