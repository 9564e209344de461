import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { ColumnKey } from '../columns.js';
import type { Finding } from '../row-findings.js';
import { ruleTexts } from '../rule-texts.js';

/** A finding as it was stored: a SKIPPED row broke no rule, and the mode leaves it out. */
export type StoredFinding = Omit<Finding, 'severity'> & { severity: Finding['severity'] | 'SKIPPED' };

const page = 1_000;

interface Row {
  row: number;
  ordinal: number;
  column: number | null;
  field: string | null;
  severity: StoredFinding['severity'];
  rule: string;
  message: string;
  value: string | null;
}

/** The findings of an import in the order of its rows, a page at a time, so that no list is ever in memory whole. */
export async function* readFindings(
  run: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>, importId: string, severities: readonly StoredFinding['severity'][],
): AsyncGenerator<StoredFinding[]> {
  for (let after: [number, number] = [-1, -1]; ;) {
    const rows = await run((tx) => tx.query<Row>(
      `select row_number as row, ordinal, column_number as "column", field, severity, rule, message, value from enterprise_lists.import_findings
       where import_id = $1 and (row_number, ordinal) > ($2, $3) and severity = any($4) order by row_number, ordinal limit ${page}`,
      [importId, ...after, severities]));
    if (rows.length > 0) yield rows.map(findingOf);
    if (rows.length < page) return;
    after = [rows[page - 1].row, rows[page - 1].ordinal];
  }
}

/** What is said of rows that broke no rule. */
const skippedTexts: typeof ruleTexts = {
  known: { fix: 'Import with mode UPSERT to change it.', zh: '企业此前已报送，本次仅新增，未处理', fixZh: '如需更新，请选择“新增并更新”' },
  unknown: { fix: 'Import with mode UPSERT to add it.', zh: '企业此前未报送，本次仅更新，未处理', fixZh: '如需新增，请选择“新增并更新”' },
};

function findingOf({ ordinal: _, field, ...row }: Row): StoredFinding {
  const { fix, zh, fixZh } = (row.severity === 'SKIPPED' ? skippedTexts : ruleTexts)[row.rule] ?? ruleTexts.other;
  return { ...row, field: field as ColumnKey | null, fix, messageZh: zh, fixZh };
}
