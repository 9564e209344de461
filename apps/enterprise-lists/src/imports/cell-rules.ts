import { GuaranteeType } from '@finharbor/contracts/vocabulary';
import { checkCreditCode, creditCodeCheckCharacter } from '@finharbor/standards/credit-code';
import { parseDate } from '@finharbor/standards/dates';
import { checkIndustryCode, industryByName } from '@finharbor/standards/industries';
import { type BareUnit, parseRegisteredCapital, type RegisteredCapital } from '@finharbor/standards/registered-capital';
import { isValidResidentId } from '@finharbor/standards/resident-id';
import { normaliseCode, toHalfWidth } from '@finharbor/standards/text';
import { holdsResidentId } from './cell-texts.js';

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
  /** Codes whose checksum fails and that a supervisor let pass all the same. */
  exceptions: ReadonlySet<string>;
  /** Says something about the cell that does not stop its row. Never quotes the cell. */
  warn(rule: string, message: string): void;
}

/** Reads the text of a cell that states something. Texts that state nothing (empty, `N/A`, `-`) never get here. */
export type CellReader<T> = (text: string, context: CellContext) => T | CellProblem;

/** Text of a length in characters; runs of blanks and line breaks become one blank. Never the identity number of a person. */
export const readText = (minimum: number, maximum: number): CellReader<string> => (text) => {
  const plain = /\s/.test(text) ? text.replace(/\s+/g, ' ').trim() : text;
  if (holdsResidentId(plain)) return new CellProblem('residentId', 'holds the identity number of a person, which no list may');
  // Counting characters is dear: only where pairs of units could make the difference.
  const length = plain.length >= 2 * minimum && plain.length <= maximum ? plain.length : [...plain].length;
  if (length >= minimum && length <= maximum) return plain;
  return new CellProblem('length', `must have ${minimum} to ${maximum} characters, has ${length}`);
};

const shortened = /^[+-]?\d([.]\d+)?E[+-]?\d+$/;

/** Whether a spreadsheet wrote a number so short that digits are gone: `1.39E+10`. */
const isShortened = (text: string): boolean => /e/i.test(toHalfWidth(text)) && shortened.test(normaliseCode(text));

/** Refuses what a spreadsheet shortened, as nobody knows its last digits; all else is for `read`. */
const unshortened = <T>(read: CellReader<T>): CellReader<T> => (text, context) =>
  isShortened(text) ? new CellProblem('spreadsheetNumber', 'a spreadsheet shortened the number, its last digits are lost: format the column as text') : read(text, context);

/** An 18-character credit code with the right check character (GB 32100-2015; domain.md 3.1). */
export const readCreditCode: CellReader<string> = (text, { exceptions, warn }) => {
  const { code, kind, problem, position } = checkCreditCode(text);
  // Many a code of digits alone would also be a person's number; but none begins with 50, as the numbers of Chongqing do.
  if (/^\d{17}/.test(code) && isValidResidentId(code) && (kind !== 'CREDIT_CODE' || code.startsWith('50'))) {
    return new CellProblem('residentId', 'this is the identity number of a person, not a credit code');
  }
  if (kind === 'CREDIT_CODE') return code;
  if (shortened.test(code)) return new CellProblem('spreadsheetNumber', 'a spreadsheet turned the code into a number: format the column as text');
  if (code.length === 15 && problem !== 'CHARACTER') {
    return new CellProblem('legacyRegistration', 'a 15-digit registration number: the programme knows enterprises by their 18-character credit code');
  }
  if (problem === 'CHECKSUM' && exceptions.has(code)) {
    warn('checksumExcepted', 'the check character does not fit; a supervisor let this code pass');
    return code;
  }
  if (problem === 'CHECKSUM') {
    return new CellProblem('checksum', `the check character does not fit: the 17 before it call for ${creditCodeCheckCharacter(code.slice(0, 17))}`);
  }
  if (problem === 'CHARACTER') return new CellProblem('character', `character ${position} cannot stand there in a credit code`);
  return new CellProblem('length', `a credit code has 18 characters, this has ${code.length}`);
};

/** A day in any of the usual spellings, or as the number that a spreadsheet keeps for it. */
export const readDay: CellReader<string> = (text) =>
  parseDate(text) ?? new CellProblem('date', 'is no date like 2026-11-21, 2026/11/21, 2026年11月21日 or 20261121');

/** A day that is not in the future. */
export const readPastDay: CellReader<string> = (text, context) => {
  const day = readDay(text, context);
  return day instanceof CellProblem || day <= context.today ? day : new CellProblem('future', 'lies in the future');
};

const unitWords: Record<string, BareUnit> = {
  元: 'YUAN', yuan: 'YUAN', 人民币元: 'YUAN',
  万元: 'TEN_THOUSAND_YUAN', 万: 'TEN_THOUSAND_YUAN', 人民币万元: 'TEN_THOUSAND_YUAN', 万元人民币: 'TEN_THOUSAND_YUAN', 万人民币元: 'TEN_THOUSAND_YUAN',
};
const decimalShape = /^\d{1,18}(\.\d{1,6})?$/;

/** Registered capital with its currency. A bare number is taken only when the header names the unit: it could be yuan or 万元. */
export const readCapital = unshortened<RegisteredCapital>((text, { unit }) => {
  const capital = parseRegisteredCapital(text, unit ? unitWords[unit] : undefined);
  if (capital && decimalShape.test(capital.amount)) return capital;
  if (!unit && parseRegisteredCapital(text, 'YUAN')) {
    return new CellProblem('unit', 'a number without a unit: write 100万, or name the unit in the header, 注册资金(万元)');
  }
  return new CellProblem('amount', 'is no amount like 100万, 1,018(万), 50(万人民币元) or 81.58(万美元)');
});

/** An amount in yuan, exact; a bare number is 万元 (10,000 yuan) unless the header says 元. */
export const readAmount = unshortened<string>((text, { unit = '万元' }) => {
  const amount = parseRegisteredCapital(text, unitWords[unit]);
  if (amount?.currency === 'CNY' && decimalShape.test(amount.amount)) return amount.amount;
  return new CellProblem('amount', 'is no amount in yuan, zero or more, with at most 18 digits before and 6 behind the point');
});

/** Persons: a whole number, 人 and grouping commas allowed. */
export const readCount = unshortened<number>((text) => {
  const match = /^(\d{1,3}(?:,\d{3})+|\d{1,8})(?:\.0+)?人?$/.exec(normaliseCode(text));
  return match ? Number(match[1].replaceAll(',', '')) : new CellProblem('integer', 'is no whole number of persons');
});

/** Months: `12`, `12个月`, `1年`; a bare number is years where the header says 年. */
export const readMonths = unshortened<number>((text, { unit }) => {
  const match = /^(\d{1,3})(个月|月|期|年)?$/.exec(normaliseCode(text));
  const months = match ? Number(match[1]) * ((match[2] ?? unit) === '年' ? 12 : 1) : 0;
  return months >= 1 && months <= 600 ? months : new CellProblem('months', 'is no term of 1 to 600 months');
});

/**
 * An industry of GB/T 4754-2017, by its code or its name, as a code with its section letter. A name that leads nowhere, or to a section
 * only, costs a warning and not the row; a wrong code is an error, being a slip.
 */
export const readIndustry: CellReader<string | null> = (text, { warn }) => {
  const { code, problem } = checkIndustryCode(text);
  if (!problem) return code;
  if (problem === 'SECTION') return new CellProblem('industry', 'the letter is not the section of that division');
  if (problem === 'DIVISION') return new CellProblem('industry', 'there is no such division');
  const named = industryByName(text);
  if (named && named.code !== named.section) return named.code;
  if (named) warn('industrySection', 'names a section only, which tells no size: name the division, such as 批发业 or 农副食品加工业');
  else if (/\p{Script=Han}/u.test(text)) warn('industryName', 'no industry of GB/T 4754-2017 has this name: the industry is left out');
  else return new CellProblem('industry', 'is no code like C1310 or 1310, and no name like 农副食品加工业');
  return null;
};

const yes = new Set(['是', 'TRUE', 'YES', 'Y', '1', '√', '✓', '✔']);
const no = new Set(['否', '不是', 'FALSE', 'NO', 'N', '0', '×', '✗']);

export const readYesNo: CellReader<boolean> = (text) => {
  const word = normaliseCode(text);
  if (yes.has(word)) return true;
  return no.has(word) ? false : new CellProblem('yesNo', 'is neither 是 (true) nor 否 (false)');
};

const privateWords = /^(?:民营|民营企业|私营|私营企业|私有|PRIVATE)$/;
const otherOwners = /^(?:国有|国有企业|国企|国有控股|集体|集体企业|外资|外资企业|外商投资|港澳台|混合所有|混合所有制|PUBLIC|STATE|FOREIGN)$/;

/** Whether an enterprise is privately owned: 是 and 否, or the ownership in words. */
export const readPrivate: CellReader<boolean> = (text, context) => {
  const word = normaliseCode(text);
  if (privateWords.test(word)) return true;
  return otherOwners.test(word) ? false : readYesNo(text, context);
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
export const readPhone = unshortened<string>((text) => {
  const plain = toHalfWidth(text).replace(/\s+/g, ' ').trim();
  const digits = plain.replace(/\D/g, '').length;
  if (digits >= 5 && plain.length <= 60 && /^[\d+()\-/;,、转 ]+$/.test(plain)) return plain;
  return new CellProblem('phone', 'is no phone number');
});
