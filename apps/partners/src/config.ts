import { parsed, serviceConfig } from '@finharbor/platform/config/config';
import { webhookSigner } from '@finharbor/security/webhooks/webhook-keys';
import { z } from 'zod';
import { parseQuietHours } from './messages/quiet-hours.js';

/** Where messages go out: nothing, or a URL of one of these kinds. */
const wayOut = (...protocols: string[]) => parsed((text) => {
  if (text === '') return;
  const { protocol, hostname } = new URL(text);
  if (!protocols.includes(protocol)) throw new Error(`must be empty, or begin with ${protocols.join(', ')}`);
  if (protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) throw new Error('http: is for this machine alone');
}).default('');

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
  /** How many requests are remembered for support, at most 30 days of them: about 200 bytes each. */
  REQUEST_RECORDS_MAX: z.coerce.number().int().min(1).default(2_000_000),
  /** As the gateway's: whether a proxy passes on certificates, for tokens to be bound to. */
  CLIENT_CERTIFICATE_HEADER: z.string().min(1).optional(),
  /** How mail to people goes out (docs/messages.md): `smtp://user:password@host:587`, `smtps://…` or `file:///folder`. Empty: not at all. */
  MAIL_URL: wayOut('smtp:', 'smtps:', 'file:'),
  /** Who mail is from. */
  MAIL_FROM: z.string().regex(/^([^<>@"\r\n]+ <)?[^<>@\s]+@[^<>@\s]+>?$/, 'must be an address, or a name with <an address>').default('金融服务港湾 <no-reply@finharbor.invalid>'),
  /** How SMS go out: the `https://` address of a gateway, or `file:///folder`. Empty: not at all. */
  SMS_URL: wayOut('https:', 'http:', 'file:'),
  /** Sent to the gateway as a bearer token. */
  SMS_TOKEN: z.string().default(''),
  /** `whsec_…` or `whsk_…`: requests to the gateway are signed with it, as webhooks are. */
  SMS_SIGNING_KEY: parsed((text) => text && webhookSigner(text)).default(''),
  /** Whether the gateway sends once what it gets twice under one Idempotency-Key. If not, nothing that may have been sent is repeated. */
  SMS_KNOWS_IDS: z.stringbool().default(false),
  /** Who messages are from, as their readers see it. */
  MESSAGE_SENDER: z.string().min(2).max(12).default('金融服务港湾'),
  /** When nothing goes out that can wait, in Asia/Shanghai. Empty: never. */
  QUIET_HOURS: parsed(parseQuietHours).default('21:00-08:00'),
  /** How long a message waits for others like it, to go out as one. */
  MESSAGE_GATHER_SECONDS: z.coerce.number().int().min(0).max(3_600).default(300),
});

export type PartnersConfig = z.infer<typeof partnersConfig>;
