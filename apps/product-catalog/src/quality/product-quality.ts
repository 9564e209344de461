import { canonicalText } from '@finharbor/contracts/eligibility/normalise';
import { contradictions } from '@finharbor/contracts/eligibility/contradictions';
import { qualityOf } from '@finharbor/contracts/eligibility/quality';
import { documentOf } from '@finharbor/contracts/eligibility/simple';
import { Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import type { Product } from '../products/product.entity.js';
import { ProductLine } from '../vocabulary.js';

@ObjectType({ description: 'How good the record of a product is: what a machine can execute of it, and what is not told.' })
export class ProductQuality {
  @Property(() => Int, { description: '0 to 100: half for what executes, half for what is told, 20 off for each near duplicate, 0 with a contradiction.' })
  score: number;

  @Property(() => Int, { description: 'Rules of its eligibility, wherever they stand.' })
  rules: number;

  @Property(() => Int, { description: 'Those that a machine executes.' })
  executable: number;

  @Property(() => Int, { description: 'executable / rules, in percent; 100 where nothing is asked.' })
  executablePercent: number;

  @Property(() => [String], { description: 'Those that only a person can judge.' })
  texts: string[];

  @Property(() => Int, { description: 'How much of what people ask about is told, in percent.' })
  completenessPercent: number;

  @Property(() => [String], { description: 'What is not told, as paths of fields.' })
  missing: string[];

  @Property(() => [String], { description: 'Paths of rules that nobody keeps together.' })
  contradictions: string[];

  @Property(() => [ID], { description: 'Products of the same bank that ask the same and bear nearly the same name.' })
  nearDuplicates: string[];
}

/** What people ask about a product of each line, as paths of its fields. */
const told: Record<ProductLine, string[]> = {
  LOAN: [
    'description', 'eligibility.amountMax', 'eligibility.termMonthsMax', 'eligibility.guaranteeTypes', 'annualRateMax', 'repaymentModes',
    'terms.purposes', 'terms.documents', 'terms.handlingWorkingDays', 'terms.department', 'terms.channels',
  ],
  INSURANCE: ['description', 'terms.insurance.premiumPercent', 'terms.insurance.sumInsuredMax', 'terms.documents', 'terms.department', 'terms.channels'],
  GUARANTEE: ['description', 'eligibility.amountMax', 'terms.documents', 'terms.handlingWorkingDays', 'terms.department', 'terms.channels'],
  COMBINED: ['description', 'terms.documents', 'terms.department', 'terms.channels'],
};

/** @param others the bank's other products, of which near duplicates are told. */
export function productQuality(product: Product, others: readonly Pick<Product, 'id' | 'name' | 'eligibility' | 'eligibilityRules'>[]): ProductQuality {
  const document = documentOf(product.eligibility, product.eligibilityRules.rules);
  const { rules, executable, executablePercent, texts } = qualityOf(document);
  const missing = told[product.line].filter((path) => valueAt(product, path) == null);
  const completenessPercent = Math.floor(((told[product.line].length - missing.length) * 100) / told[product.line].length);
  const broken = contradictions(document.rules, 'rules').map(({ field }) => field);
  const nearDuplicates = others.filter((other) => other.id !== product.id && isNearDuplicate(product, other)).map(({ id }) => id);
  const score = Math.max(0, Math.floor((executablePercent + completenessPercent) / 2) - 20 * nearDuplicates.length);
  return Object.assign(new ProductQuality(), {
    score: broken.length > 0 ? 0 : score, rules, executable, executablePercent, texts, completenessPercent, missing,
      contradictions: broken, nearDuplicates,
  } satisfies ProductQuality);
}

const valueAt = (record: unknown, path: string): unknown =>
  path.split('.').reduce((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], record);

type Comparable = Pick<Product, 'name' | 'eligibility' | 'eligibilityRules'>;

/** The same asked, and four of five pairs of characters of the names in common. */
function isNearDuplicate(one: Comparable, other: Comparable): boolean {
  const [a, b] = [pairsOf(one.name), pairsOf(other.name)];
  const common = [...a].filter((pair) => b.has(pair)).length;
  if (common * 5 < new Set([...a, ...b]).size * 4) return false;
  const asks = ({ eligibility, eligibilityRules }: Comparable): string => canonicalText(documentOf(eligibility, eligibilityRules.rules));
  return asks(one) === asks(other);
}

const pairsOf = (name: string): Set<string> =>
  new Set(Array.from({ length: Math.max(1, name.length - 1) }, (_, index) => name.slice(index, index + 2)));
