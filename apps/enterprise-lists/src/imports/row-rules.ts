import { entityKindOfCode } from '@finharbor/standards/credit-code';
import { currentRegion, districtByName, districtOfAddress, isRegionWithin, type Region, regionOfCreditCode, streetOf, zoneOf } from '@finharbor/standards/regions';
import { sizeClass, sizeGroupOfIndustry } from '@finharbor/standards/size-class';
import { isNotStated, unescapeSpreadsheetCell } from '@finharbor/standards/text';
import { EnterpriseKind, EnterpriseTag, GreenEdition } from '../statement-vocabulary.js';
import { CellProblem } from './cell-rules.js';
import { isErrorValue, unreadableCharacter } from './cell-texts.js';
import { type ColumnKey, columns, requiredColumns } from './columns.js';
import type { RawRow } from './formats/row-source.js';
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
});

/** Checks the cells of one row against the header. Duplicates within a list are for the caller to find. */
export function checkRow({ row, cells }: RawRow, header: Header, { today, exceptions }: RowContext): CheckedCells {
  const findings: Finding[] = [];
  const find = (key: ColumnKey | null, index: number | null, severity: Severity, rule: string, message: string): void => {
    const cell = index === null ? null : cells[index];
    findings.push(findingOf({ row, column: index === null ? null : index + 1, field: key, severity, rule, message }, cell ?? null));
  };
  if (cells.length !== header.width) {
    find(null, null, 'ERROR', 'columnCount', `the row has ${cells.length} cells, the header ${header.width}`);
    return { row: null, findings };
  }
  cells.forEach((cell, index) => refuseUnreadable(cell, index, header.keyAt[index] ?? null, find));
  if (findings.length > 0) return { row: null, findings };
  const stated = nothing() as ImportedRow;
  const merged: Merged = {};
  for (const [key, { index, unit }] of header.columns) {
    const text = unescapeSpreadsheetCell(cells[index]);
    if (isNotStated(text)) {
      if (requiredColumns.includes(key)) find(key, index, 'ERROR', 'required', 'must be stated');
      continue;
    }
    const warn = (rule: string, message: string): void => find(key, index, 'WARNING', rule, message);
    const value = isErrorValue(text)
      ? new CellProblem('spreadsheetError', 'is the error of a formula, or a formula that nothing ever reckoned')
      : columns[key].read(text, { unit, today, exceptions, warn });
    if (value instanceof CellProblem) find(key, index, 'ERROR', value.rule, value.message);
    else if (mergedKeys.includes(key)) (merged as Record<string, unknown>)[key] = value;
    else (stated as unknown as Record<string, unknown>)[key] = value;
  }
  if (findings.some(({ severity }) => severity === 'ERROR')) return { row: null, findings };
  complete(stated, merged, today);
  if (stated.greenCategory && !stated.greenEdition) {
    stated.greenEdition = editionOn(today);
    find('greenCategory', header.columns.get('greenCategory')!.index, 'WARNING', 'greenEdition',
      `no edition of the catalogue is named: taken for that of ${stated.greenEdition.slice(-4)}`);
  }
  const warn = (key: ColumnKey, rule: string, message: string): void => find(key, header.columns.get(key)?.index ?? null, 'WARNING', rule, message);
  warnOf(stated, header, today, warn);
  return { row: stated, findings };
}

type Find = (key: ColumnKey | null, index: number, severity: Severity, rule: string, message: string) => void;

function refuseUnreadable(cell: string, index: number, key: ColumnKey | null, find: Find): void {
  const character = unreadableCharacter(cell);
  if (character) {
    find(key, index, 'ERROR', 'controlCharacter', `cell ${index + 1} contains the control character ${character}`);
  } else if (cell.length > maxCellBytes / 4 && Buffer.byteLength(cell) > maxCellBytes) {
    find(key, index, 'ERROR', 'tooLong', `cell ${index + 1} is longer than 64 KiB`);
  }
}

/** What several cells say together. */
function complete(stated: ImportedRow, { industryName, innovationTier, greenPlate }: Merged, today: string): void {
  stated.industryCode ??= industryName ?? null;
  const tags = [...(stated.tags ?? []), ...(innovationTier ?? []), ...(greenPlate ?? [])];
  if (stated.isForeignTrade) tags.push(EnterpriseTag.FOREIGN_TRADE);
  stated.tags = tags.length > 0 ? [...new Set(tags)].sort() : null;
  stated.kind ??= kindInWords(stated);
  stated.regionCode = regionCodeOf(stated, today) ?? null;
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

function warnOf(row: ImportedRow, header: Header, today: string, warn: (key: ColumnKey, rule: string, message: string) => void): void {
  const ofCode = row.kind ? entityKindOfCode(row.creditCode) : undefined;
  const isFarm = row.kind === EnterpriseKind.FAMILY_FARM && (ofCode === 'ENTERPRISE' || ofCode === 'SELF_EMPLOYED');
  if (row.kind && ofCode && row.kind !== (ofCode as EnterpriseKind) && !isFarm) {
    warn(header.columns.has('kind') ? 'kind' : 'entityType', 'kindMismatch', `the code is that of ${ofCode}, the row says ${row.kind}`);
  }
  const placed = placeOf(row, today);
  if (placed && isElsewhere(row.creditCode, placed, today)) {
    warn(row.address ? 'address' : 'district', 'regionMismatch', `lies in ${placed.name}, the credit code was given elsewhere`);
  }
  if (header.statesSize) warnOfSize(row, header, warn);
}

function warnOfSize(row: ImportedRow, header: Header, warn: (key: ColumnKey, rule: string, message: string) => void): void {
  const group = (row.industryCode ? sizeGroupOfIndustry(row.industryCode) : undefined) ?? 'UNKNOWN';
  const tens = (yuan: string | null): number | null => (yuan === null ? null : Number(yuan) / 10_000);
  if (sizeClass({ group, employees: row.employees, revenue: tens(row.revenue), assets: tens(row.assets) }) !== 'UNKNOWN') return;
  const missing = (['industryCode', 'employees', 'revenue', 'assets'] as const).filter((key) => row[key] === null);
  const what = missing.length > 0 ? `not stated: ${missing.join(', ')}` : 'the industry is too coarse';
  warn(header.columns.has('industryName') ? 'industryName' : 'industryCode', 'sizeUnknown', `the size class stays UNKNOWN by this row (${what})`);
}

type Place = Pick<ImportedRow, 'province' | 'district'> & { address?: string | null };

/** The region that the row lies in today: by its district, else its address, else who gave the code. Undefined outside our tables. */
export function regionCodeOf(row: Place & Pick<ImportedRow, 'creditCode'>, today: string): string | undefined {
  return (placeOf(row, today) ?? regionOfCreditCode(row.creditCode, today))?.code;
}

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
