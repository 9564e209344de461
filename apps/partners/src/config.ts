import { serviceConfig } from '@finharbor/platform/config/config';
import { z } from 'zod';

export const partnersConfig = serviceConfig.extend({
  /** How long an access token holds, in seconds. Short, since a token cannot be called back. */
  ACCESS_TOKEN_SECONDS: z.coerce.number().int().min(10).max(600).default(300),
  /**
   * How long a signing key is published before it signs. Within it every gateway that verifies tokens fetches the keys several times
   * (access-token.ts). Less than five seconds would not do: replicas follow within two, and gateways ask at most every two.
   */
  SIGNING_KEY_LEAD_SECONDS: z.coerce.number().int().min(5).default(60),
  /** After how many days a signing key is followed by a new one, unasked. */
  SIGNING_KEY_DAYS: z.coerce.number().int().min(1).default(90),
});

export type PartnersConfig = z.infer<typeof partnersConfig>;
