import { serviceConfig } from '@finharbor/platform/config/config';
import { z } from 'zod';

/** What this service is configured with beyond the platform's settings. */
export const loanMatchingConfig = serviceConfig.extend({
  /** Working days that a bank has to accept a demand routed to it; 1 after Zhejiang's "135" (domain.md 2.4, 2.9). */
  DEMAND_ACCEPT_WORKING_DAYS: z.coerce.number().int().min(1).max(30).default(1),
  /** So many banks may have an application at once, so many rounds it may take (domain.md 4, decision 1). */
  ROUTING_BANKS_AT_ONCE: z.coerce.number().int().min(1).max(20).default(3),
  ROUTING_ROUNDS: z.coerce.number().int().min(1).max(10).default(3),
  /** Working days that an application stays in the open pool. */
  POOL_WORKING_DAYS: z.coerce.number().int().min(1).max(30).default(3),
  /** So many demands come in through one loan code on a day without a scan session: what is copied from a poster is soon worth nothing. */
  LOAN_CODE_SESSIONLESS_DEMANDS: z.coerce.number().int().min(0).max(1_000_000).default(50),
  /** In a sandbox: how late a slow answer comes. Less than the gateway waits (ANSWER_TIMEOUT_MS). */
  SANDBOX_SLOW_MS: z.coerce.number().int().min(0).max(60_000).default(8_000),
});

export type LoanMatchingConfig = z.infer<typeof loanMatchingConfig>;
