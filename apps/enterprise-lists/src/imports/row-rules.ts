import { entityKindOfCode } from '@finharbor/standards/credit-code';
import { currentRegion, districtByName, districtOfAddress, isRegionWithin, type Region, regionOfCreditCode, streetOf, zoneOf } from '@finharbor/standards/regions';
import { sizeClass, sizeGroupOfIndustry } from '@finharbor/standards/size-class';
import { isNotStated, unescapeSpreadsheetCell } from '@finharbor/standards/text';
import { EnterpriseKind, EnterpriseTag, GreenEdition } from '../statement-vocabulary.js';
import { type CellContext, CellProblem } from './cell-rules.js';
import { isErrorValue, unreadableCharacter } from './cell-texts.js';
import { type ColumnKey, columnKeys, columns, requiredColumns } from './columns.js';
import type { RawRow } from '@finharbor/spreadsheets/row-source';
import type { Header } from './headers.js';
import { type Finding, findingOf, type Severity } from './row-findings.js';

/** Columns that say what others say too: what they hold is merged into those. */
type MergedKey = 'industryName' | 'innovationTier' | 'greenPlate';
const mergedKeys: readonly string[] = ['industryName', 'innovationTier', 'greenPlate'] satisfies MergedKey[];

type Read = { [Key in ColumnKey]: Exclude<ReturnType<(typeof columns)[Key]['read']>, CellProblem> | null };

/** What a row states, checked; null is what it does not state. Amounts in yuan, codes normalised. */
export type ImportedRow = Omit<Read, MergedKey> & {
  creditCode: string;
  name: string;
  /** Of the region it lies in today (GB/T 2260 or a functional zone): by its district, else its address, else its credit code. */
  regionCode: string | null;
};

type Merged = Partial<Pick<Read, MergedKey>>;
type Blank = { [Key in keyof ImportedRow]: ImportedRow[Key] | null };

/** What rows are checked with. */
export interface RowContext {
  /** ISO date in Asia/Shanghai: what lies behind it is the future. */
  today: string;
  /** Normalised credit codes whose checksum fails and that a supervisor let pass. */
  exceptions: ReadonlySet<string>;
}

/** A row that was checked: what it states, or null where an error rejects it, and all that is to be said of it. */
export interface CheckedCells {
  row: ImportedRow | null;
  findings: Finding[];
}

const maxCellBytes = 65_536;
/** A row that states nothing. Written out, as objects of so many keys are slow to work with when made key by key. */
const nothing = (): Blank => ({
  regionCode: null, creditCode: null, name: null, kind: null, establishedOn: null, entityType: null, isPrivate: null,
  isForeignTrade: null, registeredCapital: null, businessScope: null, province: null, district: null, address: null, streetCode: null,
  zoneCode: null, source: null, industryCode: null, employees: null, revenue: null, assets: null, contactName: null,
  contactPhone: null, goodProspects: null, strongDemand: null, soundCredit: null, lawfulOperation: null, fixedPremises: null,
  realDemand: null, goodCreditStanding: null, lawfulPurpose: null, goodProspectsEvidence: null, strongDemandEvidence: null,
  soundCreditEvidence: null, lawfulOperationEvidence: null, fixedPremisesEvidence: null, realDemandEvidence: null,
  goodCreditStandingEvidence: null, lawfulPurposeEvidence: null, evidence: null, tags: null, tagsUntil: null, greenCategory: null,
  greenEdition: null, demandAmount: null, demandTermMonths: null, demandPurpose: null, guaranteeType: null, consentRef: null,
  registrationStatus: null,
});

/** Columns in which hardly any cell is like another, or that hold personal data, which is not kept. */
const unlike: ReadonlySet<ColumnKey> = new Set(columnKeys.filter((key) => 'personal' in columns[key] || key.toLowerCase().endsWith('evidence')
  || ['creditCode', 'name', 'businessScope', 'address', 'consentRef', 'demandPurpose'].includes(key)));
/** Cells of a column whose meaning is kept, so long as they are short: days, amounts and words come again and again. */
const keptCells = 2_000;
const keptLength = 40;

/** A column of the list that is read, with what its cells meant so far. */
interface ReadColumn {
  key: ColumnKey;
  index: number;
  unit: string | undefined;
  isMerged: boolean;
  known: Map<string, unknown> | null;
}

/**
 * Checks the cells of row after row of one list against its header: what is made for each cell is made millions of times, so it is made
 * once and used again. Duplicates within a list are for the caller to find.
 */
export class RowChecker implements CellContext {
  readonly today: string;
  readonly exceptions: ReadonlySet<string>;
  unit: string | undefined;
  private readonly columns: ReadColumn[];
  private row = 0;
  private cells: string[] = [];
  private findings: Finding[] = [];
  private hasErrors = false;
  /** What is looked at. */
  private key: ColumnKey | null = null;
  private index: number | null = null;
  /** Says something about the cell that is looked at. */
  readonly warn = (rule: string, message: string): void => this.find('WARNING', rule, message);

  constructor(private readonly header: Header, { today, exceptions }: RowContext) {
    this.today = today;
    this.exceptions = exceptions;
    this.columns = [...header.columns].map(([key, { index, unit }]) => (
      { key, index, unit, isMerged: mergedKeys.includes(key), known: unlike.has(key) ? null : new Map() }));
  }

  check({ row, cells }: RawRow): CheckedCells {
    [this.row, this.cells, this.findings, this.hasErrors] = [row, cells, [], false];
    const stated = this.read();
    return { row: this.hasErrors ? null : stated, findings: this.findings };
  }

  private read(): ImportedRow | null {
    const { cells, header, today } = this;
    this.lookAt(null, null);
    if (cells.length !== header.width) this.find('ERROR', 'columnCount', `the row has ${cells.length} cells, the header ${header.width}`);
    else for (let index = 0; index < cells.length; index += 1) this.refuseUnreadable(cells[index], index);
    if (this.hasErrors) return null;
    const stated = nothing() as ImportedRow;
    const merged: Merged = {};
    for (const column of this.columns) {
      const value = this.valueOf(column);
      if (value !== undefined) ((column.isMerged ? merged : stated) as Record<string, unknown>)[column.key] = value;
    }
    if (this.hasErrors) return null;
    const placed = placeOf(stated, today);
    complete(stated, merged, placed, today);
    this.warnOf(stated, placed);
    return stated;
  }

  /** What a cell states; undefined where it states nothing, or nothing that can be taken. */
  private valueOf({ key, index, unit, known }: ReadColumn): unknown {
    const cell = this.cells[index];
    const before = known?.get(cell);
    if (before !== undefined) return before;
    this.lookAt(key, index);
    const text = unescapeSpreadsheetCell(cell);
    if (isNotStated(text)) {
      if (requiredColumns.includes(key)) this.find('ERROR', 'required', 'must be stated');
      return undefined;
    }
    this.unit = unit;
    const found = this.findings.length;
    const value: unknown = isErrorValue(text)
      ? new CellProblem('spreadsheetError', 'is the error of a formula, or a formula that nothing ever reckoned') : columns[key].read(text, this);
    if (value instanceof CellProblem) {
      this.find('ERROR', value.rule, value.message);
      return undefined;
    }
    const mayRecur = known && known.size < keptCells && cell.length <= keptLength && this.findings.length === found;
    return mayRecur ? this.keep(known, key, cell, text) : value;
  }

  /** What is kept must not be a part of the text that it was read from, which would be kept with it. */
  private keep(known: Map<string, unknown>, key: ColumnKey, cell: string, text: string): unknown {
    const value: unknown = columns[key].read(Buffer.from(text).toString(), this);
    known.set(Buffer.from(cell).toString(), value);
    return value;
  }

  private refuseUnreadable(cell: string, index: number): void {
    const character = unreadableCharacter(cell);
    if (character === undefined && (cell.length <= maxCellBytes / 4 || Buffer.byteLength(cell) <= maxCellBytes)) return;
    this.lookAt(this.header.keyAt[index] ?? null, index);
    if (character) this.find('ERROR', 'controlCharacter', `cell ${index + 1} contains the control character ${character}`);
    else this.find('ERROR', 'tooLong', `cell ${index + 1} is longer than 64 KiB`);
  }

  private lookAt(key: ColumnKey | null, index: number | null): void {
    this.key = key;
    this.index = index;
  }

  private find(severity: Severity, rule: string, message: string): void {
    const { row, key: field, index, cells } = this;
    this.hasErrors ||= severity === 'ERROR';
    const [column, cell] = index === null ? [null, null] : [index + 1, cells[index] ?? null];
    this.findings.push(findingOf({ row, column, field, severity, rule, message }, cell));
  }

  private warnAt(key: ColumnKey, rule: string, message: string): void {
    this.lookAt(key, this.header.columns.get(key)?.index ?? null);
    this.warn(rule, message);
  }

  private warnOf(row: ImportedRow, placed: Region | undefined): void {
    const { header, today } = this;
    if (row.greenCategory && !row.greenEdition) {
      row.greenEdition = editionOn(today);
      this.warnAt('greenCategory', 'greenEdition', `no edition of the catalogue is named: taken for that of ${row.greenEdition.slice(-4)}`);
    }
    const ofCode = row.kind ? entityKindOfCode(row.creditCode) : undefined;
    const isFarm = row.kind === EnterpriseKind.FAMILY_FARM && (ofCode === 'ENTERPRISE' || ofCode === 'SELF_EMPLOYED');
    if (row.kind && ofCode && row.kind !== (ofCode as EnterpriseKind) && !isFarm) {
      this.warnAt(header.columns.has('kind') ? 'kind' : 'entityType', 'kindMismatch', `the code is that of ${ofCode}, the row says ${row.kind}`);
    }
    if (placed && isElsewhere(row.creditCode, placed, today)) {
      this.warnAt(row.address ? 'address' : 'district', 'regionMismatch', `lies in ${placed.name}, the credit code was given elsewhere`);
    }
    if (header.statesSize) this.warnOfSize(row);
  }

  private warnOfSize(row: ImportedRow): void {
    const group = (row.industryCode ? sizeGroupOfIndustry(row.industryCode) : undefined) ?? 'UNKNOWN';
    const tens = (yuan: string | null): number | null => (yuan === null ? null : Number(yuan) / 10_000);
    if (sizeClass({ group, employees: row.employees, revenue: tens(row.revenue), assets: tens(row.assets) }) !== 'UNKNOWN') return;
    const missing = (['industryCode', 'employees', 'revenue', 'assets'] as const).filter((key) => row[key] === null);
    const what = missing.length > 0 ? `not stated: ${missing.join(', ')}` : 'the industry is too coarse';
    const told = this.header.columns.has('industryName') ? 'industryName' : 'industryCode';
    this.warnAt(told, 'sizeUnknown', `the size class stays UNKNOWN by this row (${what})`);
  }
}

/** What several cells say together. */
function complete(stated: ImportedRow, merged: Merged, placed: Region | undefined, today: string): void {
  const { industryName, innovationTier, greenPlate } = merged;
  stated.industryCode ??= industryName ?? null;
  if (stated.tags || innovationTier || greenPlate || stated.isForeignTrade) {
    const tags = [...(stated.tags ?? []), ...(innovationTier ?? []), ...(greenPlate ?? [])];
    if (stated.isForeignTrade) tags.push(EnterpriseTag.FOREIGN_TRADE);
    stated.tags = tags.length > 0 ? [...new Set(tags)].sort() : null;
  }
  stated.kind ??= kindInWords(stated);
  stated.regionCode = (placed ?? regionOfCreditCode(stated.creditCode, today))?.code ?? null;
  if (stated.address && stated.regionCode?.startsWith('500101')) {
    stated.streetCode ??= streetOf(stated.address, today)?.code ?? null;
    stated.zoneCode ??= zoneOf(stated.address, today)?.code ?? null;
  }
}

const editionOn = (today: string): GreenEdition =>
  today >= '2025-10-01' ? GreenEdition.EDITION_2025 : today >= '2021-07-01' ? GreenEdition.EDITION_2021 : GreenEdition.EDITION_2019;

/** The kind that the type or the name tells where no column does: `个体工商户`, `某某家庭农场`. */
function kindInWords({ entityType, name }: ImportedRow): EnterpriseKind | null {
  const type = entityType ?? '';
  if (type.includes('家庭农场') || name.endsWith('家庭农场')) return EnterpriseKind.FAMILY_FARM;
  if (type.includes('合作社')) return EnterpriseKind.COOPERATIVE;
  return type.startsWith('个体') ? EnterpriseKind.SELF_EMPLOYED : null;
}

type Place = Pick<ImportedRow, 'province' | 'district'> & { address?: string | null };

/** The region that the row names: its district, else that of its address. */
function placeOf({ province, district, address }: Place, today: string): Region | undefined {
  const named = isOfChongqing(province) && district ? districtByName(district) : undefined;
  if (named) return currentRegion(named.code, today) ?? named;
  return isOfChongqing(province) && address ? districtOfAddress(address, today) : undefined;
}

/** Whether another region's authority gave the code. Those of the municipality and of the country give codes for everywhere. */
function isElsewhere(creditCode: string, placed: Region, today: string): boolean {
  const authority = creditCode.slice(2, 8);
  if (authority.endsWith('0000')) return !authority.startsWith('10') && !authority.startsWith('50');
  const region = regionOfCreditCode(creditCode, today);
  return region ? !isRegionWithin(placed.code, region.code) : !authority.startsWith('50');
}

/** District names recur in other provinces: 江北区 is also in 宁波. */
const isOfChongqing = (province: string | null): boolean => province === null || /重庆|^渝$/.test(province);
