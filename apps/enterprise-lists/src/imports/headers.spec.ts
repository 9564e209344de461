import { columnKeys, columns } from './columns.js';
import { normaliseHeader, readHeader } from './headers.js';

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
    const { warnings } = readHeader(['统一社会信用代码', '企业名称', '法定代表人', '', 'a\0b']);
    expect(warnings).toEqual([
      { rule: 'unknownHeader', header: '法定代表人', message: expect.stringContaining('法定代表人') },
      { rule: 'unknownHeader', header: null, message: 'Column 4 has no header and is ignored.' },
      { rule: 'unknownHeader', header: 'a b', message: expect.any(String) },
    ]);
    const [{ header, message }] = readHeader(['统一社会信用代码', '企业名称', '填表人13912345678']).warnings;
    expect([header, message]).toEqual(['填表人139****5678', expect.stringContaining('139****5678')]);
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
