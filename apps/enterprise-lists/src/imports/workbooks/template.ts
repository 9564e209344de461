import type { Writable } from 'node:stream';
import { writeTemplate as write } from '@finharbor/spreadsheets/template';
import { WANZHOU_STREETS, WANZHOU_ZONES } from '@finharbor/standards/regions-wanzhou.data';
import { statusWords, tagWords } from '../cell-words.js';
import { type ColumnKey, columnKeys, columns, requiredColumns } from '../columns.js';
import { explanations } from './template-texts.js';

/** Left out of the template: what others of its columns say as well. */
const spared: readonly ColumnKey[] = ['industryCode', 'innovationTier', 'greenPlate'];
const shown = columnKeys.filter((key) => !spared.includes(key));

const yesNo = ['是', '否'];
/** What may be chosen, where only a few words are possible. */
const choices: Partial<Record<ColumnKey, readonly string[]>> = {
  registrationStatus: Object.values(statusWords).map(([word]) => word),
  kind: ['企业', '个体工商户', '农民专业合作社', '家庭农场'], isPrivate: yesNo, isForeignTrade: yesNo, goodProspects: yesNo, strongDemand: yesNo, soundCredit: yesNo,
  lawfulOperation: yesNo, fixedPremises: yesNo, realDemand: yesNo, goodCreditStanding: yesNo, lawfulPurpose: yesNo,
  streetCode: WANZHOU_STREETS.map(({ name }) => name), zoneCode: WANZHOU_ZONES.map(({ name }) => name),
  tags: Object.values(tagWords).map(([word]) => word), greenEdition: ['2025年版', '2021年版', '2019年版'], guaranteeType: ['信用', '保证', '抵押', '质押'],
};
/** Several may stand in one cell, so others than those of the list are let pass. */
const several: readonly ColumnKey[] = ['tags'];

/** A column as the template heads it: the usual name, with its unit. */
export function templateHeader(key: ColumnKey): string {
  const { names, units } = columns[key] as { names: string[]; units?: string[] };
  return units ? `${names[0]}(${units[0]})` : names[0];
}

const isRequired = (key: ColumnKey): boolean => requiredColumns.includes(key);

/** Writes the template of a push list: headers, lists to choose from, and a sheet that explains each column; as CSV the headers. */
export const writeTemplate = (format: 'xlsx' | 'csv', out: Writable): Promise<void> => write({
  sheet: '名单',
  columns: shown.map((key) => ({
    header: templateHeader(key), isRequired: isRequired(key), choices: choices[key], takesSeveral: several.includes(key),
  })),
  help: {
    headers: [['列名', 26], ['英文列名', 26], ['必填', 8], ['说明', 80], ['示例', 40]],
    rows: columnKeys.map((key) => [templateHeader(key), key, isRequired(key) ? '是' : '', ...explanations[key]]),
  },
}, format, out);
