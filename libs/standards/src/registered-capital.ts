/** Registered capital (注册资金, 注册资本) as registries and their copies spell it. */
import { isNotStated, normaliseCode } from './text.js';

export interface RegisteredCapital {
  /** Exact decimal in the currency's main unit (yuan, dollar ...): no grouping, no trailing zeros. */
  amount: string;
  /** ISO 4217. */
  currency: string;
}

/** What a bare number means, where the column's header says it. */
export type BareUnit = 'YUAN' | 'TEN_THOUSAND_YUAN';

/** Longer text is never an amount; the limit also bounds the work. */
const MAX_LENGTH = 64;
const SCALES: Readonly<Record<string, number>> = {
  百: 2, 千: 3, 万: 4, 萬: 4, 十万: 5, 百万: 6, 千万: 7, 亿: 8, 億: 8, 十亿: 9, 百亿: 10, 千亿: 11, 万亿: 12,
};

/** Names after normalising, 圆 written 元. A lone `$` is none: several currencies have it. */
const CURRENCIES: Readonly<Record<string, string>> = {
  人民币: 'CNY', 人民币元: 'CNY', RMB: 'CNY', CNY: 'CNY', '¥': 'CNY', '￥': 'CNY',
  美元: 'USD', 美金: 'USD', USD: 'USD', US$: 'USD',
  港元: 'HKD', 港币: 'HKD', 香港元: 'HKD', HKD: 'HKD', HK$: 'HKD', 澳门元: 'MOP', 澳门币: 'MOP', MOP: 'MOP',
  新台币: 'TWD', 新台币元: 'TWD', 台币: 'TWD', TWD: 'TWD', 日元: 'JPY', JPY: 'JPY', 韩元: 'KRW', 韩国元: 'KRW', KRW: 'KRW',
  欧元: 'EUR', EUR: 'EUR', '€': 'EUR', 英镑: 'GBP', GBP: 'GBP', '£': 'GBP', 瑞士法郎: 'CHF', CHF: 'CHF',
  新加坡元: 'SGD', 新加坡币: 'SGD', SGD: 'SGD', 澳元: 'AUD', 澳大利亚元: 'AUD', AUD: 'AUD', 加元: 'CAD', 加拿大元: 'CAD', CAD: 'CAD',
};

const SHAPE = /^([^\d.+-]*)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?([十百千万萬亿億]*)(.*)$/u;

/**
 * Reads `50(万)`, `1,018(万)`, `31.8000(万)`, `100(万人民币元)`, `558万人民币`, `2,500(万元人民币)`, `81.5800(万美元)`, `5亿元`,
 * `人民币100万元整`, `USD 1,000` with exact decimal arithmetic. A scale without a currency means yuan.
 *
 * Undefined where nothing is stated (`N/A`, `-`, empty: ask `isNotStated` to tell it from what follows) and where the
 * text is no amount: negative, wrongly grouped, two currencies, an unknown one, words around it, or a bare number
 * without `bareUnit` (it could be yuan or 万元).
 */
export function parseRegisteredCapital(text: string, bareUnit?: BareUnit): RegisteredCapital | undefined {
  if (text.length > MAX_LENGTH || isNotStated(text)) return undefined;
  const match = SHAPE.exec(normaliseCode(text).replace(/[()[\]]/g, '').replace(/圆/g, '元'));
  if (match === null) return undefined;
  const [, before = '', whole = '', fraction = '', scaleWord = '', after = ''] = match;
  const scale = scaleWord === '' ? 0 : SCALES[scaleWord];
  const currency = currencyOf(before, after.replace(/整$/, ''));
  if (scale === undefined || currency === undefined) return undefined;
  const bare = before === '' && scaleWord === '' && after === '';
  if (bare && bareUnit === undefined) return undefined;
  return { amount: shift(whole.replace(/,/g, ''), fraction, bare && bareUnit === 'TEN_THOUSAND_YUAN' ? 4 : scale), currency };
}

/** The currency named before or after the number; yuan where neither names one; undefined where a name is unknown or they differ. */
function currencyOf(before: string, after: string): string | undefined {
  const name = after.replace(/^元/, '');
  const named = [before, name].filter((part) => part !== '').map((part) => CURRENCIES[part]);
  return named.every((currency) => currency === named[0]) ? (named.length === 0 ? 'CNY' : named[0]) : undefined;
}

/** Moves the decimal point right by `places`, on digits only. */
function shift(whole: string, fraction: string, places: number): string {
  const padded = fraction.padEnd(places, '0');
  const integer = (whole + padded.slice(0, places)).replace(/^0+(?=\d)/, '');
  const rest = padded.slice(places).replace(/0+$/, '');
  return rest === '' ? integer : `${integer}.${rest}`;
}
