import { readHeader } from './headers.js';
import { checkRow, type ImportedRow, regionCodeOf, type RowProblem } from './row-rules.js';

const today = '2026-11-22';
const code = '91500101MA5U00011L';

/** Reads one row with the two required columns and one more. */
function read(column: string, cell: string): ImportedRow | RowProblem[] {
  return checkRow([code, '万州一号有限公司', cell], readHeader(['creditCode', 'name', column]), today);
}

const problem = (column: string, cell: string): string | undefined => {
  const result = read(column, cell);
  return Array.isArray(result) ? result.map(({ rule }) => rule).join(' ') : undefined;
};

function readCode(cell: string): string {
  const result = checkRow([cell, '万州一号有限公司'], readHeader(['creditCode', 'name']), today);
  return Array.isArray(result) ? result[0].rule : result.creditCode;
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
    const [person] = checkRow(['50010119851212002X', '某某'], readHeader(['creditCode', 'name']), today) as RowProblem[];
    expect(person).toMatchObject({ rule: 'residentId', value: '5***************2X' });
  });

  it('repeats a phone number or a mail address that stands in another column masked', () => {
    const [code, employees] = checkRow(['１３９１２３４５６７８', '某公司', '问duan@b.cn'], readHeader(['creditCode', 'name', 'employees']), today) as RowProblem[];
    expect([code.value, employees.value]).toEqual(['139****5678', '问d***@b.cn']);
  });

  it('says what the right check character would be', () => {
    const [wrong] = checkRow(['91500101MA5U00011M', '某公司'], readHeader(['creditCode', 'name']), today) as RowProblem[];
    expect(wrong).toEqual({ field: 'creditCode', rule: 'checksum', value: '91500101MA5U00011M', message: expect.stringContaining('call for L') });
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
  ])('reads %s “%s”', (column, cell, expected) => {
    expect(read(column, cell)).toMatchObject(expected);
  });

  it.each([
    ['注册日期', '4/28/2009', 'date'], ['注册日期', '2026-11-23', 'future'], ['注册资金', '50', 'unit'], ['注册资金', '若干', 'amount'],
    ['营业收入', '-5', 'amount'], ['营业收入', '5万美元', 'amount'], ['从业人员', '12.5', 'integer'], ['需求期限', '0', 'months'], ['需求期限', '99年', 'months'],
    ['行业代码', 'C52', 'industry'], ['发展前景好', '也许', 'yesNo'], ['担保方式', '其他', 'enumeration'], ['联系电话', 'abc', 'phone'],
    ['经营范围', 'a\0b', 'controlCharacter'], ['经营范围', '长'.repeat(30_000), 'tooLong'], ['经营范围', '长'.repeat(20_001), 'length'],
  ])('refuses %s “%s” by the rule %s', (column, cell, rule) => {
    expect(problem(column, cell)).toBe(rule);
  });

  it('tells every problem of a row, and never repeats personal data or a NUL', () => {
    const header = readHeader(['creditCode', 'name', '联系电话', '注册日期']);
    expect(checkRow(['', 'x\0', 'secret', 'yesterday'], header, today)).toEqual([
      { field: 'name', rule: 'controlCharacter', message: expect.stringContaining('U+0000'), value: 'x\ufffd' },
    ]);
    expect(checkRow(['', '某', 'secret', 'yesterday'], header, today)).toEqual([
      { field: 'creditCode', rule: 'required', message: 'must be stated', value: '' },
      { field: 'name', rule: 'length', message: expect.any(String), value: '某' },
      { field: 'establishedOn', rule: 'date', message: expect.any(String), value: 'yesterday' },
      { field: 'contactPhone', rule: 'phone', message: expect.any(String), value: null },
    ]);
    expect(checkRow([code, '某公司'], header, today)).toEqual([{ field: null, rule: 'columnCount', message: 'the row has 2 cells, the header 4', value: null }]);
  });

  it('finds the region by the district, else by the credit code, and follows abolished districts', () => {
    const row = { creditCode: code, province: '重庆', district: null };
    expect(regionCodeOf(row, today)).toBe('500101');
    expect(regionCodeOf({ ...row, district: '九龙坡' }, today)).toBe('500107');
    expect(regionCodeOf({ ...row, district: '江北' }, '2025-01-01')).toBe('500105');
    expect(regionCodeOf({ ...row, district: '江北' }, today)).toBe('500157');
    expect(regionCodeOf({ ...row, province: '浙江', district: '江北' }, today)).toBe('500101');
    expect(regionCodeOf({ creditCode: '91330100799655058B', province: null, district: null }, today)).toBeUndefined();
  });
});
