import { type EnterpriseKind, EnterpriseTag, type GreenEdition, type RegistrationStatus } from '../statement-vocabulary.js';

/** The facts of one statement, each null where it does not state it. Amounts and days as text. */
export interface Facts {
  name: string | null;
  statedKind: EnterpriseKind | null;
  entityType: string | null;
  establishedOn: string | null;
  registeredCapital: string | null;
  capitalCurrency: string | null;
  businessScope: string | null;
  province: string | null;
  district: string | null;
  regionCode: string | null;
  address: string | null;
  streetCode: string | null;
  zoneCode: string | null;
  industryCode: string | null;
  employees: number | null;
  revenue: string | null;
  assets: string | null;
  statedPrivate: boolean | null;
  registrationStatus: RegistrationStatus | null;
}

/** What one list says of an enterprise. */
export interface Statement extends Facts {
  entryId: string;
  /** The organisation that says it, and when, in ms. */
  source: string;
  at: number;
  statedTags: EnterpriseTag[] | null;
  tagsUntil: string | null;
  greenCategory: string | null;
  greenEdition: GreenEdition | null;
}

/** What all statements together say. */
export interface Merged {
  facts: Facts;
  statedTags: EnterpriseTag[] | null;
  tagsUntil: Partial<Record<EnterpriseTag, string>> | null;
  greenCategories: Record<string, string> | null;
  /** Which statement each stated field was taken from. */
  origins: Partial<Record<MergedField, Statement>>;
  contradictions: Contradiction[];
}

/** Sources of one rank that state different values of a field. */
export interface Contradiction {
  field: MergedField;
  /** By source, the chosen one among them or not. */
  stated: { source: string; value: string; at: string; entryId: string }[];
}

/** Fields with their columns. The first is what sources may contradict each other in; the others follow the same rules and choice. */
export const mergedFields = {
  name: ['name'], kind: ['statedKind'], entityType: ['entityType'], establishedOn: ['establishedOn'], registeredCapital: ['registeredCapital', 'capitalCurrency'],
  businessScope: ['businessScope'], district: ['district', 'province', 'regionCode'], address: ['address', 'streetCode', 'zoneCode'],
  industryCode: ['industryCode'], employees: ['employees'], revenue: ['revenue'], assets: ['assets'], isPrivate: ['statedPrivate'],
  registrationStatus: ['registrationStatus'],
} as const satisfies Record<string, readonly (keyof Facts)[]>;

export type MergedField = keyof typeof mergedFields;
export const fieldNames = Object.keys(mergedFields) as MergedField[];

/** Whose word counts. */
export interface Precedence {
  /** Of a source for a field; 0 where nothing was said. */
  rank(source: string, field: MergedField): number;
  /** The source that a supervisor chose among these, who contradict each other. */
  chosen(contradiction: Contradiction): string | undefined;
}

/** Tags that hold for some years only (优质中小企业梯度, 高新技术企业, 科技型中小企业). */
export const tiers: readonly EnterpriseTag[] =
  [EnterpriseTag.INNOVATIVE_SME, EnterpriseTag.SPECIALISED_SME, EnterpriseTag.LITTLE_GIANT, EnterpriseTag.HIGH_TECH,
    EnterpriseTag.TECH_SME];

/**
 * What the statements of one enterprise say together, in whatever order they are given: of each source the newest word; of the sources
 * the one that was chosen, else the highest rank, else the newest. What nobody states is null.
 */
export function mergeStatements(statements: readonly Statement[], precedence: Precedence): Merged {
  const newestFirst = [...statements].sort(byAge);
  const facts: Record<string, unknown> = {};
  const origins: Merged['origins'] = {};
  const contradictions: Contradiction[] = [];
  for (const field of fieldNames) {
    const [lead, ...others] = mergedFields[field].map((name) =>
      highest(newestOf(newestFirst, (one) => one[name] !== null), field, precedence));
    const contradiction = contradictionOf(lead, field);
    const chosen = contradiction && precedence.chosen(contradiction);
    if (contradiction) contradictions.push(contradiction);
    [lead, ...others].forEach((words, index) => {
      const name = mergedFields[field][index];
      const winner = words.find(({ source }) => source === chosen) ?? words.at(0);
      facts[name] = winner?.[name] ?? null;
      if (index === 0 && winner) origins[field] = winner;
    });
  }
  return { facts: facts as unknown as Facts, origins, contradictions, ...tagsOf(newestFirst) };
}

/** Those of the highest rank, the newest first. */
function highest(words: Statement[], field: MergedField, { rank }: Precedence): Statement[] {
  if (words.length < 2) return words;
  const ranks = words.map(({ source }) => rank(source, field));
  return words.filter((_, index) => ranks[index] === Math.max(...ranks));
}

function contradictionOf(words: Statement[], field: MergedField): Contradiction | undefined {
  if (words.length < 2 || new Set(words.map((one) => comparable(valueOf(one, field)!))).size === 1) return undefined;
  return { field, stated: words.map((one) => told(one, field)).sort(bySource) };
}

/** Of each source the newest statement that says something, the newest of them first. */
function newestOf(newestFirst: readonly Statement[], says: (statement: Statement) => boolean): Statement[] {
  const bySources = new Map<string, Statement>();
  for (const one of newestFirst) if (!bySources.has(one.source) && says(one)) bySources.set(one.source, one);
  return [...bySources.values()];
}

/** Tags add up: one source knows of tiers, another of green plates. What a source leaves out of a newer statement it takes back. */
function tagsOf(newestFirst: readonly Statement[]): Pick<Merged, 'statedTags' | 'tagsUntil' | 'greenCategories'> {
  const tagged = newestOf(newestFirst, ({ statedTags }) => statedTags !== null);
  const tags = [...new Set(tagged.flatMap(({ statedTags }) => statedTags!))].sort();
  const untils = Object.fromEntries(tags.filter((tag) => tiers.includes(tag)).flatMap((tag) => {
    const stated = tagged.filter((one) => one.statedTags!.includes(tag));
    const latest = stated.flatMap(({ tagsUntil }) => tagsUntil ?? []).sort().at(-1);
    return latest === undefined ? [] : [[tag, latest]];
  }));
  // Editions stand side by side; of one the newest word counts.
  const greens = Object.fromEntries(newestFirst.toReversed().flatMap(({ greenCategory, greenEdition }) =>
    (greenCategory === null ? [] : [[greenEdition ?? 'UNKNOWN', greenCategory] as const])));
  return {
    statedTags: tagged.length > 0 ? tags : null,
    tagsUntil: Object.keys(untils).length > 0 ? untils : null,
    greenCategories: Object.keys(greens).length > 0 ? greens : null,
  };
}

/** What a statement says of a field, as text; null when nothing. */
export function valueOf(statement: Facts, field: MergedField): string | null {
  const value = statement[mergedFields[field][0]];
  if (value === null) return null;
  return field === 'registeredCapital' ? `${value} ${statement.capitalCurrency}` : String(value);
}

/** Widths of brackets and blanks make no other name or address. */
const comparable = (value: string): string => value.normalize('NFKC').replaceAll(/\s/g, '');

const told = (one: Statement, field: MergedField): Contradiction['stated'][number] =>
  ({ source: one.source, value: valueOf(one, field)!, at: new Date(one.at).toISOString(), entryId: one.entryId });
const bySource = (one: { source: string }, other: { source: string }): number => (one.source < other.source ? -1 : 1);

/** The newest first; what is of one moment in an order that does not depend on who came when. */
function byAge(one: Statement, other: Statement): number {
  return other.at - one.at || (one.source === other.source ? (one.entryId < other.entryId ? 1 : -1) : bySource(one, other));
}
