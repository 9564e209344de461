/** What goes away, since when it is told, and what to use instead. Days are days of Shanghai, `2027-01-31`. */
export interface Deprecation {
  /** Since when it is told. */
  deprecatedAt: string;
  /** From then on it may be gone; 180 days or more after `deprecatedAt`. */
  sunsetAt: string;
  /** Where the change is described. */
  link: string;
  /** What to use instead, in words that clients read. */
  replacement: string;
}

/**
 * Everything of our interfaces that goes away, by its element: a route (`GET /v1/things/{id}`), a query parameter of one
 * (`GET /v1/things?kind`), a field or value of a type in REST and graph alike (`Thing.kind`, `Kind.LARGE`), a field of the graph alone
 * (`Query.things`), an event or a field of its data (`things.made`, `things.made.count`).
 *
 * One entry makes the headers, the marks in the documents and the counts of use. After its sunset the element may be taken out: the
 * compatibility guard lets it go, and the entry goes with the next release (docs/changes.md).
 */
export const deprecations: Record<string, Deprecation> = {};

const dayStart = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);

/** When the element is deprecated and may be gone, in milliseconds. NaN for what is no day. */
export const datesOf = ({ deprecatedAt, sunsetAt }: Deprecation): { deprecated: number; sunset: number } =>
  ({ deprecated: dayStart(deprecatedAt), sunset: dayStart(sunsetAt) });

/** What documents and schemas say of it, in one sentence. */
export const deprecationReason = ({ sunsetAt, replacement, link }: Deprecation): string =>
  `${replacement.replace(/\.?$/, '.')} Until ${sunsetAt}: ${link}`;
