import { industriesAround } from '../eligibility/eligibility-rules.js';
import type { ProductOrder, ProductSearchQuery } from './product-search.inputs.js';
import { behind, keyOf, type Offer, type Place } from './shelf.js';

/** A page of what is on offer, and where the next one begins. */
export interface ShelfPage {
  offers: Offer[];
  next: string | null;
}

type Filter = Omit<ProductSearchQuery, 'limit' | 'cursor' | 'order' | 'q'>;

/** The offers that serve the filter, behind a place. @param regions the region that is asked for and those around it */
export function shelfPage(
  all: readonly Offer[], filter: Filter, regions: readonly string[] | undefined,
  { order, limit, after }: { order: ProductOrder; limit: number; after?: Place },
): ShelfPage {
  const serves = servesFilter(filter, regions);
  const offers: Offer[] = [];
  for (let index = after ? behind(order, all, after) : 0; index < all.length; index++) {
    if (!serves(all[index])) continue;
    if (offers.length === limit) {
      const last = offers[limit - 1];
      return { offers, next: `${last.id} ${keyOf(order, last)}` };
    }
    offers.push(all[index]);
  }
  return { offers, next: null };
}

/** The same as the conditions of the search in SQL: what a product does not state excludes nobody, but what is asked of its terms. */
function servesFilter(filter: Filter, regions: readonly string[] | undefined): (offer: Offer) => boolean {
  const { industryCode, sizeClass, guaranteeType, amount, termMonths, line, bankId, repaymentMode } = filter;
  const { origin, purpose, specialGroup, monetaryTool } = filter;
  const industries = industryCode === undefined ? undefined : industriesAround(industryCode);
  const yuan = amount === undefined ? undefined : Number(amount);
  const meets = (own: readonly string[] | null, wanted: readonly string[]): boolean =>
    own === null || own.some((one) => wanted.includes(one));
  const lies = (min: number | null, value: number, max: number | null): boolean =>
    (min === null || min <= value) && (max === null || max >= value);
  const conditions: [asked: unknown, holds: (offer: Offer) => boolean][] = [
    [regions, ({ regionCodes }) => meets(regionCodes, regions!)],
    [industries, ({ industryCodes }) => meets(industryCodes, industries!)],
    [sizeClass, ({ sizeClasses }) => meets(sizeClasses, [sizeClass!])],
    [guaranteeType, ({ guaranteeTypes }) => meets(guaranteeTypes, [guaranteeType!])],
    [yuan, ({ amountMin, amountMax }) => lies(amountMin, yuan!, amountMax)],
    [termMonths, ({ termMonthsMin, termMonthsMax }) => lies(termMonthsMin, termMonths!, termMonthsMax)],
    [line, (offer) => offer.line === line],
    [bankId, (offer) => offer.bankId === bankId!.toLowerCase()],
    [repaymentMode, ({ repaymentModes }) => repaymentModes?.includes(repaymentMode!) ?? false],
    [origin, (offer) => offer.origin === origin],
    [purpose, ({ purposes }) => purposes?.includes(purpose!) ?? false],
    [specialGroup, ({ specialGroups }) => specialGroups?.includes(specialGroup!) ?? false],
    [monetaryTool, ({ monetaryTools }) => monetaryTools?.includes(monetaryTool!) ?? false],
  ];
  const asked = conditions.flatMap(([value, holds]) => (value === undefined ? [] : [holds]));
  return (offer) => asked.every((holds) => holds(offer));
}
