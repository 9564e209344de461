import type { Writable } from 'node:stream';
import { WANZHOU_STREETS, WANZHOU_ZONES } from '@finharbor/standards/regions-wanzhou.data';
import Excel from 'exceljs';
import { tagWords } from '../cell-words.js';
import { type ColumnKey, columnKeys, columns, requiredColumns } from '../columns.js';
import { explanations } from './template-texts.js';

/** Left out of the template: what others of its columns say as well. */
const spared: readonly ColumnKey[] = ['industryCode', 'innovationTier', 'greenPlate'];
const shown = columnKeys.filter((key) => !spared.includes(key));
/** Rows that get the lists to choose from. */
const validatedRows = 10_000;

const yesNo = ['是', '否'];
/** What may be chosen, where only a few words are possible. */
const choices: Partial<Record<ColumnKey, readonly string[]>> = {
  kind: ['企业', '个体工商户', '农民专业合作社', '家庭农场'], isPrivate: yesNo, isForeignTrade: yesNo, goodProspects: yesNo, strongDemand: yesNo, soundCredit: yesNo,
  lawfulOperation: yesNo, fixedPremises: yesNo, realDemand: yesNo, goodCreditStanding: yesNo, lawfulPurpose: yesNo,
  streetCode: WANZHOU_STREETS.map(({ name }) => name), zoneCode: WANZHOU_ZONES.map(({ name }) => name),
  tags: Object.values(tagWords).map(([word]) => word), greenEdition: ['2025年版', '2021年版', '2019年版'], guaranteeType: ['信用', '保证', '抵押', '质押'],
};
/** Several may stand in one cell, so others than those of the list are let pass. */
const several: readonly ColumnKey[] = ['tags'];

/** A column as the template heads it: the usual name, with its unit. */
export function templateHeader(key: ColumnKey): string {
  const { names, units } = columns[key] as { names: string[]; units?: string[] };
  return units ? `${names[0]}(${units[0]})` : names[0];
}

/** Writes the template of a push list: headers, lists to choose from, and a sheet that explains each column; as CSV the headers. */
export async function writeTemplate(format: 'xlsx' | 'csv', out: Writable): Promise<void> {
  if (format === 'csv') {
    out.end(`\ufeff${shown.map(templateHeader).join(',')}\r\n`);
    return;
  }
  const book = new Excel.Workbook();
  const sheet = book.addWorksheet('名单', { views: [{ state: 'frozen', ySplit: 1 }] });
  const help = book.addWorksheet('填写说明');
  const words = book.addWorksheet('选项', { state: 'veryHidden' });
  sheet.columns = shown.map((key) => ({ header: templateHeader(key), width: 22, style: { numFmt: '@' } }));
  sheet.getRow(1).font = { bold: true };
  for (const [index, key] of shown.entries()) {
    const letter = sheet.getColumn(index + 1).letter;
    if (requiredColumns.includes(key)) sheet.getCell(`${letter}1`).fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFE699' } };
    const list = choices[key];
    if (!list) continue;
    const column = words.columnCount + 1;
    list.forEach((word, at) => { words.getCell(at + 1, column).value = word; });
    const from = words.getColumn(column).letter;
    validationsOf(sheet).add(`${letter}2:${letter}${validatedRows + 1}`, {
      type: 'list', allowBlank: true, formulae: [`选项!$${from}$1:$${from}$${list.length}`], showErrorMessage: !several.includes(key), errorTitle: '不在可选范围内', error: '请从下拉列表中选择。',
    });
  }
  writeHelp(help);
  await book.xlsx.write(out);
  out.end();
}

/** exceljs can validate whole ranges, which its types do not know. */
const validationsOf = (sheet: Excel.Worksheet): { add(range: string, validation: Excel.DataValidation): void } =>
  (sheet as unknown as { dataValidations: { add(range: string, validation: Excel.DataValidation): void } }).dataValidations;

function writeHelp(help: Excel.Worksheet): void {
  help.columns = [{ header: '列名', width: 26 }, { header: '英文列名', width: 26 }, { header: '必填', width: 8 }, { header: '说明', width: 80 }, { header: '示例', width: 40 }];
  help.getRow(1).font = { bold: true };
  for (const key of columnKeys) {
    const [what, example] = explanations[key];
    help.addRow([templateHeader(key), key, requiredColumns.includes(key) ? '是' : '', what, example]);
  }
}
