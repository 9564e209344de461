/** The loan prime rate (贷款市场报价利率), quoted on about the 20th of each month. A loan's rate is kept as LPR ± basis points. */
import { LPR_QUOTES } from './lpr.data.js';

export interface LprQuote {
  /** ISO date from which it holds, until the next quote. */
  readonly date: string;
  /** Per cent a year, an exact decimal. */
  readonly oneYear: string;
  /** Over five years, likewise. */
  readonly fiveYear: string;
}

/**
 * The quote that holds on an ISO date, or undefined before the first one. The latest one known holds until another is.
 * @param imported quotes to lay over the built-in ones: one of the same date takes the place of the built-in one.
 */
export function lprOn(date: string, imported: readonly LprQuote[] = []): LprQuote | undefined {
  const quotes = new Map([...LPR_QUOTES, ...imported].map((quote) => [quote.date, quote]));
  return [...quotes.values()].filter((quote) => quote.date <= date).reduce<LprQuote | undefined>(
    (latest, quote) => (latest === undefined || quote.date > latest.date ? quote : latest), undefined);
}
