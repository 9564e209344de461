import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Excel from 'exceljs';
import fc from 'fast-check';
import { cellsOf, inline, open, type Parts, rowsOf, workbookOf, zipOf } from '../../../test/list-files.js';
import { dayText, isDateFormat, numberText } from '@finharbor/spreadsheets/cell-values';
import { SharedStrings } from '@finharbor/spreadsheets/shared-strings';
import { XmlScanner } from '@finharbor/spreadsheets/xml';

const sheet = (rows: string, more: Partial<Parts> = {}): Buffer => workbookOf({ sheets: { 名单: rows }, ...more });
const first = async (rows: string, more?: Partial<Parts>): Promise<string[]> => (await cellsOf(sheet(rows, more)))[0];

describe('reading XLSX', () => {
  it('reads shared, rich and inline texts, leaves phonetics out, and undoes what XML cannot hold', async () => {
    const strings = '<si><t>一&amp;二&#10;&#x4E07;</t></si><si><r><t>富</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 文本</t></r><rPh sb="0" eb="1"><t>fu</t></rPh></si><si/><si><t>_x0009__x005F_x0009_</t></si>';
    const row = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c>'
      + '<c r="E1" t="inlineStr"><is><r><t>内</t></r><r><t>联𠮷</t></r></is></c><c r="F1" t="inlineStr"><is><t><![CDATA[<&>]]></t></is></c></row>';
    expect(await first(row, { strings })).toEqual(['一&二\n万', '富 文本', '', '\t_x0009_', '内联𠮷', '<&>']);
  });

  it('reads formulas by what they last came to, booleans, errors and numbers', async () => {
    const row = '<row><c><f>A1*2</f><v>81.579999999999998</v></c><c t="str"><f>T("x")</f><v>文</v></c><c t="str"><f>T("")</f><v></v></c><c><f>B1</f></c>'
      + '<c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="e"><v>#N/A</v></c><c><v>1.3912345678E10</v></c><c><v>9.1500101123456789E17</v></c><c><v>-0.5</v></c><c t="d"><v>2009-04-28T00:00:00</v></c></row>';
    expect(await first(row)).toEqual(['81.58', '文', '', '#FORMULA!', 'TRUE', 'FALSE', '#N/A', '13912345678', '9.15001011234568e+17', '-0.5', '2009-04-28']);
  });

  it('reads dates by the format of their cell, in both calendars', async () => {
    const styles = '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="165" formatCode="0.00&quot;d&quot;"/></numFmts>'
      + '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="31"/></cellXfs>';
    const row = '<row><c><v>39931</v></c><c s="1"><v>39931</v></c><c s="2"><v>39931.5</v></c><c s="3"><v>39931</v></c><c s="4" t="n"><v>39931</v></c></row>';
    expect(await first(row, { styles })).toEqual(['39931', '2009-04-28', '2009-04-28 12:00:00', '39931', '2009-04-28']);
    expect((await first(row, { styles, properties: 'date1904="1"' }))[1]).toBe('2013-04-29');
    expect([0.5, 1, 59, 60, 61, 2_958_465, 2_958_466].map((serial) => dayText(serial, false)))
      .toEqual(['0.5', '1900-01-01', '1900-02-28', '1900-02-29', '1900-03-01', '9999-12-31', '2958466']);
    expect(['yyyy/m/d', '[$-804]mmm', 'm/d', 'h:mm', '[h]:mm:ss', '0.00E+00', '[Red]0', '"day"0', 'General', '@', '\\d0', '#,##0_d'].map((code) => isDateFormat(164, code)))
      .toEqual([true, true, true, false, false, false, false, false, false, false, false, false]);
  });

  it('writes numbers as people do', () => {
    fc.assert(fc.property(fc.integer({ min: -1e9, max: 1e9 }), (number) => {
      expect(numberText(String(number))).toBe(String(number));
      expect(Number(numberText((number / 100).toExponential()))).toBe(number / 100);
    }));
    expect(['0.1000000000000000055', '13912345678.0', '4.50', '-0', 'x'].map(numberText)).toEqual(['0.1', '13912345678', '4.5', '-0', 'x']);
  });

  it('keeps the number of each row, fills gaps, and gives each row the width of the header', async () => {
    const rows = '<row r="2"><c r="B2" t="inlineStr"><is><t>creditCode</t></is></c><c r="D2" t="inlineStr"><is><t>name</t></is></c><c r="E2" s="0"/></row>'
      + '<row r="3"/><row r="5"><c r="D5"><v>1</v></c><c r="XFD5" s="0"/></row><row r="6"><c r="A6"><v>1</v></c><c r="XFD6"><v>2</v></c></row><row r="9"><c r="A9"/></row>';
    const read = await rowsOf(sheet(rows));
    expect(read.slice(0, 2)).toEqual([{ row: 2, cells: ['', 'creditCode', '', 'name'] }, { row: 5, cells: ['', '', '', '1'] }]);
    expect(read.slice(2).map(({ row, cells }) => [row, cells.length])).toEqual([[6, 201]]);
  });

  it('reads the first visible sheet that has cells, or the one that is named', async () => {
    const book = workbookOf({ sheets: { 隐藏: inline(['h']), 名单: inline(['v']), 第三: inline(['t']) }, attributes: { 隐藏: 'state="hidden"' } });
    expect([await cellsOf(book), await cellsOf(book, { sheet: ' 第三' })]).toEqual([[['v']], [['t']]]);
    expect((await open(book)).sheet).toBe('名单');
    await expect(open(book, { sheet: '没有' })).rejects.toMatchObject({ code: 'LIST_SHEET', detail: expect.stringContaining('“隐藏”, “名单”, “第三”') });
  });

  it('reads prefixed names, single quotes, comments and brackets in attributes, whatever the pieces', async () => {
    const rows = "<x:row r='1' note=\"a > b\"><!-- <c> --><x:c r='A1' t='inlineStr'><x:is><x:t>甲<!-- -->乙</x:t></x:is></x:c>\n<x:c\nr='B1'><x:v>7</x:v></x:c></x:row>";
    for (const pieces of [1, 5, 4096]) expect((await rowsOf(sheet(rows), {}, pieces))[0].cells).toEqual(['甲乙', '7']);
  });

  it('reads what exceljs writes', async () => {
    const values = fc.array(fc.array(fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '万', '𠮷', '<', '&', '"', ' ', '=', '_x000A_'), minLength: 1, maxLength: 12 }).map((text) => `x${text}x`), fc.integer(), fc.boolean(),
    ), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 });
    await fc.assert(fc.asyncProperty(values, fc.boolean(), async (rows, useSharedStrings) => {
      const out = new PassThrough();
      const written = buffer(out);
      const writer = new Excel.stream.xlsx.WorkbookWriter({ stream: out, useSharedStrings });
      const target = writer.addWorksheet('名单');
      for (const row of rows) target.addRow(row).commit();
      await writer.commit();
      const texts = rows.map((row) => row.map((value) => (typeof value === 'boolean' ? String(value).toUpperCase() : String(value).replaceAll('_x000A_', '\n'))));
      expect(await cellsOf(await written)).toEqual(texts);
    }), { numRuns: 25 });
  });

  const bomb = 'a'.repeat(12_000_000);
  it.each<[string, () => Buffer, string, string]>([
    ['a bomb', () => sheet('', { others: { 'xl/worksheets/sheet1.xml': bomb } }), 'PAYLOAD_TOO_LARGE', '200 times'],
    ['a bomb that lies', () => workbookOf({ sheets: { a: '' }, others: { 'xl/worksheets/sheet1.xml': bomb } }, { stated: { 'xl/worksheets/sheet1.xml': 1000 } }), 'LIST_MALFORMED', 'larger than it says'],
    ['many parts', () => zipOf(Object.fromEntries(Array.from({ length: 5_001 }, (_, index) => [`p${index}`, '']))), 'PAYLOAD_TOO_LARGE', '5000 parts'],
    ['an encrypted part', () => workbookOf({ sheets: { a: inline(['x']) } }, { isEncrypted: true }), 'LIST_PROTECTED', 'password'],
    ['a document type', () => sheet('', { others: { 'xl/worksheets/sheet1.xml': '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet/>' } }), 'LIST_MALFORMED', 'document type'],
    ['an entity of its own', () => sheet('<row><c t="str"><v>&xxe;</v></c></row>'), 'LIST_MALFORMED', 'entity'],
    ['half a pair', () => sheet('<row><c t="str"><v>&#xD83D;</v></c></row>'), 'LIST_MALFORMED', 'entity'],
    ['bytes of no encoding', () => sheet('', { others: { 'xl/worksheets/sheet1.xml': Buffer.from('<worksheet><sheetData><row><c t="str"><v>\xff</v></c></row></sheetData></worksheet>', 'latin1') } }), 'LIST_ENCODING', 'UTF-8'],
    ['a missing text', () => sheet('<row><c t="s"><v>7</v></c></row>', { strings: '<si><t>a</t></si>' }), 'LIST_MALFORMED', 'row 1'],
    ['rows out of order', () => sheet('<row r="2"/><row r="2"/>'), 'LIST_MALFORMED', 'behind row 2'],
    ['cells out of order', () => sheet('<row r="1"><c r="B1"><v>1</v></c><c r="B1"><v>1</v></c></row>'), 'LIST_MALFORMED', 'row 1'],
    ['a row beyond the last', () => sheet('<row r="1048577"><c><v>1</v></c></row>'), 'PAYLOAD_TOO_LARGE', '1,048,576'],
    ['elements that do not fit', () => sheet('<row><c><v>1</c></v></row>'), 'LIST_MALFORMED', 'sheet1.xml'],
    ['a sheet that ends too early', () => sheet('', { others: { 'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row><c>' } }), 'LIST_MALFORMED', 'too early'],
    ['a text without end', () => sheet(`<row><c t="str"><v>${'长'.repeat(600_000)}</v></c></row>`), 'LIST_MALFORMED', '1 MiB'],
    ['a text in pieces without end', () => sheet(`<row><c t="str"><v>${`${'长'.repeat(10_000)}<!---->`.repeat(60)}</v></c></row>`), 'LIST_MALFORMED', '1 MiB'],
    ['a shared text in pieces without end', () => sheet('', { strings: `<si>${`<r><t>${'x'.repeat(99_999)}</t></r>`.repeat(11)}</si>` }), 'LIST_MALFORMED', '200 kB'],
    ['a sheet outside of the file', () => sheet('', { others: { 'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="http://localhost/x.xml" TargetMode="External"/></Relationships>' } }), 'LIST_SHEET', 'no sheet'],
    ['an empty sheet', () => sheet('<row r="1"><c r="A1" s="1"/></row>'), 'LIST_EMPTY', '“名单”'],
    ['a binary workbook', () => zipOf({ 'xl/workbook.bin': 'x' }), 'UNSUPPORTED_MEDIA_TYPE', '.xlsb'],
    ['an OpenDocument file', () => zipOf({ mimetype: 'x', 'content.xml': '<x/>' }), 'UNSUPPORTED_MEDIA_TYPE', '.ods'],
    ['some other container', () => zipOf({ 'a.txt': 'x' }), 'UNSUPPORTED_MEDIA_TYPE', 'zip file'],
  ])('refuses %s', async (_, content, code, words) => {
    await expect(rowsOf(content())).rejects.toMatchObject({ code, detail: expect.stringContaining(words) });
  });

  it('never fetches, unpacks or reckons anything: links and formulas are passed over', async () => {
    const book = sheet('<row><c><f>WEBSERVICE("http://localhost:1/x")</f><v>3</v></c></row>', {
      others: { 'xl/externalLinks/externalLink1.xml': '<!DOCTYPE x>', '../../escape.txt': 'x' },
    });
    await expect(rowsOf(book)).rejects.toMatchObject({ code: 'LIST_MALFORMED' });
    expect(await cellsOf(sheet('<row><c><f>WEBSERVICE("http://localhost:1/x")</f><v>3</v></c></row>', { others: { 'xl/externalLinks/externalLink1.xml': '<!DOCTYPE x>' } }))).toEqual([['3']]);
  });

  it('holds a table of texts that is larger than its memory', () => {
    const texts = Array.from({ length: 1_200 }, (_, index) => `${index}：${'万州'.repeat(index % 400)}&`);
    const table = new SharedStrings(2);
    const scanner = new XmlScanner(table, 'sharedStrings.xml');
    const elements = texts.map((text) => `<si><t>${text.replace('&', '&amp;')}</t></si>`);
    const xml = Buffer.from(`<sst>${elements.join('')}</sst>`).toString('latin1');
    for (let at = 0; at < xml.length; at += 1_000) scanner.push(xml.slice(at, at + 1_000));
    scanner.end();
    const order = texts.map((_, index) => (index * 1_009) % texts.length);
    expect([...order, ...texts.keys()].map((index) => table.get(index))).toEqual([...order.map((index) => texts[index]), ...texts]);
    expect(table).toHaveLength(texts.length);
    expect([texts.length, -1, Number.NaN].map((index) => table.get(index))).toEqual([undefined, undefined, undefined]);
    table.discard();
  });
});
