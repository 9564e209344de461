import type { Writable } from 'node:stream';
import { type ErrorWorkbookOptions, type ExplainedRow, writeErrorWorkbook as write } from '@finharbor/spreadsheets/error-workbook';
import { columns, explanationHeaders } from '../columns.js';
import { normaliseHeader } from '../headers.js';
import type { Finding } from '../row-findings.js';

const options: ErrorWorkbookOptions<Finding> = {
  sheet: '名单', explanationHeader: explanationHeaders[0],
  isExplanation: (header) => explanationHeaders.includes(normaliseHeader(header)),
  nameOf: ({ field, column }) => (field ? columns[field].names[0] : `第${column}列`),
};

/** Writes a push list again, with what is wrong marked and explained (see `@finharbor/spreadsheets/error-workbook`). */
export const writeErrorWorkbook = (
  out: Writable, header: readonly string[], rows: AsyncIterable<ExplainedRow<Finding>> | Iterable<ExplainedRow<Finding>>,
): Promise<number> => write(out, header, rows, options);
