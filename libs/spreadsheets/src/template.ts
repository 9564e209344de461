import type { Writable } from 'node:stream';
import Excel from 'exceljs';

/** A column of a template. */
export interface TemplateColumn {
  header: string;
  isRequired: boolean;
  /** What may be chosen, where only a few words are possible. */
  choices?: readonly string[];
  /** Several may stand in one cell, so others than those of the list are let pass. */
  takesSeveral?: boolean;
}

export interface Template {
  sheet: string;
  columns: readonly TemplateColumn[];
  /** The sheet that explains the columns: its headers with their widths, and its rows. */
  help: { headers: readonly (readonly [string, number])[]; rows: readonly (readonly string[])[] };
}

/** Rows that get the lists to choose from. */
const validatedRows = 10_000;

/** Writes a template: headers, lists to choose from, and a sheet that explains each column; as CSV the headers. */
export async function writeTemplate({ sheet: name, columns, help }: Template, format: 'xlsx' | 'csv', out: Writable): Promise<void> {
  if (format === 'csv') {
    out.end(`\ufeff${columns.map(({ header }) => header).join(',')}\r\n`);
    return;
  }
  const book = new Excel.Workbook();
  const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  const explained = book.addWorksheet('填写说明');
  const words = book.addWorksheet('选项', { state: 'veryHidden' });
  sheet.columns = columns.map(({ header }) => ({ header, width: 22, style: { numFmt: '@' } }));
  sheet.getRow(1).font = { bold: true };
  for (const [index, { isRequired, choices, takesSeveral }] of columns.entries()) {
    const letter = sheet.getColumn(index + 1).letter;
    if (isRequired) sheet.getCell(`${letter}1`).fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFE699' } };
    if (!choices) continue;
    const column = words.columnCount + 1;
    choices.forEach((word, at) => { words.getCell(at + 1, column).value = word; });
    const from = words.getColumn(column).letter;
    validationsOf(sheet).add(`${letter}2:${letter}${validatedRows + 1}`, {
      type: 'list', allowBlank: true, formulae: [`选项!$${from}$1:$${from}$${choices.length}`], showErrorMessage: !takesSeveral, errorTitle: '不在可选范围内', error: '请从下拉列表中选择。',
    });
  }
  explained.columns = help.headers.map(([header, width]) => ({ header, width }));
  explained.getRow(1).font = { bold: true };
  for (const row of help.rows) explained.addRow([...row]);
  await book.xlsx.write(out);
  out.end();
}

/** exceljs can validate whole ranges, which its types do not know. */
const validationsOf = (sheet: Excel.Worksheet): { add(range: string, validation: Excel.DataValidation): void } =>
  (sheet as unknown as { dataValidations: { add(range: string, validation: Excel.DataValidation): void } }).dataValidations;
