import * as crypto from 'node:crypto';
import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import type { ImportedRow } from '../imports/row-rules.js';
import type { StatedContact } from './contacts.js';
import { derive } from './derivation.js';

/** A row that was checked and may be taken. */
export interface CheckedStatement {
  /** 1-based row of the file. */
  row: number;
  stated: ImportedRow;
}

/** Rows as COPY takes them. Nothing but plain data, so that a worker thread can hand it over. */
export interface EncodedRows {
  count: number;
  /** COPY text format, UTF-8, the columns as in `stagedColumns`. */
  text: Uint8Array;
  /** In the clear: for memory alone, until they are sealed. */
  contacts: (StatedContact & { row: number })[];
}

/** Encodes rows for the staging of an import. Pure, and free of Nest: it runs where lists are read. */
export function encodeRows(importId: string, rows: readonly CheckedStatement[]): EncodedRows {
  const contacts: EncodedRows['contacts'] = [];
  let buffer = Buffer.allocUnsafe(rows.length * 1_024);
  let length = 0;
  for (const { row, stated } of rows) {
    const enterpriseId = enterpriseIdOf(stated.creditCode);
    const facts = factsOf(stated);
    const line = `${importId}\t${row}\t${newId()}\t${enterpriseId}\t${stated.creditCode}\t${hash(facts)}\t${facts}\t${derivedOf(stated)}\n`;
    if (buffer.length - length < line.length * 3) buffer = Buffer.concat([buffer.subarray(0, length)], (length + line.length * 3) * 2);
    length += buffer.write(line, length);
    const { contactName: name, contactPhone: phone } = stated;
    if (name !== null || phone !== null) contacts.push({ row, enterpriseId, name, phone });
  }
  return { count: rows.length, text: buffer.subarray(0, length), contacts };
}

const needsEscape = /[\\\t\n\r]/;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A text in COPY's text format. */
export function text(value: string | null | undefined): string {
  if (value === null || value === undefined) return '\\N';
  return needsEscape.test(value) ? value.replace(/[\\\t\n\r]/g, (found) => escapes[found]) : value;
}

/** A word or code of a closed vocabulary, a day or a number, which need no escaping. */
const word = (value: string | number | null | undefined): string => (value === null || value === undefined ? '\\N' : `${value}`);
const yesNo = (value: boolean | null): string => (value === null ? '\\N' : value ? 't' : 'f');
const words = (values: readonly string[] | null): string => (values === null ? '\\N' : `{${values.join()}}`);
/** Amounts that are equal are written alike. */
const amount = (value: string | null | undefined): string => (value?.includes('.') ? value.replace(/\.?0+$/, '') : word(value));

/** The cells of factColumns and rowColumns. One long template: this is run for every row of every list. */
function factsOf(row: ImportedRow): string {
  // A region that follows from the credit code alone says nothing that another statement might contradict.
  const region = row.district !== null || row.address !== null ? row.regionCode : null;
  const { amount: capital, currency } = row.registeredCapital ?? {};
  const ofEnterprise = `${text(row.name)}\t${word(row.kind)}\t${text(row.entityType)}\t${word(row.establishedOn)}\t${amount(capital)}\t${word(currency)}\t${
    text(row.businessScope)}\t${text(row.province)}\t${text(row.district)}\t${word(region)}\t${text(row.address)}\t${word(row.streetCode)}\t${word(row.zoneCode)}\t${
    word(row.industryCode)}\t${word(row.employees)}\t${amount(row.revenue)}\t${amount(row.assets)}\t${yesNo(row.isPrivate)}\t${
    words(row.tags)}\t${word((row as { tagsUntil?: string | null }).tagsUntil)}\t${text(row.greenCategory)}\t${word(row.greenEdition)}`;
  const ofRow = `${text(row.source)}\t${yesNo(row.goodProspects)}\t${yesNo(row.strongDemand)}\t${yesNo(row.soundCredit)}\t${yesNo(row.lawfulOperation)}\t${
    yesNo(row.fixedPremises)}\t${yesNo(row.realDemand)}\t${yesNo(row.goodCreditStanding)}\t${yesNo(row.lawfulPurpose)}\t${text(evidenceOf(row))}\t${
    text(row.consentRef)}\t${amount(row.demandAmount)}\t${word(row.demandTermMonths)}\t${text(row.demandPurpose)}\t${word(row.guaranteeType)}`;
  return `${ofEnterprise}\t${ofRow}`;
}

/** The cells of derivedColumns. */
function derivedOf(row: ImportedRow): string {
  const { kind, isPrivate, sizeClass, outsideReason, tags } = derive({
    creditCode: row.creditCode, name: row.name, statedKind: row.kind, entityType: row.entityType,
    registeredCapital: row.registeredCapital?.amount ?? null, capitalCurrency: row.registeredCapital?.currency ?? null,
    industryCode: row.industryCode, employees: row.employees, revenue: row.revenue, assets: row.assets,
    statedPrivate: row.isPrivate, statedTags: row.tags,
  });
  return `${kind}\t${yesNo(isPrivate)}\t${sizeClass}\t${word(outsideReason)}\t${words(tags)}\t${word(row.regionCode)}`;
}

const evidenceKeys = {
  GOOD_PROSPECTS: 'goodProspectsEvidence', STRONG_DEMAND: 'strongDemandEvidence', SOUND_CREDIT: 'soundCreditEvidence',
  LAWFUL_OPERATION: 'lawfulOperationEvidence', FIXED_PREMISES: 'fixedPremisesEvidence', REAL_DEMAND: 'realDemandEvidence',
  GOOD_CREDIT_STANDING: 'goodCreditStandingEvidence', LAWFUL_PURPOSE: 'lawfulPurposeEvidence', ALL: 'evidence',
} as const satisfies Record<string, keyof ImportedRow>;
const evidenceEntries = Object.entries(evidenceKeys);

/** By criterion, and `ALL` for what stands for all of them. */
function evidenceOf(row: ImportedRow): string | null {
  let texts: Record<string, string> | undefined;
  for (const [criterion, key] of evidenceEntries) {
    const value = row[key];
    if (value !== null) (texts ??= {})[criterion] = value;
  }
  return texts ? JSON.stringify(texts) : null;
}

const oneShot = (crypto as { hash?: (algorithm: string, text: string) => string }).hash;
/** 128 bits in hexadecimal: to tell whether two rows state the same, not to keep anything from anybody. */
const hash = (text: string): string => oneShot?.('md5', text) ?? crypto.createHash('md5').update(text).digest('hex');
