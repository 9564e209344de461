import { serviceConfig } from '@finharbor/platform/config/config';
import { z } from 'zod';
import { checkExchange, exchangeSettings } from './dispatches/exchange/exchange-config.js';

export const enterpriseListsConfig = serviceConfig.extend({
  /** A folder that all replicas share, where uploaded lists lie, encrypted, until they are deleted. */
  FILES_DIR: z.string().min(1),
  /** How long an uploaded list is kept for its results when its import has ended; and an import that nobody goes on with. */
  FILES_KEPT_HOURS: z.coerce.number().int().min(1).max(2_400).default(168),
  ...exchangeSettings,
}).superRefine(checkExchange);

export type EnterpriseListsConfig = z.infer<typeof enterpriseListsConfig>;
