import { z } from 'zod';

/**
 * The document as events carry it. Only its frame is checked: a consumer that is older than the producer must still take the event, and
 * finds open (UNKNOWN) what it does not know. Producers check documents with `eligibilityProblems` before they keep them.
 */
export const eligibilityDocumentSchema = z.object({
  v: z.int().positive(),
  rules: z.array(z.record(z.string(), z.unknown())),
});
