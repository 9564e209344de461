import * as crypto from 'node:crypto';
import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import type { ImportedRow } from '../imports/row-rules.js';
import type { StatedContact } from './contacts.js';
import { derive } from './derivation.js';
import { rowColumns } from './statement-columns.js';

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

/** Enough for the rows of one chunk, as lists usually are. */
const usualBytes = 2_097_152;
/** What stands before the facts of a row is not longer. */
const longestIds = 256;

/**
 * Encodes rows for the staging of an import, each as soon as it was checked: a row that waits for others is memory that must be moved.
 * Pure, and free of Nest: it runs where lists are read. The bytes lie in memory that threads share, so that nobody copies them: what
 * was taken holds until rows were taken twice more.
 */
export class RowEncoder {
  private spare = sharedBytes(0);
  private bytes = sharedBytes(0);
  private length = 0;
  private count = 0;
  private contacts: EncodedRows['contacts'] = [];

  constructor(private readonly importId: string) {}

  get size(): number {
    return this.length;
  }

  add({ row, stated }: CheckedStatement): void {
    const { contactName: name, contactPhone: phone, creditCode } = stated;
    const enterpriseId = enterpriseIdOf(creditCode);
    // Hashed only where it is stated: rows that state none have the hash that they had before there was a status.
    const status = stated.registrationStatus;
    const facts = status === null ? factsOf(stated) : `${factsOf(stated)}\t${status}`;
    const derived = status === null ? `\\N\t${derivedOf(stated)}` : derivedOf(stated);
    const needed = longestIds + 3 * (facts.length + derived.length);
    if (this.bytes.length - this.length < needed) this.widen(needed);
    const { bytes, length } = this;
    const ids = `${this.importId}\t${row}\t${newId()}\t${enterpriseId}\t${creditCode}\t`;
    // The hash of the facts stands before them: their bytes are written first, once for both.
    const from = length + ids.length + 33;
    const to = from + bytes.write(facts, from);
    bytes.latin1Write(`${ids}${hash(bytes.subarray(from, to))}\t`, length);
    this.length = to + bytes.latin1Write(`\t${derived}\n`, to);
    this.count += 1;
    if (name !== null || phone !== null) this.contacts.push({ row, enterpriseId, name, phone });
  }

  /** What was added since rows were taken last. */
  take(): EncodedRows {
    const { count, bytes, length, contacts } = this;
    [this.bytes, this.spare] = [this.spare, bytes];
    [this.length, this.count, this.contacts] = [0, 0, []];
    return { count, text: bytes.subarray(0, length), contacts };
  }

  private widen(needed: number): void {
    const wider = sharedBytes(Math.max(usualBytes, (this.length + needed) * 2));
    wider.set(this.bytes.subarray(0, this.length));
    this.bytes = wider;
  }
}

const sharedBytes = (length: number): FastBuffer => Buffer.from(new SharedArrayBuffer(length)) as FastBuffer;

/** `write` for text that is known to be ASCII, without the look at its arguments. */
type FastBuffer = Buffer & { latin1Write(text: string, at: number): number };

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
  if (statesEnterpriseAlone(row)) return `${ofEnterprise}\t${text(row.source)}${nothingElse}`;
  const ofRow = `${text(row.source)}\t${yesNo(row.goodProspects)}\t${yesNo(row.strongDemand)}\t${yesNo(row.soundCredit)}\t${yesNo(row.lawfulOperation)}\t${
    yesNo(row.fixedPremises)}\t${yesNo(row.realDemand)}\t${yesNo(row.goodCreditStanding)}\t${yesNo(row.lawfulPurpose)}\t${text(evidenceOf(row))}\t${
    text(row.consentRef)}\t${amount(row.demandAmount)}\t${word(row.demandTermMonths)}\t${text(row.demandPurpose)}\t${word(row.guaranteeType)}`;
  return `${ofEnterprise}\t${ofRow}`;
}

/** Most lists tell nothing of a row but the enterprise: then all cells behind its source are empty. */
const nothingElse = '\t\\N'.repeat(rowColumns.length - 1);
const statesEnterpriseAlone = (row: ImportedRow): boolean =>
  row.goodProspects === null && row.strongDemand === null && row.soundCredit === null && row.lawfulOperation === null
  && row.fixedPremises === null && row.realDemand === null && row.goodCreditStanding === null && row.lawfulPurpose === null
  && row.evidence === null && row.goodProspectsEvidence === null && row.strongDemandEvidence === null
  && row.soundCreditEvidence === null && row.lawfulOperationEvidence === null && row.fixedPremisesEvidence === null
  && row.realDemandEvidence === null && row.goodCreditStandingEvidence === null && row.lawfulPurposeEvidence === null
  && row.consentRef === null && row.demandAmount === null
  && row.demandTermMonths === null && row.demandPurpose === null && row.guaranteeType === null;

/** The cells of derivedColumns. */
function derivedOf(row: ImportedRow): string {
  const { kind, isPrivate, sizeClass, outsideReason, tags } = derive({
    creditCode: row.creditCode, name: row.name, statedKind: row.kind, entityType: row.entityType,
    registeredCapital: row.registeredCapital?.amount ?? null, capitalCurrency: row.registeredCapital?.currency ?? null,
    industryCode: row.industryCode, employees: row.employees, revenue: row.revenue, assets: row.assets,
    statedPrivate: row.isPrivate, statedTags: row.tags, registrationStatus: row.registrationStatus,
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

const oneShot = (crypto as { hash?: (algorithm: string, bytes: Uint8Array) => string }).hash;
/** 128 bits in hexadecimal: to tell whether two rows state the same, not to keep anything from anybody. */
const hash = (bytes: Uint8Array): string => oneShot?.('md5', bytes) ?? crypto.createHash('md5').update(bytes).digest('hex');
