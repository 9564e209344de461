import ExcelJS from 'exceljs';

/** Rows of cells as a workbook that Excel would write. */
export async function workbookOf(rows: (string | number | Date)[][]): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  workbook.addWorksheet('名单').addRows(rows);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/** The workbook with one cell of its first sheet changed, as somebody corrects it who was sent it back. */
export async function corrected(bytes: Buffer, row: number, column: number, value: string): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes as never);
  workbook.worksheets[0].getRow(row).getCell(column).value = value;
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/** The cells of a row of its first sheet, as text. */
export async function rowOf(bytes: Buffer, row: number): Promise<string[]> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes as never);
  const cells: string[] = [];
  workbook.worksheets[0].getRow(row).eachCell({ includeEmpty: true }, (cell) => { cells.push(cell.text); });
  return cells;
}

/** Two bytes to each character: all that a list of names needs of GB18030, which Node only decodes. */
const table = new Map<string, Buffer>();
for (let lead = 0x81; lead <= 0xfe; lead += 1) {
  for (let trail = 0x40; trail <= 0xfe; trail += 1) {
    const bytes = Buffer.from([lead, trail]);
    const character = new TextDecoder('gb18030').decode(bytes);
    if (trail !== 0x7f && [...character].length === 1 && !table.has(character)) table.set(character, bytes);
  }
}

export const gb18030 = (text: string): Buffer => Buffer.concat([...text].map((character) =>
  (character.codePointAt(0)! < 0x80 ? Buffer.from(character) : table.get(character)!)));
