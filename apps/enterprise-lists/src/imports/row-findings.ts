import { maskInText, maskResidentId } from '@finharbor/standards/masking';
import { isValidResidentId } from '@finharbor/standards/resident-id';
import { type ColumnKey, columns } from './columns.js';
import { ruleTexts } from './rule-texts.js';

/** An ERROR rejects its row; a WARNING does not. */
export type Severity = 'ERROR' | 'WARNING';

/** One thing about a row that its sender should know. */
export interface Finding {
  row: number;
  /** 1 is the first column; null where the row as a whole is meant. */
  column: number | null;
  /** What the column states; null for the whole row and for a column that is not known. */
  field: ColumnKey | null;
  severity: Severity;
  rule: string;
  message: string;
  /** How to put it right. */
  fix: string;
  messageZh: string;
  fixZh: string;
  /** The cell, so that its writer finds it: at most 200 characters, personal data masked; null where there is nothing to show. */
  value: string | null;
}

/** What a finding is made of; the rest comes from the rule. */
export type FindingFacts = Pick<Finding, 'row' | 'column' | 'field' | 'severity' | 'rule' | 'message'>;

/** @param cell the text of the cell, not masked; null where the whole row is meant. */
export function findingOf(facts: FindingFacts, cell: string | null): Finding {
  const { fix, zh, fixZh } = ruleTexts[facts.rule] ?? ruleTexts.other;
  return { ...facts, fix, messageZh: zh, fixZh, value: cell === null ? null : shownValue(facts.field, cell) };
}

/** A cell as it may be repeated to its sender and whoever looks over their shoulder: null for a contact's name or number. */
export function shownValue(field: ColumnKey | null, cell: string): string | null {
  if (field !== null && 'personal' in columns[field] && columns[field].personal) return null;
  // eslint-disable-next-line no-control-regex
  const plain = cell.slice(0, 400).replace(/[\u0000-\u001f]|\p{Surrogate}/gu, '\ufffd').trim();
  return isValidResidentId(plain) ? maskResidentId(plain) : [...maskInText(plain)].slice(0, 200).join('');
}
