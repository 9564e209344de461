import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Excel from 'exceljs';
import { cellsOf, rowsOf } from '../../../test/list-files.js';
import { columnKeys } from '../columns.js';
import { readHeader } from '../headers.js';
import type { Finding } from '../row-findings.js';
import { RowChecker } from '../row-rules.js';
import { writeErrorWorkbook } from './error-workbook.js';
import { writeTemplate } from './template.js';

const context = { today: '2026-11-22', exceptions: new Set<string>() };
const header = ['统一社会信用代码', '企业名称', '注册日期', '备注', '联系电话', '所属街道'];
const rows = [
  ['91500101MA5U00011M', '=HYPERLINK("http://x","甲")公司', '2009-02-30', '_x0041_ 第一行\n第二行', '', ''],
  ['911000001000013428', '＋万州 "二" <号>', '2009-04-28', '@SUM(A1)', 'abc', '无名街道'],
];

async function written(write: (out: PassThrough) => Promise<unknown>): Promise<Buffer> {
  const out = new PassThrough();
  const bytes = buffer(out);
  await write(out);
  return bytes;
}

const explained = (given: string[][], top: string[] = header) => {
  const read = readHeader(top);
  return given.map((cells, index) => ({ cells, findings: new RowChecker(read, context).check({ row: index + 2, cells }).findings }));
};

async function loaded(bytes: Buffer): Promise<Excel.Workbook> {
  const book = new Excel.Workbook();
  await book.xlsx.load(bytes as unknown as Excel.Buffer);
  return book;
}

describe('the workbook of errors', () => {
  it('has the same rows and columns, failing cells filled and commented, and says in the last column what is wrong', async () => {
    const sheet = (await loaded(await written((out) => writeErrorWorkbook(out, header, explained(rows))))).getWorksheet('名单')!;
    const [code, name, day, remark, phone, street] = ['A', 'B', 'C', 'D', 'E', 'F'].map((letter) => sheet.getCell(`${letter}2`));
    expect([code.value, code.numFmt, code.type]).toEqual([rows[0][0], '@', Excel.ValueType.String]);
    expect(code.fill).toMatchObject({ fgColor: { argb: 'FFFFC7CE' } });
    expect(JSON.stringify(code.note)).toContain('校验位');
    expect(JSON.stringify(day.note)).toContain('日期无法识别');
    expect([name, remark, phone, street].map((cell) => cell.fill?.type === 'pattern' && cell.fill.pattern === 'solid')).toEqual([false, false, false, false]);
    expect(sheet.getCell('G1').value).toBe('错误说明');
    expect(sheet.getCell('G2').value).toContain('统一社会信用代码：信用代码校验位不符');
    expect(sheet.getCell('G3').value).toContain('联系电话：');
    // Street is told by a warning, which does not reject: but this row is.
    expect(sheet.getCell('F3').fill).toMatchObject({ fgColor: { argb: 'FFFFEB9C' } });
    for (let row = 1; row <= 3; row += 1) sheet.getRow(row).eachCell((cell) => expect([cell.formula, cell.hyperlink, cell.numFmt]).toEqual([undefined, undefined, '@']));
  });

  it('uploads again as it is, any number of times', async () => {
    let bytes = await written((out) => writeErrorWorkbook(out, header, explained(rows)));
    for (let turn = 0; turn < 2; turn += 1) {
      const [top, ...again] = await cellsOf(bytes);
      expect(top).toEqual([...header, '错误说明']);
      expect(again.map((cells) => cells.slice(0, header.length))).toEqual(rows);
      expect(readHeader(top).warnings.map((warning) => warning.header)).toEqual(['备注', null]);
      const findings = explained(again, top).map((row) => row.findings);
      expect(findings).toEqual(explained(rows).map((row) => row.findings));
      bytes = await written((out) => writeErrorWorkbook(out, top, explained(again, top)));
    }
    const corrected = (await cellsOf(bytes))[1].with(0, '91500101MA5U00011L').with(2, '2009-02-28');
    expect(new RowChecker(readHeader([...header, '错误说明']), context).check({ row: 2, cells: corrected }).row).toMatchObject({ creditCode: '91500101MA5U00011L' });
  });

  it('stops when whoever reads it goes away', async () => {
    const out = new PassThrough({ highWaterMark: 1 });
    let asked = 0;
    async function* endless(): AsyncGenerator<{ cells: string[]; findings: Finding[] }> {
      for (; ; asked += 1) {
        // It may wait for the reader from the first row on.
        if (asked === 0) setImmediate(() => setImmediate(() => out.destroy()));
        await new Promise(setImmediate);
        yield explained(rows)[0];
      }
    }
    await expect(writeErrorWorkbook(out, header, endless())).rejects.toThrow('gone away');
    expect(asked).toBeLessThan(20);
  });
});

describe('the template', () => {
  it('has headers that are all understood, lists to choose from, and an explanation of each column', async () => {
    const bytes = await written((out) => writeTemplate('xlsx', out));
    const [top] = await cellsOf(bytes);
    const read = readHeader(top);
    expect(read.warnings).toEqual([]);
    const left = columnKeys.filter((key) => !read.columns.has(key));
    expect(left).toEqual(['industryCode', 'innovationTier', 'greenPlate']);
    expect(read.columns.get('revenue')?.unit).toBe('万元');
    const book = await loaded(bytes);
    expect(book.worksheets.map(({ name, state }) => [name, state])).toEqual([['名单', 'visible'], ['填写说明', 'visible'], ['选项', 'veryHidden']]);
    const validations = (book.getWorksheet('名单') as unknown as { dataValidations: { model: Record<string, Excel.DataValidation> } }).dataValidations.model;
    const formulae = new Set(Object.values(validations).map(({ formulae: [formula] }) => String(formula)));
    expect(formulae.size).toBe(17);
    const words = book.getWorksheet('选项')!;
    for (const formula of formulae) {
      const [, letter, last] = /^选项!\$([A-Z]+)\$1:\$\1\$(\d+)$/.exec(formula)!;
      const listed = Array.from({ length: Number(last) }, (_, index) => words.getCell(`${letter}${index + 1}`).text);
      expect(listed.every((word) => word !== '')).toBe(true);
    }
    expect(book.getWorksheet('填写说明')!.rowCount).toBe(columnKeys.length + 1);
  });

  it('gives choices and examples that its own rules take without a word', async () => {
    const book = await loaded(await written((out) => writeTemplate('xlsx', out)));
    const help = book.getWorksheet('填写说明')!;
    const [names, examples] = [1, 5].map((column) => (help.getColumn(column).values as (string | undefined)[]).slice(2).map(String));
    const { row, findings } = new RowChecker(readHeader(names), context).check({ row: 2, cells: examples });
    expect(findings).toEqual([]);
    expect(row).toMatchObject({ industryCode: 'F5211', registeredCapital: { amount: '1000000' }, streetCode: '500101017', zoneCode: '500101Z01', tags: ['FOREIGN_TRADE', 'GREEN_BUILDING', 'SPECIALISED_SME'] });
  });

  it('is the same header as CSV', async () => {
    const [csv, xlsx] = await Promise.all((['csv', 'xlsx'] as const).map((format) => written((out) => writeTemplate(format, out))));
    expect(await rowsOf(csv)).toEqual([(await rowsOf(xlsx))[0]]);
  });
});
