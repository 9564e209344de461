import { AuditKeys } from '@finharbor/security/audit/seal';
import { parseFieldKeys } from '@finharbor/security/encryption/field-cipher';
import { suiteNames } from '@finharbor/security/encryption/suites';
import { parseServiceKeys } from '@finharbor/security/tokens/service-token';
import { z } from 'zod';
import { parseRedisUrl } from '../redis/redis-url.js';

/** Text that a function of ours can read; what the function throws is the problem with it. */
export const parsed = (parse: (text: string) => unknown): z.ZodString => z.string().superRefine((text, context) => {
  try {
    parse(text);
  } catch (error) {
    context.addIssue((error as Error).message);
  }
});

/** What every process is configured with. An app adds its own settings with `.extend({...})`. */
export const processConfig = z.object({
  /** Port to listen on; 0 takes a free one. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  HOST: z.string().default('127.0.0.1'),
  /** Where the gateway is reached from outside: the token issuer, and the base of links. */
  PUBLIC_URL: z.url(),
  /**
   * Signs cursors and service tokens, the gateway's word to a service about who calls. Shared by all processes; several: see ServiceKeys.
   */
  SERVICE_KEY: parsed(parseServiceKeys),
  /**
   * How long a process that was told to stop goes on serving, while it says that it is not ready and that each answer is the
   * last of its connection. Behind a balancer longer than that needs to notice, and than clients leave a connection idle.
   */
  SHUTDOWN_LINGER_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  /**
   * Whether this is an installation for trying things: clients may have a secret and tokens that are good for whoever holds them, and
   * there is what docs/sandbox.md tells of. Where it is not, no such client is made, and partners does not start while there is one that
   * is not locked.
   */
  SANDBOX: z.stringbool().default(false),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** What every service with data of its own is configured with. */
export const serviceConfig = processConfig.extend({
  /** The service's own `<schema>_app` login. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** One server, Sentinels or a Cluster: see parseRedisUrl. */
  REDIS_URL: parsed(parseRedisUrl),
  /** Begins every Redis key; the braces keep one suite's keys in one slot of a Redis Cluster. */
  QUEUE_PREFIX: z.string().min(1).default('{finharbor}'),
  /** `id:<base64url of 32 bytes>`, several separated by commas, the current one first. */
  FIELD_KEYS: parsed(parseFieldKeys),
  /** Encrypts from now on: AES-256-GCM, or SM4 with HMAC-SM3. What the other one encrypted stays readable, and is encrypted anew. */
  FIELD_SUITE: z.enum(suiteNames).default('AES'),
  /** Signs the seals of the audit trail: `id:<base64url of the 32 bytes of an Ed25519 key>`. */
  AUDIT_KEY: parsed((text) => new AuditKeys(text)).min(1, 'must be set'),
  /** Public keys that signed earlier seals, or will sign the next ones: `id:<base64url>`, separated by commas. */
  AUDIT_PUBLIC_KEYS: parsed((text) => new AuditKeys('', text)).default(''),
  /** A folder outside the database, best on another machine's disk: the checkpoints of the audit trail are written there. */
  AUDIT_DIR: z.string().min(1),
  /** How often what was committed is sealed. What is not sealed yet could be changed unseen. */
  AUDIT_SEAL_SECONDS: z.coerce.number().int().min(1).max(3_600).default(10),
  /** How long the audit trail is kept: never under six months (Cybersecurity Law), three years unless set (PIPL Art. 56). */
  AUDIT_RETENTION_MONTHS: z.coerce.number().int().min(6).max(1_200).default(36),
});

export type ProcessConfig = z.infer<typeof processConfig>;
export type ServiceConfig = z.infer<typeof serviceConfig>;

/** Injection token of the process's configuration. */
export const CONFIG = Symbol('CONFIG');

/** Reads the environment once and reports every problem together. The only reader of `process.env` in apps and libs. */
export function readConfig<Schema extends z.ZodType>(schema: Schema, environment: NodeJS.ProcessEnv = process.env): z.infer<Schema> {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The configuration has problems:\n${problems.join('\n')}`);
}
