import { serviceConfig } from '@finharbor/platform/config/config';
import { z } from 'zod';

/** What this service is configured with beyond the platform's settings. */
export const loanMatchingConfig = serviceConfig.extend({
  /** Working days that a bank has to accept a demand routed to it; 1 after Zhejiang's "135" (domain.md 2.4, 2.9). */
  DEMAND_ACCEPT_WORKING_DAYS: z.coerce.number().int().min(1).max(30).default(1),
});

export type LoanMatchingConfig = z.infer<typeof loanMatchingConfig>;
