import { entityKindOfCode } from '@finharbor/standards/credit-code';
import { type SizeClass, sizeClass, sizeGroupOfIndustry } from '@finharbor/standards/size-class';
import { EnterpriseKind, EnterpriseTag, RegistrationStatus } from '../statement-vocabulary.js';

/** What the derived facts of an enterprise follow from. Amounts in yuan. */
export interface DerivationInputs {
  creditCode: string;
  name: string;
  statedKind: EnterpriseKind | null;
  entityType: string | null;
  registeredCapital: string | null;
  capitalCurrency: string | null;
  industryCode: string | null;
  employees: number | null;
  revenue: string | null;
  assets: string | null;
  statedPrivate: boolean | null;
  statedTags: readonly EnterpriseTag[] | null;
  registrationStatus: RegistrationStatus | null;
}

/** Why an enterprise is outside the programme (H-003: private small and micro enterprises and self-employed households). */
export enum OutsideReason {
  LARGE = 'LARGE',
  /** No list states what its size follows from, and its registered capital is that of a large firm. */
  LARGE_PRESUMED = 'LARGE_PRESUMED',
  BANK_BRANCH = 'BANK_BRANCH',
  FINANCIAL_INSTITUTION = 'FINANCIAL_INSTITUTION',
  PUBLIC_BODY = 'PUBLIC_BODY',
  SOCIAL_ORGANISATION = 'SOCIAL_ORGANISATION',
  /** A list states that its registration is not in force, or that it is not at work. */
  NOT_ACTIVE = 'NOT_ACTIVE',
}

export interface Derived {
  kind: EnterpriseKind;
  /** Whether it is privately owned (民营); null where nothing says so. */
  isPrivate: boolean | null;
  sizeClass: SizeClass;
  outsideReason: OutsideReason | null;
  /** What lists state and what the industry says, sorted. */
  tags: EnterpriseTag[];
}

/** What follows from the facts of an enterprise, however many lists stated them. */
export function derive(facts: DerivationInputs): Derived {
  const kind = facts.statedKind ?? (entityKindOfCode(facts.creditCode) as EnterpriseKind | undefined) ?? EnterpriseKind.OTHER;
  const size = sizeClass({
    group: (facts.industryCode ? groupOf(facts.industryCode) : undefined) ?? 'UNKNOWN',
    employees: facts.employees, revenue: inTenThousands(facts.revenue), assets: inTenThousands(facts.assets),
  });
  return { kind, isPrivate: isPrivate(facts, kind), sizeClass: size, outsideReason: outsideReason(facts, kind, size), tags: tagsOf(facts) };
}

/** The same codes come again and again. */
const groups = new Map<string, ReturnType<typeof sizeGroupOfIndustry>>();
function groupOf(industryCode: string): ReturnType<typeof sizeGroupOfIndustry> {
  if (!groups.has(industryCode)) groups.set(industryCode, sizeGroupOfIndustry(industryCode));
  return groups.get(industryCode);
}

const bankBranch = /(?:银行|信用合作联社|信用联社|信用社).*(?:支行|分行|分理处|营业部|营业所|储蓄所|分社)$/;
/** Agents and brokers of insurance are ordinary firms; asset management is anything. */
const institution = new RegExp([
  '银行(?:股份)?有限(?:责任)?公司', '(?:农村|城市)信用(?:合作)?联?社', '(?:财产|人寿|健康|养老|责任|相互)保险', '保险(?:股份|集团)?有限(?:责任)?公司',
  '证券(?:股份)?有限(?:责任)?公司', '期货(?:股份)?有限', '信托(?:股份)?有限', '小额贷款', '担保(?:集团)?(?:股份)?有限(?:责任)?公司', '典当', '金融租赁', '消费金融',
  '汽车金融', '基金管理(?:股份)?有限', '财务有限(?:责任)?公司$',
].join('|'));
/** From here on the lack of indicators does not hide that a firm is large: a rule of ours, which stated indicators overrule. */
const presumedLargeFrom = 1_000_000_000;

function outsideReason(facts: DerivationInputs, kind: EnterpriseKind, size: SizeClass): OutsideReason | null {
  if (kind === EnterpriseKind.PUBLIC_BODY) return OutsideReason.PUBLIC_BODY;
  if (kind === EnterpriseKind.SOCIAL_ORGANISATION) return OutsideReason.SOCIAL_ORGANISATION;
  if (facts.name.includes('银行') || facts.name.includes('信用')) {
    if (bankBranch.test(facts.name)) return OutsideReason.BANK_BRANCH;
  }
  // Insurance agents and brokers (685) are the only ones of section J that are not financial institutions.
  const isFinancial = facts.industryCode?.startsWith('J') && !facts.industryCode.startsWith('J685');
  if (isFinancial || institution.test(facts.name)) return OutsideReason.FINANCIAL_INSTITUTION;
  if ((facts.registrationStatus ?? RegistrationStatus.ACTIVE) !== RegistrationStatus.ACTIVE) return OutsideReason.NOT_ACTIVE;
  if (size === 'LARGE') return OutsideReason.LARGE;
  const capital = facts.capitalCurrency === 'CNY' ? Number(facts.registeredCapital) : 0;
  return size === 'UNKNOWN' && capital >= presumedLargeFrom ? OutsideReason.LARGE_PRESUMED : null;
}

function isPrivate({ statedPrivate, entityType }: DerivationInputs, kind: EnterpriseKind): boolean | null {
  if (statedPrivate !== null) return statedPrivate;
  if (kind === EnterpriseKind.SELF_EMPLOYED || kind === EnterpriseKind.COOPERATIVE || kind === EnterpriseKind.FAMILY_FARM) return true;
  if (kind !== EnterpriseKind.ENTERPRISE && kind !== EnterpriseKind.OTHER) return false;
  if (entityType === null) return null;
  // What a natural person may not hold comes first: 有限责任公司(国有独资), 外商独资, 集体所有制.
  if (/国有|国家|全民|集体|外商|外资|港.?澳|台港澳/.test(entityType)) return false;
  return /自然人|私营|个人独资|民营|个体/.test(entityType) ? true : null;
}

/** The sectors of the 2023 notice by GB/T 4754-2017; foreign trade is no industry, so only a list can say it. */
const sectors: [EnterpriseTag, RegExp][] = [
  [EnterpriseTag.LODGING, /^H61/], [EnterpriseTag.CATERING, /^H62/], [EnterpriseTag.RETAIL, /^F52/], [EnterpriseTag.EDUCATION, /^P83/],
  [EnterpriseTag.CULTURE, /^R8[678]/], [EnterpriseTag.TOURISM, /^(?:L729|N786|R902)/], [EnterpriseTag.SPORTS, /^R89/], [EnterpriseTag.TRANSPORT, /^G5[3-8]/],
];

function tagsOf({ statedTags, industryCode }: DerivationInputs): EnterpriseTag[] {
  const sector = industryCode === null ? undefined : sectors.find(([, codes]) => codes.test(industryCode))?.[0];
  if (statedTags === null) return sector ? [sector] : [];
  return [...new Set(sector ? [...statedTags, sector] : statedTags)].sort();
}

/** The table of size classes counts in 万元. */
const inTenThousands = (yuan: string | null): number | null => (yuan === null ? null : Number(yuan) / 10_000);
