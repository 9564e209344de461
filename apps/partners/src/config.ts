import { serviceConfig } from '@finharbor/platform/config/config';
import { z } from 'zod';

export const partnersConfig = serviceConfig.extend({
  /** How long an access token holds, in seconds: what remains of it where partners cannot tell that it was revoked. */
  ACCESS_TOKEN_SECONDS: z.coerce.number().int().min(10).max(600).default(300),
  /**
   * How long a signing key is published before it signs. Within it every gateway that verifies tokens fetches the keys several times
   * (access-token.ts). Less than five seconds would not do: replicas follow within two, and gateways ask at most every two.
   */
  SIGNING_KEY_LEAD_SECONDS: z.coerce.number().int().min(5).default(60),
  /** After how many days a signing key is followed by a new one, unasked. */
  SIGNING_KEY_DAYS: z.coerce.number().int().min(1).default(90),
  /**
   * Whether this is an installation for trying things, where clients may have a secret and tokens that are good for whoever holds
   * them. Where it is not, none is made, and partners does not start while there is one that is not locked.
   */
  SANDBOX: z.stringbool().default(false),
  /** As the gateway's: whether a proxy passes on certificates, for tokens to be bound to. */
  CLIENT_CERTIFICATE_HEADER: z.string().min(1).optional(),
});

export type PartnersConfig = z.infer<typeof partnersConfig>;
