import { columnKeys, columns } from './columns.js';
import { countHeaders, normaliseHeader, readHeader } from './headers.js';

describe('headers', () => {
  it('knows each name once, written as headers are normalised', () => {
    const names = columnKeys.flatMap((key) => columns[key].names);
    expect(new Set(names).size).toBe(names.length);
    expect(names.map(normaliseHeader)).toEqual(names);
  });

  it('maps Chinese and English headers, whatever their case, width and blanks', () => {
    const header = readHeader(['Credit_Code', ' 企 业 名 称 ', 'ＩＮＤＵＳＴＲＹ－ＣＯＤＥ', '*联系人：', 'Demand Term Months']);
    expect([...header.columns.keys()]).toEqual(['creditCode', 'name', 'industryCode', 'contactName', 'demandTermMonths']);
    expect(header).toMatchObject({ width: 5, warnings: [] });
  });

  it('reads the unit of a column and ignores a column whose unit it does not know', () => {
    const header = readHeader(['uscc', 'name', '营业收入（单位：元）', '注册资本(万元)', '资产总额(美元)']);
    expect(header.columns.get('revenue')).toEqual({ index: 2, unit: '元' });
    expect(header.columns.get('registeredCapital')).toEqual({ index: 3, unit: '万元' });
    expect(header.warnings.map((warning) => warning.header)).toEqual(['资产总额(美元)']);
  });

  it('names unknown headers and columns without one as warnings', () => {
    const { warnings } = readHeader(['统一社会信用代码', '企业名称', '法定代表人', '', 'a\0b', '从业人员']);
    expect(warnings).toEqual([
      { rule: 'unknownHeader', header: '法定代表人', message: expect.stringContaining('法定代表人') },
      { rule: 'unknownHeader', header: null, message: 'Column 4 has no header and is ignored.' },
      { rule: 'unknownHeader', header: 'a b', message: expect.any(String) },
    ]);
    const [{ header, message }] = readHeader(['统一社会信用代码', '企业名称', '填表人13912345678']).warnings;
    expect([header, message]).toEqual(['填表人139****5678', expect.stringContaining('139****5678')]);
  });

  it('warns where no column can tell the size', () => {
    expect(readHeader(['统一社会信用代码', '企业名称']).warnings).toMatchObject([{ rule: 'sizeUnknown', header: null }]);
    expect(readHeader(['统一社会信用代码', '企业名称', '行业']).warnings).toEqual([]);
  });

  it('lets a saved mapping go first: headers of their own, units in brackets, columns to pass over', () => {
    const header = readHeader(['代码', '企业名称', '法人名称', '产值（元）', '行业代码', '行业编码'], { 代码: 'creditCode', 企业名称: null, 法人名称: 'name', 产值: 'revenue', 行业代码: null, ' 行业编码 ': 'industryCode' });
    expect([...header.columns]).toEqual([['creditCode', { index: 0 }], ['name', { index: 2 }], ['revenue', { index: 3, unit: '元' }], ['industryCode', { index: 5 }]]);
    expect([header.warnings, header.keyAt]).toEqual([[], ['creditCode', undefined, 'name', 'revenue', undefined, 'industryCode']]);
  });

  it('knows remarks behind a header, and passes over the column of explanations', () => {
    const header = readHeader(['*统一社会信用代码（18位）', '企业名称(必填)', '是否民营(是/否)', '从业人员（人）', '错误说明']);
    expect([[...header.columns.keys()], header.warnings]).toEqual([['creditCode', 'name', 'isPrivate', 'employees'], []]);
    expect(readHeader(['代码', '统一社会信用代码', '名称', '名称(英文)', '行业']).warnings.map((warning) => warning.header)).toEqual(['代码', '名称(英文)']);
    expect([['万州区推送名单', ''], ['代码', '企业名称', '地区'], ['错误说明']].map((cells) => countHeaders(cells))).toEqual([0, 2, 0]);
  });

  it('refuses missing and doubled headers by name', () => {
    const read = (cells: string[]): unknown => {
      try {
        return readHeader(cells);
      } catch (error) {
        return error;
      }
    };
    expect(read(['name', '地区', 'district'])).toMatchObject({
      code: 'LIST_HEADER',
      errors: [
        { field: 'creditCode', rule: 'missingHeader', message: 'The header creditCode (统一社会信用代码) is missing.' },
        { field: 'district', rule: 'doubledHeader', message: 'The headers “地区” and “district” both mean district.' },
      ],
    });
    expect(read(['name;creditCode'])).toMatchObject({ detail: expect.stringContaining('separated by commas') });
    expect(read(Array.from({ length: 201 }, (_, index) => `h${index}`))).toMatchObject({ code: 'LIST_HEADER' });
  });
});
