/**
 * Regions (GB/T 2260 districts and counties, streets and towns, functional zones) with the time in which they exist.
 * Codes change hands and districts are merged: always ask with a date, never derive a closed list.
 */
import { normaliseCreditCode } from './credit-code.js';
import { CHONGQING } from './regions.data.js';
import { WANZHOU_STREETS, WANZHOU_ZONES } from './regions-wanzhou.data.js';
import { removeBlanks, toHalfWidth } from './text.js';

export type RegionKind =
  | 'MUNICIPALITY' | 'DISTRICT' | 'COUNTY' | 'AUTONOMOUS_COUNTY' | 'SUBDISTRICT' | 'TOWN' | 'TOWNSHIP' | 'ZONE';

export interface Region {
  /** Six digits (GB/T 2260), nine for streets and towns, or a zone code of our own (`500101Z01`). */
  code: string;
  /** Full Chinese name. */
  name: string;
  kind: RegionKind;
  /** Code of the region around it. */
  parent?: string;
  /** ISO date of the first day; absent where it lies before these tables. */
  validFrom?: string;
  /** ISO date of the first day on which it is no more. */
  validTo?: string;
  /** What it became, the main part first. */
  successors?: readonly string[];
}

const ALL: readonly Region[] = [...CHONGQING, ...WANZHOU_STREETS, ...WANZHOU_ZONES];

/** A street without its rank: 太白, 地宝. */
const shortStreet = ({ name }: Region): string => name.replace(/(?:街道|土家族乡|镇|乡)$/, '');
const longestFirst = (names: string[]): string => [...new Set(names)].sort((a, b) => b.length - a.length).join('|');
const STREET = new RegExp(`(${longestFirst(WANZHOU_STREETS.map(shortStreet))})(?:街道|土家族乡|镇|乡|办事处)`);

/** One code or name may have meant several regions in turn (500110 was 万盛区, then 綦江区): oldest first. */
const BY_CODE = indexBy(ALL, ({ code }) => [code]);
const BY_NAME = indexBy(ALL.filter(({ kind, parent }) => parent === '500000' || kind === 'ZONE'), namesOf);

/** What an address may begin with: names with their rank, and those without. */
const [DISTRICT_START, SHORT_DISTRICT_START] = [/[区县]$/, /[^区县]$/].map((rank) =>
  new RegExp(`^(?:${longestFirst([...BY_NAME].filter(([name, [{ kind }]]) => kind !== 'ZONE' && rank.test(name)).map(([name]) => name))})`));

/**
 * The region that bears this code on an ISO date, or undefined.
 * @param imported regions to lay over the built-in ones: one of the same code and first day takes the place of the built-in one.
 */
export function regionOn(code: string, date: string, imported: readonly Region[] = []): Region | undefined {
  const own = imported.filter((region) => region.code === code);
  const isCorrected = ({ validFrom }: Region): boolean => own.some((one) => one.validFrom === validFrom);
  const all = own.length === 0 ? BY_CODE.get(code) : [...own, ...(BY_CODE.get(code) ?? []).filter((region) => !isCorrected(region))];
  return all?.find((region) => inForce(region, date));
}

/**
 * The region that a code, perhaps of an abolished region, leads to on an ISO date: the bearer of the code, else the main
 * successor of what bore it before. Undefined for an unknown code and before its region began.
 */
export function currentRegion(code: string, date: string): Region | undefined {
  const bearer = regionOn(code, date);
  if (bearer !== undefined) return bearer;
  const last = BY_CODE.get(code)?.findLast(({ validTo }) => validTo !== undefined && validTo <= date);
  const successor = last?.successors?.[0];
  return successor === undefined ? undefined : currentRegion(successor, date);
}

/** Districts and counties of 重庆市 on an ISO date: 38, from 2025-11-06 on 37. */
export function districtsOfChongqing(date: string): Region[] {
  return CHONGQING.filter((region) => region.parent === '500000' && inForce(region, date));
}

/** Streets and towns of 万州区 on an ISO date. */
export function streetsOfWanzhou(date: string): Region[] {
  return WANZHOU_STREETS.filter((region) => inForce(region, date));
}

/** Functional zones of 万州区 on an ISO date: they overlap the streets and have no code of GB/T 2260. */
export function zonesOfWanzhou(date: string): Region[] {
  return WANZHOU_ZONES.filter((region) => inForce(region, date));
}

/**
 * The region of the registering authority in a credit code or registration number. Registered codes keep abolished
 * region codes (500222 綦江县), and the address may lie elsewhere: a hint, not the place of business.
 * @param date ISO date: the region that it leads to then. Without it, the newest region that bore the code.
 */
export function regionOfCreditCode(creditCode: string, date?: string): Region | undefined {
  const code = normaliseCreditCode(creditCode);
  const regionCode = code.length === 18 ? code.slice(2, 8) : code.length === 15 ? code.slice(0, 6) : '';
  return date === undefined ? BY_CODE.get(regionCode)?.at(-1) : currentRegion(regionCode, date);
}

/**
 * A district, county or zone by the name that people write: `万州区`, `万州`, `重庆市万州区`, `石柱`, `石柱县`, `万州经开区`.
 * @param date ISO date on which it must exist. Without it one still in force is preferred to an abolished one.
 */
export function districtByName(name: string, date?: string): Region | undefined {
  const plain = removeBlanks(toHalfWidth(name)).replace(/^重庆市?(?=.)/, '');
  const named = BY_NAME.get(plain);
  if (date !== undefined) return named?.find((region) => inForce(region, date));
  return named?.find(({ validTo }) => validTo === undefined) ?? named?.at(-1);
}

/**
 * The district or county of Chongqing that an address begins with: `重庆市万州区白岩路`, `万州区白岩路`, `重庆万州白岩路`. A short name counts
 * only behind 重庆: 江津路 is a street. Undefined where none is named, or another city comes first.
 * @param date ISO date: the region that it leads to then, where the address names an abolished one.
 */
export function districtOfAddress(address: string, date: string): Region | undefined {
  const plain = removeBlanks(toHalfWidth(address));
  const rest = plain.replace(/^(?:中国)?(?:重庆市?)+/, '');
  const named = DISTRICT_START.exec(rest)?.[0] ?? (rest === plain ? undefined : SHORT_DISTRICT_START.exec(rest)?.[0]);
  const region = named === undefined ? undefined : districtByName(named, date) ?? districtByName(named);
  return region && (currentRegion(region.code, date) ?? region);
}

/**
 * The street or town of 万州区 that an address names, by its full name or by the former rank (`高峰镇` is 高峰街道 now): the first one
 * named. A bare `太白` is not enough: there is a 太白路. Ask only for addresses in 万州区, as elsewhere there are towns of the same names.
 */
export function streetOf(address: string, date: string): Region | undefined {
  const named = STREET.exec(removeBlanks(toHalfWidth(address)))?.[1];
  return named === undefined ? undefined : WANZHOU_STREETS.find((region) => shortStreet(region) === named && inForce(region, date));
}

/** The functional zone of 万州区 that an address names. Ask only for addresses in 万州区: 经开区 is also the short name of others. */
export function zoneOf(address: string, date: string): Region | undefined {
  const plain = removeBlanks(toHalfWidth(address));
  const name = /经济技术开发区|经开区/.test(plain) ? '万州经开区' : plain.includes('渝东新区') ? '渝东新区' : undefined;
  return name === undefined ? undefined : districtByName(name, date);
}

/** True where a region code lies within another (or equals it): 500101001 in 500101 in 500000. By code only, not by date. */
export function isRegionWithin(code: string, scope: string): boolean {
  if (!BY_CODE.has(code) || !BY_CODE.has(scope)) return false;
  return code.startsWith(scope.endsWith('0000') ? scope.slice(0, 2) : scope);
}

function inForce({ validFrom, validTo }: Region, date: string): boolean {
  return (validFrom === undefined || validFrom <= date) && (validTo === undefined || date < validTo);
}

/** The full name, the name without its rank where two characters remain, and the everyday names of zones and counties. */
function namesOf({ name, kind }: Region): string[] {
  if (kind === 'ZONE') return name === '万州经济技术开发区' ? [name, '万州经开区', '经开区'] : [name, `万州${name}`];
  const short = name.replace(/(?:土家族|苗族)*自治县$|县$|(?<!新)区$/, '');
  if (kind === 'AUTONOMOUS_COUNTY') return [name, short, `${short}县`];
  return short.length >= 2 ? [name, short] : [name];
}

function indexBy(regions: readonly Region[], keysOf: (region: Region) => string[]): ReadonlyMap<string, readonly Region[]> {
  const index = new Map<string, Region[]>();
  for (const region of regions.toSorted((a, b) => (a.validFrom ?? '').localeCompare(b.validFrom ?? ''))) {
    for (const key of keysOf(region)) index.set(key, [...(index.get(key) ?? []), region]);
  }
  return index;
}
