import { cellsOf, open, rowsOf, sourceOf, workbookOf, inline } from '../../../test/list-files.js';
import { openList } from '../open-list.js';
import type { Checkpoint, RawRow } from '@finharbor/spreadsheets/row-source';

const list = '统一社会信用代码,企业名称,经营范围\n91500101MA5U00011L,万州一号,"批发\n零售"\n91500101MA5UABCD0Y,上二号㐂,\n';
const cells = [['统一社会信用代码', '企业名称', '经营范围'], ['91500101MA5U00011L', '万州一号', '批发\n零售'], ['91500101MA5UABCD0Y', '上二号㐂', '']];
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('opening a list', () => {
  it.each([
    ['UTF-8', Buffer.from(list)], ['UTF-8', Buffer.from(`\ufeff${list}`)], ['UTF-16LE', Buffer.from(`\ufeff${list}`, 'utf16le')], ['UTF-16BE', utf16be(`\ufeff${list}`)],
    ['UTF-16LE', Buffer.from(list, 'utf16le')], ['UTF-16BE', utf16be(list)], ['UTF-8', Buffer.from(list.replaceAll('\n', '\r\n'))],
  ])('reads %s, whatever the pieces', async (encoding, bytes) => {
    for (const pieces of [1, 2, 3, 7, 100_000]) {
      const source = await open(bytes, {}, pieces);
      const rows: RawRow[] = [];
      for await (const batch of source.batches()) rows.push(...batch);
      expect([source.encoding, source.format, source.delimiter]).toEqual([encoding, 'CSV', ',']);
      expect(rows).toEqual(cells.map((row, index) => ({ row: index + 1, cells: row })));
    }
  });

  it('reads GB18030 and any usual delimiter, one named by Excel or by the sender too', async () => {
    const gb18030 = Buffer.from([0xcd, 0xf2, 0x2c, 0xd6, 0xdd, 0x0a, 0x95, 0x34, 0xb2, 0x35, 0x2c, 0x81, 0x39, 0xef, 0x31, 0x0a]);
    expect(await cellsOf(gb18030)).toEqual([['万', '州'], ['𠮷', '㐂']]);
    for (const mark of [';', '\t', '|']) expect(await cellsOf(list.replaceAll(',', mark))).toEqual(cells);
    expect(await cellsOf('sep=;\ncode,1;name\nx;y\n')).toEqual([['code,1', 'name'], ['x', 'y']]);
    expect(await cellsOf('a,b;c\n', { delimiter: ';' })).toEqual([['a,b', 'c']]);
  });

  it('reads NDJSON: keys of all lines as header, numbers without exponents', async () => {
    const text = '{"creditCode":"91500101MA5U00011L","name":"万州一号","revenue":12345678.5}\n\n{"name":"万州二号","soundCredit":true,"revenue":1e-7,"creditCode":911000001000013428,"x":null}\n';
    expect(await rowsOf(text)).toEqual([
      { row: 0, cells: ['creditCode', 'name', 'revenue', 'soundCredit', 'x'] },
      { row: 1, cells: ['91500101MA5U00011L', '万州一号', '12345678.5', '', ''] },
      { row: 3, cells: ['9.110000010000134e+17', '万州二号', '0.0000001', 'TRUE', ''] },
    ]);
    await expect(rowsOf('{"a":1}\n{"a":{"b":1}}')).rejects.toMatchObject({ code: 'LIST_MALFORMED', detail: expect.stringContaining('Line 2') });
    await expect(rowsOf('{"a":1}\n{"a":"secret\n')).rejects.toMatchObject({ detail: 'Line 2 is no JSON. NDJSON has one object on each line.' });
    await expect(rowsOf(Array.from({ length: 201 }, (_, index) => `{"k${index}":1}`).join('\n'))).rejects.toMatchObject({ code: 'LIST_HEADER' });
  });

  it('passes over a title, and takes the first row for the header where none looks like one', async () => {
    expect(await rowsOf('万州区推送名单,,\n填报单位：某局,,\n统一社会信用代码,企业名称,备注\n1,2,3\n')).toEqual([
      { row: 3, cells: ['统一社会信用代码', '企业名称', '备注'] }, { row: 4, cells: ['1', '2', '3'] },
    ]);
    expect(await cellsOf('代码甲,名乙\n1,2\n')).toEqual([['代码甲', '名乙'], ['1', '2']]);
    expect((await rowsOf('t,\n代码甲,名乙\n1,2\n', { mapping: { 代码甲: 'creditCode', 名乙: 'name' } }))[0].row).toBe(2);
  });

  const long = (rows: number): string => `code,name\n${Array.from({ length: rows }, (_, index) => (index % 7 === 3 ? `"${index}\n""x""",甲${'长'.repeat(index % 50)}` : `${index},乙`)).join('\n')}\n`;
  it.each([
    ['CSV', () => Buffer.from(long(4_000))], ['UTF-16', () => Buffer.from(`\ufeff${long(4_000)}`, 'utf16le')],
    ['NDJSON', () => Buffer.from(Array.from({ length: 4_000 }, (_, index) => `{"creditCode":"${index}","name":"x"}`).join('\n'))],
    ['XLSX', () => workbookOf({ sheets: { 名单: inline(['creditCode', 'name'], ...Array.from({ length: 4_000 }, (_, index) => [`${index}`, 'x'])) } })],
  ])('goes on behind any checkpoint: %s', async (_, content) => {
    const file = sourceOf(content(), 8_192);
    const whole: RawRow[] = [];
    const stops: { checkpoint: Checkpoint; read: number }[] = [];
    const source = await openList(file);
    for await (const batch of source.batches()) {
      expect(batch.length).toBeLessThanOrEqual(500);
      whole.push(...batch);
      stops.push({ checkpoint: JSON.parse(JSON.stringify(source.checkpoint)) as Checkpoint, read: whole.length });
    }
    expect(whole).toHaveLength(4_001);
    for (const { checkpoint, read } of [stops[0], stops[Math.floor(stops.length / 2)], stops[stops.length - 1]]) {
      const rest: RawRow[] = [];
      for await (const batch of (await openList(file, { from: checkpoint })).batches()) rest.push(...batch);
      expect(rest).toEqual([whole[0], ...whole.slice(read)]);
    }
    const { offset } = stops[stops.length - 1].checkpoint;
    if (_ !== 'XLSX') expect(offset).toBeGreaterThan(file.size / 2);
  });

  it.each([
    ['an old workbook', oleOf('Workbook'), 'UNSUPPORTED_MEDIA_TYPE', '.xls'], ['a protected workbook', oleOf('EncryptedPackage'), 'LIST_PROTECTED', 'password'],
    ['some other container', oleOf('WordDocument'), 'UNSUPPORTED_MEDIA_TYPE', 'no list'], ['a web page', '<html><table>', 'UNSUPPORTED_MEDIA_TYPE', 'web page'],
    ['a JSON array', '[{"a":1}]', 'UNSUPPORTED_MEDIA_TYPE', 'JSON array'], ['a PDF', '%PDF-1.7', 'UNSUPPORTED_MEDIA_TYPE', 'PDF'], ['nothing', '', 'LIST_EMPTY', 'empty'],
    ['blank lines', '\n\n', 'LIST_EMPTY', 'empty'], ['half a container', workbookOf({ sheets: { a: '' } }).subarray(0, 300), 'LIST_MALFORMED', 'cut off'],
    ['a line without end', 'a,b\n'.padEnd(1_100_000, 'x'), 'LIST_MALFORMED', 'Line 2'], ['half a pair', Buffer.from('\ufeffa,b\nc,\ud83d\n', 'utf16le'), 'LIST_ENCODING', 'Line 2'],
    ['bytes of no encoding', Buffer.from([0x61, 0x0a, 0x81, 0x20, 0x0a]), 'LIST_ENCODING', 'Line 2'],
    ['too many rows', `a,b\n${'\n'.repeat(1_048_576)}1,2\n`, 'PAYLOAD_TOO_LARGE', '1,048,576'],
  ])('refuses %s by name', async (_, content, code, words) => {
    await expect(rowsOf(content)).rejects.toMatchObject({ code, detail: expect.stringContaining(words) });
  });

  it('refuses a file that is not what its sender says', async () => {
    await expect(open('a,b\n', { format: 'XLSX' })).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'The file is CSV, not XLSX.' });
  });
});

/** The beginning of an OLE container whose directory has this name. */
function oleOf(name: string): Buffer {
  const bytes = Buffer.alloc(2048);
  Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]).copy(bytes);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt32LE(1, 48);
  bytes.write(name, 1024 + 128, 'utf16le');
  return bytes;
}
