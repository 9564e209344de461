import { once } from 'node:events';
import type { Writable } from 'node:stream';
import Excel from 'exceljs';

/** What is to be said of a cell or a row, in Chinese: whoever corrects it reads it. */
export interface CellFinding {
  /** 1 is the first column; null where the row as a whole is meant. */
  column: number | null;
  severity: 'ERROR' | 'WARNING';
  messageZh: string;
  /** How to put it right. */
  fixZh: string;
}

/** A row with all that is to be said of it. */
export interface ExplainedRow<Found extends CellFinding = CellFinding> {
  cells: string[];
  findings: readonly Found[];
}

/** What differs from one kind of file to the next. */
export interface ErrorWorkbookOptions<Found extends CellFinding> {
  sheet: string;
  /** The last column, which reading passes over. */
  explanationHeader: string;
  isExplanation(header: string): boolean;
  /** How a column is called whose header is empty. */
  nameOf(finding: Found): string;
}

const fills: Record<CellFinding['severity'], Excel.Fill> = {
  ERROR: { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFC7CE' } },
  WARNING: { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFEB9C' } },
};

/** Comments of so many cells; they are drawings, and dear. Beyond, cells are filled and explained in the last column. */
const maxComments = 5_000;
/** What a cell of a spreadsheet can hold. */
const maxCellLength = 32_767;

/**
 * Writes a fresh workbook with the same rows and columns: failing cells filled and commented, everything explained in the last column,
 * which reading passes over, so that the corrected file can be sent in as it is. All cells are text, so codes keep their
 * digits and nothing is a formula. Rows are written as they come; what is personal stands in it as it was sent, so it is for its sender
 * only.
 *
 * @param header the cells of the header row of the list
 * @returns how many rows were written
 */
export async function writeErrorWorkbook<Found extends CellFinding>(
  out: Writable, header: readonly string[], rows: AsyncIterable<ExplainedRow<Found>> | Iterable<ExplainedRow<Found>>,
  { sheet: name, explanationHeader, isExplanation, nameOf }: ErrorWorkbookOptions<Found>,
): Promise<number> {
  const writer = new Excel.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false });
  const kept = header.map((cell, index) => ({ cell, index })).filter(({ cell }) => !isExplanation(cell));
  const sheet = writer.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = [...kept, undefined].map((column) => ({ width: column ? 20 : 60, style: { numFmt: '@' } }));
  const first = sheet.addRow([...kept.map(({ cell }) => writable(cell)), explanationHeader]);
  first.font = { bold: true };
  first.commit();
  let count = 0;
  let comments = 0;
  for await (const { cells, findings } of rows) {
    const row = sheet.addRow([...kept.map(({ index }) => writable(cells[index] ?? '')), writable(explanationOf(findings, header, nameOf))]);
    for (const [at, { index }] of kept.entries()) {
      const own = findings.filter(({ column }) => column === index + 1);
      if (own.length === 0) continue;
      const cell = row.getCell(at + 1);
      cell.fill = fills[own.some(({ severity }) => severity === 'ERROR') ? 'ERROR' : 'WARNING'];
      if (comments < maxComments) cell.note = own.map(sentence).join('\n');
      comments += 1;
    }
    row.commit();
    count += 1;
    // exceljs never waits for whoever reads; without this a large workbook would pile up in memory.
    if (out.writableNeedDrain || out.destroyed) await unlessGone(out, (signal) => once(out, 'drain', { signal }));
  }
  sheet.commit();
  await unlessGone(out, () => writer.commit());
  return count;
}

/** Waits for something that never comes once the reader has gone away. */
async function unlessGone(out: Writable, wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    if (!out.destroyed) await Promise.race([wait(signal), once(out, 'close', { signal })]);
    if (out.destroyed && !out.writableFinished) throw new Error('Whoever read the workbook has gone away.');
  } finally {
    stop.abort();
  }
}

/** Everything wrong with a row in a few words, for the last column of a result. */
export function explanationOf<Found extends CellFinding>(
  findings: readonly Found[], header: readonly string[], nameOf: (finding: Found) => string,
): string {
  return findings.map((finding) => {
    const column = finding.column === null ? '' : `${header[finding.column - 1] || nameOf(finding)}：`;
    return `${finding.severity === 'WARNING' ? '【提示】' : ''}${column}${sentence(finding)}`;
  }).join('\n');
}

const sentence = ({ messageZh, fixZh }: CellFinding): string => `${messageZh}。${fixZh}。`;

/** As a workbook must write a text: what looks like an escape of its own is escaped itself. */
export const writable = (text: string): string => text.slice(0, maxCellLength).replace(/_x([0-9A-Fa-f]{4})_/g, '_x005F_x$1_');
