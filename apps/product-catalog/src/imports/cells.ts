import { checkIndustryCode, industryByName, sectionName } from '@finharbor/standards/industries';
import { parseRegisteredCapital } from '@finharbor/standards/registered-capital';
import { districtByName, regionOn, streetOf, zoneOf } from '@finharbor/standards/regions';
import { normaliseCode } from '@finharbor/standards/text';
import type { Words } from './words.js';

/** A cell that cannot be read: the rule that it breaks, and what would be right. */
export class CellProblem {
  constructor(readonly rule: string, readonly message: string) {}
}

export interface CellContext {
  /** ISO date: regions must be in force then. */
  today: string;
  /** The unit that the header names, if any. */
  unit?: string;
}

/** What a cell states; it is never asked about an empty one. */
export type CellReader = (text: string, context: CellContext) => unknown;

export const readText: CellReader = (text) => text.trim();

const parts = (text: string, between: RegExp): string[] => [...new Set(text.split(between).map((part) => part.trim()).filter(Boolean))];

/** Several texts to a cell. */
export const readTexts: CellReader = (text) => parts(text, /[、;；\n]/);

const codesOf = (words: Words): Map<string, string> => new Map(Object.entries(words).flatMap(([code, own]) =>
  [code, ...own].map((word) => [normaliseCode(word), code] as const)));

/** One of a few words. */
export function wordOf(words: Words): CellReader {
  const codes = codesOf(words);
  return (text) => codes.get(normaliseCode(text)) ?? unknownWord(words);
}

/** Several of a few words to a cell. @param isOpen other words are taken as they are */
export function wordsOf(words: Words, isOpen = false): CellReader {
  const codes = codesOf(words);
  return (text) => {
    const found = parts(text, /[、,，;；|\n]/).map((word) => codes.get(normaliseCode(word)) ?? (isOpen ? word : undefined));
    return found.includes(undefined) ? unknownWord(words) : [...new Set(found)];
  };
}

const unknownWord = (words: Words): CellProblem =>
  new CellProblem('choice', `is none of ${Object.entries(words).map(([code, [word]]) => `${word} (${code})`).join(', ')}`);

const yuanWords: Record<string, 'YUAN' | 'TEN_THOUSAND_YUAN'> = { 元: 'YUAN', 万元: 'TEN_THOUSAND_YUAN', 万: 'TEN_THOUSAND_YUAN' };

/** An amount in yuan; a bare number is of the unit that the header names. */
export const readYuan: CellReader = (text, { unit = '万元' }) => {
  const bare = yuanWords[unit];
  if (!bare) return new CellProblem('unit', 'its header names a unit that is no unit of money: 元 or 万元');
  const amount = parseRegisteredCapital(text, bare);
  if (amount?.currency === 'CNY' && /^\d{1,12}(\.\d{1,2})?$/.test(amount.amount)) return amount.amount;
  return new CellProblem('amount', 'is no amount in yuan, such as 50万, 1.5亿元 or 300000元');
};

/** A rate in percent. */
export const readPercent: CellReader = (text) => {
  const [, percent] = /^(\d{1,3}(?:\.\d{1,4})?)%?$/.exec(normaliseCode(text)) ?? [];
  return percent ?? new CellProblem('percent', 'is no rate in percent, such as 3.65 or 3.65%');
};

/** A whole number, with the unit behind it or not. */
export const wholeNumber = (units: string, least = 0): CellReader => (text) => {
  const [, digits] = new RegExp(`^([+-]?\\d{1,6})(?:${units})?$`).exec(normaliseCode(text)) ?? [];
  return digits !== undefined && Number(digits) >= least ? Number(digits) : new CellProblem('integer', 'is no whole number');
};

/** A term in months: 12, 12个月, 1年. */
export const readMonths: CellReader = (text, { unit }) => {
  const [, digits, own] = /^(\d{1,3})(个月|月|年)?$/.exec(normaliseCode(text)) ?? [];
  const months = Number(digits) * ((own ?? unit) === '年' ? 12 : 1);
  return months >= 1 && months <= 600 ? months : new CellProblem('months', 'is no term of 1 to 600 months, such as 12, 12个月 or 1年');
};

/** Years, perhaps with a half. */
export const readYears: CellReader = (text) => {
  const [, years] = /^(\d{1,3}(?:\.\d{1,2})?)年?$/.exec(normaliseCode(text)) ?? [];
  return years === undefined ? new CellProblem('years', 'is no number of years, such as 2 or 1.5') : Number(years);
};

export const readYesNo: CellReader = (text) => {
  const word = normaliseCode(text);
  if (['是', 'TRUE', 'YES', 'Y'].includes(word)) return true;
  return ['否', 'FALSE', 'NO', 'N'].includes(word) ? false : new CellProblem('yesNo', 'is neither 是 nor 否');
};

/** Regions by code or name. What is a code stays as it is: whether it is in force is judged with everything else. */
export const readRegions: CellReader = (text, { today }) => {
  const codes = parts(text, /[、,，;；|\n]/).map((word) => (/^\d{6}(\d{3}|Z\d\d)?$/.test(word) ? word : regionOf(word, today)));
  return codes.includes(undefined) ? new CellProblem('region', 'is no region in force: write its code or name, such as 万州区 or 500101') : codes;
};

const regionOf = (name: string, today: string): string | undefined =>
  (/^重庆市?$/.test(name) ? regionOn('500000', today) : districtByName(name, today) ?? streetOf(name, today) ?? zoneOf(name, today))?.code;

/** Industries by code or by the name of the standard. Names hold commas of their own, so only codes may stand between commas. */
export const readIndustries: CellReader = (text) => {
  const codes = parts(text, /^[A-T\d\s、,，;；|]+$/i.test(text) ? /[、,，;；|\s]/ : /[;；|\n]/).map((word) => {
    const code = normaliseCode(word);
    return sectionName(code) || !checkIndustryCode(code).problem ? code : industryByName(word)?.code;
  });
  return codes.includes(undefined) ? new CellProblem('industry', 'is no section, code or name of GB/T 4754-2017') : codes;
};

/** `评估费 500元；担保费 1%`. */
export const readFees: CellReader = (text) => {
  const fees = parts(text, /[;；\n]/).map((part) => {
    const [, name, number, unit] = /^(.+?)[\s:：]*(\d+(?:\.\d+)?)\s*(元|%|％)$/.exec(part) ?? [];
    return name === undefined ? undefined : { name, ...(unit === '元' ? { amount: number } : { percent: number }) };
  });
  return fees.includes(undefined) ? new CellProblem('fee', 'is no list of fees, such as 评估费 500元；担保费 1%') : fees;
};

/** `重庆银行 20%；三峡担保 80%`. */
export const readShares: CellReader = (text) => {
  const shares = parts(text, /[;；\n]/).map((part) => {
    const [, institution, percent] = /^(.+?)[\s:：]*(\d+(?:\.\d+)?)\s*[%％]$/.exec(part) ?? [];
    return institution === undefined ? undefined : { institution, percent };
  });
  return shares.includes(undefined) ? new CellProblem('share', 'is no list of shares, such as 万州银行 20%；三峡担保 80%') : shares;
};

/** `贷款：信用贷款；贴息：财政贴息一半`. */
export const readParts = (words: Words): CellReader => {
  const kindOf = wordOf(words);
  return (text, context) => {
    const found = parts(text, /[;；\n]/).map((part) => {
      const [, word, description] = /^(.+?)[\s:：]+(.+)$/.exec(part) ?? [];
      const kind = word === undefined ? undefined : kindOf(word, context);
      return typeof kind === 'string' ? { kind, description } : undefined;
    });
    return found.includes(undefined) ? new CellProblem('parts', 'is no list of parts, such as 贷款：信用贷款；贴息：财政贴息一半') : found;
  };
};
