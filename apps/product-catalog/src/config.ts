import { serviceConfig } from '@finharbor/platform/config/config';
import { z } from 'zod';

/** An outage as the Consumer Data Standards tell it. */
const outage = z.object({
  outageTime: z.iso.datetime({ offset: true }),
  /** ISO 8601, of days, hours and minutes. */
  duration: z.string().regex(/^P(?=\d|T\d)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?)?$/),
  isPartial: z.boolean(),
  explanation: z.string(),
});

const json = (text: string, context: z.RefinementCtx): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('must be JSON');
    return z.NEVER;
  }
};

/** What this service is configured with beyond the platform's settings. */
export const productCatalogConfig = serviceConfig.extend({
  /** Whether a supervisor must approve a product's content before its bank may publish it. */
  PRODUCT_REVIEW: z.stringbool().default(false),
  /** What the quality of a product must reach for it to be published, 0 to 100; 0 asks nothing. */
  PRODUCT_QUALITY_MIN: z.coerce.number().int().min(0).max(100).default(0),
  /** Working days that a bank has to answer a report that a product is wrong. */
  PRODUCT_REPORT_WORKING_DAYS: z.coerce.number().int().min(1).max(60).default(5),
  /** Outages that are announced under /cds-au/v1/discovery: a JSON list of outageTime, duration, isPartial and explanation. */
  CDR_OUTAGES: z.string().default('[]').transform(json).pipe(z.array(outage)),
});

export type ProductCatalogConfig = z.infer<typeof productCatalogConfig>;
