import { z } from 'zod';
import { eligibilityDocumentSchema } from '../eligibility/schema.js';
import { GuaranteeType, SizeClass } from '../vocabulary.js';
import { defineEvent } from './define-event.js';

/** What a product asks of an applicant. An absent rule excludes nobody. Amounts are exact decimals in yuan. */
export const eligibilitySchema = z.object({
  regionCodes: z.array(z.string()).optional(),
  industryCodes: z.array(z.string()).optional(),
  sizeClasses: z.array(z.enum(SizeClass)).optional(),
  amountMin: z.string().optional(),
  amountMax: z.string().optional(),
  termMonthsMin: z.int().optional(),
  termMonthsMax: z.int().optional(),
  yearsInBusinessMin: z.number().optional(),
  guaranteeTypes: z.array(z.enum(GuaranteeType)).optional(),
});

export const productCatalogEvents = {
  'product.published': defineEvent({
    description: 'A version of a product may be offered from now on.',
    producer: 'product-catalog',
    consumers: ['loan-matching', 'enterprise-lists'],
    payload: z.object({
      productId: z.uuid(), bankId: z.uuid(), name: z.string(),
      /** The rules that are fields, for consumers that know no more. */
      eligibility: eligibilitySchema,
      /** Everything that it asks, those rules included (docs/eligibility.md). */
      expression: eligibilityDocumentSchema.optional(),
      /** The least rate advertised, in per cent a year; null or absent where none is told. */
      annualRateMin: z.string().regex(/^\d{1,4}(\.\d{1,4})?$/).nullable().optional(),
    }),
  }),
  'product.suspended': defineEvent({
    description: 'A product may not be offered any more. Demands already routed go on.',
    producer: 'product-catalog',
    consumers: ['loan-matching', 'enterprise-lists'],
    payload: z.object({ productId: z.uuid() }),
  }),
};
