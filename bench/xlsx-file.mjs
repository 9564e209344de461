// @ts-check
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const columns = ['统一社会信用代码', '企业名称', '注册日期', '注册资金', '经营范围', '地区', '注册地址', '行业名称', '从业人员', '营业收入(万元)', '联系电话', '信贷需求强'];
const scopes = ['批发、零售：日用百货、五金交电、建筑材料；普通货运', '种植、销售：花卉、苗木、盆景；承接园林绿化工程（取得相关行政许可后方可执业）', '利用互联网销售：化妆品、洗涤用品、厨房用具、工艺美术品'];

/** The texts of a list, numbered in the order in which cells meet them, as spreadsheets do. @param {number} rows */
function* sheetAndTexts(rows) {
  /** @type {Map<string, number>} */
  const common = new Map();
  let count = 0;
  /** @type {(text: string, isUnique?: boolean) => { index: number, added: string }} */
  const numbered = (text, isUnique = false) => {
    const known = isUnique ? undefined : common.get(text);
    if (known !== undefined) return { index: known, added: '' };
    if (!isUnique) common.set(text, count);
    return { index: count++, added: `<si><t>${text}</t></si>` };
  };
  for (let row = 1; row <= rows + 1; row += 1) {
    const cells = row === 1 ? columns : [
      { unique: `91500101MA${String(row).padStart(7, '0')}X` }, { unique: `万州第${row}号商贸有限公司` }, { date: 38_000 + (row % 7_000) }, `${(row % 90) * 10 + 10}万`, { unique: `${scopes[row % 3]}（${row}）` },
      ['万州', '渝中', '九龙坡', '江津'][row % 4], { unique: `重庆市万州区太白街道白岩路${row}号` }, ['百货零售', '餐饮业', '建筑业', '农副食品加工业'][row % 4], { number: row % 400 },
      { number: (row % 100_000) / 10 }, { unique: `023-${58_000_000 + row}` }, row % 3 ? '是' : '否',
    ];
    let sheet = `<row r="${row}" spans="1:12" x14ac:dyDescent="0.25">`;
    let texts = '';
    cells.forEach((cell, index) => {
      const at = `${String.fromCharCode(65 + index)}${row}`;
      if (typeof cell === 'object' && 'date' in cell) sheet += `<c r="${at}" s="1"><v>${cell.date}</v></c>`;
      else if (typeof cell === 'object' && 'number' in cell) sheet += `<c r="${at}"><v>${cell.number}</v></c>`;
      else {
        const { index: number, added } = typeof cell === 'string' ? numbered(cell) : numbered(cell.unique, true);
        texts += added;
        sheet += `<c r="${at}" t="s"><v>${number}</v></c>`;
      }
    });
    yield { sheet: `${sheet}</row>`, texts };
  }
}

/** A part, packed as its pieces come. */
class Part {
  bytes = 0;
  crc = 0;
  /** @type {Buffer[]} */
  packed = [];
  deflate = createDeflateRaw({ level: 3 });

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.deflate.on('data', (chunk) => this.packed.push(chunk));
  }

  /** @param {string} text */
  async write(text) {
    const bytes = Buffer.from(text);
    this.bytes += bytes.length;
    this.crc = crc32(bytes, this.crc);
    if (!this.deflate.write(bytes)) await once(this.deflate, 'drain');
  }

  async end(text = '') {
    await this.write(text);
    this.deflate.end();
    await finished(this.deflate);
    return this;
  }
}

/** @param {string} name @param {string} text */
const whole = (name, text) => new Part(name).end(declaration + text);

/**
 * Writes a list of so many rows as Excel would: 12 columns, nine of text by number, a date, two numbers.
 * @param {string} path @param {number} rows
 */
export async function writeXlsx(path, rows) {
  const [sheet, texts] = [new Part('xl/worksheets/sheet1.xml'), new Part('xl/sharedStrings.xml')];
  await sheet.write(`${declaration}<worksheet xmlns="${main}" xmlns:r="${office}" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"><dimension ref="A1:L${rows + 1}"/><sheetData>`);
  await texts.write(`${declaration}<sst xmlns="${main}">`);
  let [rowsText, textsText] = ['', ''];
  for (const row of sheetAndTexts(rows)) {
    rowsText += row.sheet;
    textsText += row.texts;
    if (rowsText.length < 262_144) continue;
    await sheet.write(rowsText);
    await texts.write(textsText);
    [rowsText, textsText] = ['', ''];
  }
  const parts = [
    await whole('[Content_Types].xml', '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'),
    await whole('_rels/.rels', `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`),
    await whole('xl/workbook.xml', `<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr/><sheets><sheet name="名单" sheetId="1" r:id="rId1"/></sheets></workbook>`),
    await whole('xl/_rels/workbook.xml.rels', `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/><Relationship Id="rId3" Type="${office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`),
    await whole('xl/styles.xml', `<styleSheet xmlns="${main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0"/></cellXfs></styleSheet>`),
    await texts.end(`${textsText}</sst>`), await sheet.end(`${rowsText}</sheetData></worksheet>`),
  ];
  await writeZip(path, parts);
}

/** @param {string} path @param {Part[]} parts */
async function writeZip(path, parts) {
  const out = createWriteStream(path);
  const directory = [];
  let offset = 0;
  for (const { name, packed, bytes, crc } of parts) {
    const packedBytes = packed.reduce((sum, { length }) => sum + length, 0);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(packedBytes, 14);
    common.writeUInt32LE(bytes, 18);
    common.writeUInt16LE(name.length, 22);
    const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, Buffer.alloc(14), Buffer.from(name)]);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry);
    for (const chunk of [Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name)]), ...packed]) {
      if (!out.write(chunk)) await once(out, 'drain');
    }
    offset += 30 + name.length + packedBytes;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  out.end(Buffer.concat([...directory, end]));
  await finished(out);
}
