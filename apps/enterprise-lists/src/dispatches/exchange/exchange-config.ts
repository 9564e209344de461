import { parsed } from '@finharbor/platform/config/config';
import { z } from 'zod';
import { ExchangeSigner, PlatformKeys } from './exchange-keys.js';

/** How rows go through the outside platforms (docs/channels.md). Without a folder their banks have them as soon as they are dispatched. */
export const exchangeSettings = {
  /** A folder that the platforms reach too; one below it for each channel. */
  CHANNEL_EXCHANGE_DIR: z.string().min(1).optional(),
  /** Signs what we send: a private JWK with its kid, Ed25519 or SM2. */
  CHANNEL_EXCHANGE_KEY: parsed((text) => new ExchangeSigner(text)).optional(),
  /** What the platforms sign their receipts with: `{"GREEN": {"keys": [JWK]}, "INCLUSIVE": …}`. A channel without keys is not exchanged. */
  CHANNEL_PLATFORM_KEYS: parsed((text) => new PlatformKeys(text)).optional(),
  /** After how long a file is sent again for which no receipt came. */
  CHANNEL_RESEND_SECONDS: z.coerce.number().int().min(1).max(86_400).default(300),
};

export type ExchangeSettings = z.infer<z.ZodObject<typeof exchangeSettings>>;

/** The folder is of no use without the keys. */
export function checkExchange({ CHANNEL_EXCHANGE_DIR: dir, ...keys }: ExchangeSettings, context: z.RefinementCtx): void {
  for (const name of ['CHANNEL_EXCHANGE_KEY', 'CHANNEL_PLATFORM_KEYS'] as const) {
    if (dir !== undefined && keys[name] === undefined) context.addIssue({ code: 'custom', path: [name], message: 'must be set with CHANNEL_EXCHANGE_DIR' });
  }
}
