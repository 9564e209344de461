import type { Writable } from 'node:stream';
import { type ExplainedRow, writeErrorWorkbook } from '@finharbor/spreadsheets/error-workbook';
import { writeTemplate } from '@finharbor/spreadsheets/template';
import type { ProductLine } from '../vocabulary.js';
import { columnOf, columnsOfLine, explanationHeaders, headerOf } from './columns.js';
import type { ProductFinding } from './product-import.js';
import { firstWords, lineWords } from './words.js';

const sheet = '产品';

/** Writes the template of a line's products: headers, lists to choose from, and a sheet that explains each column; as CSV the headers. */
export function writeProductTemplate(line: ProductLine, format: 'xlsx' | 'csv', out: Writable): Promise<void> {
  const keys = columnsOfLine(line);
  // Whoever does not say it imports a loan.
  const isRequired = (key: (typeof keys)[number]): boolean => (columnOf(key).isRequired ?? false) || (key === 'line' && line !== 'LOAN');
  return writeTemplate({
    sheet,
    columns: keys.map((key) => {
      const { words, takesSeveral } = columnOf(key);
      return { header: headerOf(key), isRequired: isRequired(key), choices: words && firstWords(words), takesSeveral };
    }),
    help: {
      headers: [['列名', 26], ['英文列名', 20], ['必填', 8], ['说明', 80], ['示例', 50]],
      rows: keys.map((key) => [
        headerOf(key), key, isRequired(key) ? '是' : '', columnOf(key).explanation, key === 'line' ? lineWords[line][0] : columnOf(key).example,
      ]),
    },
  }, format, out);
}

/** Writes a file of products again, with what is wrong marked and explained: corrected, it is imported as it is. */
export const writeProductErrors = (
  out: Writable, header: readonly string[], rows: AsyncIterable<ExplainedRow<ProductFinding>>,
): Promise<number> => writeErrorWorkbook(out, header, rows, {
  sheet, explanationHeader: explanationHeaders[0], isExplanation: (text) => explanationHeaders.includes(text.trim().toLowerCase()),
  nameOf: ({ header: name, column }) => name ?? `第${column}列`,
});
