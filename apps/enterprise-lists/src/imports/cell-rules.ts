import { GuaranteeType } from '@finharbor/contracts/vocabulary';
import { checkCreditCode, creditCodeCheckCharacter } from '@finharbor/standards/credit-code';
import { parseDate } from '@finharbor/standards/dates';
import { checkIndustryCode } from '@finharbor/standards/industries';
import { type BareUnit, parseRegisteredCapital, type RegisteredCapital } from '@finharbor/standards/registered-capital';
import { isValidResidentId } from '@finharbor/standards/resident-id';
import { normaliseCode, toHalfWidth } from '@finharbor/standards/text';

/** Why a cell cannot be taken: the rule it breaks, and what would be right. Never quotes the cell. */
export class CellProblem {
  constructor(readonly rule: string, readonly message: string) {}
}

/** What a cell is read with, beside its text. */
export interface CellContext {
  /** Unit named in the header. */
  unit?: string;
  /** The day of the import, in Asia/Shanghai. */
  today: string;
}

/** Reads the text of a cell that states something. Texts that state nothing (empty, `N/A`, `-`) never get here. */
export type CellReader<T> = (text: string, context: CellContext) => T | CellProblem;

/** Text of a length in characters; runs of blanks and line breaks become one blank. */
export const readText = (minimum: number, maximum: number): CellReader<string> => (text) => {
  const plain = text.replace(/[\s\u3000\ufeff]+/g, ' ').trim();
  const length = [...plain].length;
  if (length >= minimum && length <= maximum) return plain;
  return new CellProblem('length', `must have ${minimum} to ${maximum} characters, has ${length}`);
};

/** An 18-character credit code with the right check character (GB 32100-2015; domain.md 3.1). */
export const readCreditCode: CellReader<string> = (text) => {
  const { code, kind, problem, position } = checkCreditCode(text);
  // Many a code of digits alone would also be a person's number; but none begins with 50, as the numbers of Chongqing do.
  if (isValidResidentId(code) && (kind !== 'CREDIT_CODE' || code.startsWith('50'))) {
    return new CellProblem('residentId', 'this is the identity number of a person, not a credit code');
  }
  if (kind === 'CREDIT_CODE') return code;
  if (/^\d([.]\d+)?E[+]?\d+$/.test(code)) return new CellProblem('spreadsheetNumber', 'a spreadsheet turned the code into a number: format the column as text');
  if (code.length === 15 && problem !== 'CHARACTER') {
    return new CellProblem('legacyRegistration', 'a 15-digit registration number: the programme knows enterprises by their 18-character credit code');
  }
  if (problem === 'CHECKSUM') {
    return new CellProblem('checksum', `the check character does not fit: the 17 before it call for ${creditCodeCheckCharacter(code.slice(0, 17))}`);
  }
  if (problem === 'CHARACTER') return new CellProblem('character', `character ${position} cannot stand there in a credit code`);
  return new CellProblem('length', `a credit code has 18 characters, this has ${code.length}`);
};

/** A day that is not in the future. */
export const readPastDay: CellReader<string> = (text, { today }) => {
  const day = parseDate(text);
  if (!day) return new CellProblem('date', 'is no date like 2026-11-21, 2026/11/21, 2026年11月21日 or 20261121');
  return day <= today ? day : new CellProblem('future', 'lies in the future');
};

const unitWords: Record<string, BareUnit> = { 元: 'YUAN', yuan: 'YUAN', 万元: 'TEN_THOUSAND_YUAN', 万: 'TEN_THOUSAND_YUAN' };
const decimalShape = /^\d{1,18}(\.\d{1,6})?$/;

/** Registered capital with its currency. A bare number is taken only when the header names the unit: it could be yuan or 万元. */
export const readCapital: CellReader<RegisteredCapital> = (text, { unit }) => {
  const capital = parseRegisteredCapital(text, unit ? unitWords[unit] : undefined);
  if (capital && decimalShape.test(capital.amount)) return capital;
  if (!unit && parseRegisteredCapital(text, 'YUAN')) {
    return new CellProblem('unit', 'a number without a unit: write 100万, or name the unit in the header, 注册资金(万元)');
  }
  return new CellProblem('amount', 'is no amount like 100万, 1,018(万), 50(万人民币元) or 81.58(万美元)');
};

/** An amount in yuan, exact; a bare number is 万元 (10,000 yuan) unless the header says 元. */
export const readAmount: CellReader<string> = (text, { unit = '万元' }) => {
  const amount = parseRegisteredCapital(text, unitWords[unit]);
  if (amount?.currency === 'CNY' && decimalShape.test(amount.amount)) return amount.amount;
  return new CellProblem('amount', 'is no amount in yuan, zero or more, with at most 18 digits before and 6 behind the point');
};

/** Persons: a whole number, 人 and grouping commas allowed. */
export const readCount: CellReader<number> = (text) => {
  const match = /^(\d{1,3}(?:,\d{3})+|\d{1,8})(?:\.0+)?人?$/.exec(normaliseCode(text));
  return match ? Number(match[1].replaceAll(',', '')) : new CellProblem('integer', 'is no whole number of persons');
};

/** Months: `12`, `12个月`, `1年`; a bare number is years where the header says 年. */
export const readMonths: CellReader<number> = (text, { unit }) => {
  const match = /^(\d{1,3})(个月|月|期|年)?$/.exec(normaliseCode(text));
  const months = match ? Number(match[1]) * ((match[2] ?? unit) === '年' ? 12 : 1) : 0;
  return months >= 1 && months <= 600 ? months : new CellProblem('months', 'is no term of 1 to 600 months');
};

/** An industry code of GB/T 4754-2017, written with its section letter. */
export const readIndustryCode: CellReader<string> = (text) => {
  const { code, problem } = checkIndustryCode(text);
  if (!problem) return code;
  if (problem === 'SECTION') return new CellProblem('industry', 'the letter is not the section of that division');
  return new CellProblem('industry', problem === 'DIVISION' ? 'there is no such division' : 'is no code like C1310 or 1310');
};

const yes = new Set(['是', 'TRUE', 'YES', 'Y', '1', '√', '✓', '✔']);
const no = new Set(['否', '不是', 'FALSE', 'NO', 'N', '0', '×', '✗']);

export const readYesNo: CellReader<boolean> = (text) => {
  const word = normaliseCode(text);
  if (yes.has(word)) return true;
  return no.has(word) ? false : new CellProblem('yesNo', 'is neither 是 (true) nor 否 (false)');
};

const guaranteeWords: Record<string, GuaranteeType> = {
  信用: GuaranteeType.CREDIT, 无担保: GuaranteeType.CREDIT, CREDIT: GuaranteeType.CREDIT,
  保证: GuaranteeType.GUARANTEE, 担保: GuaranteeType.GUARANTEE, 保证担保: GuaranteeType.GUARANTEE, GUARANTEE: GuaranteeType.GUARANTEE,
  抵押: GuaranteeType.MORTGAGE, 抵押担保: GuaranteeType.MORTGAGE, MORTGAGE: GuaranteeType.MORTGAGE,
  质押: GuaranteeType.PLEDGE, 质押担保: GuaranteeType.PLEDGE, PLEDGE: GuaranteeType.PLEDGE,
};

export const readGuaranteeType: CellReader<GuaranteeType> = (text) =>
  guaranteeWords[normaliseCode(text).replace(/贷款$|类$/, '')]
  ?? new CellProblem('enumeration', 'is none of 信用 CREDIT, 保证 GUARANTEE, 抵押 MORTGAGE, 质押 PLEDGE');

/** One or several phone numbers. */
export const readPhone: CellReader<string> = (text) => {
  const plain = toHalfWidth(text).replace(/\s+/g, ' ').trim();
  const digits = plain.replace(/\D/g, '').length;
  if (digits >= 5 && plain.length <= 60 && /^[\d+()\-/;,、转 ]+$/.test(plain)) return plain;
  return new CellProblem('phone', 'is no phone number');
};
