import { parseFieldKeys } from '@finharbor/security/encryption/field-cipher';
import { z } from 'zod';

const bytes32 = z.string().refine((text) => Buffer.from(text, 'base64url').length === 32, 'must be 32 bytes in base64url');

/** What every process is configured with. An app adds its own settings with `.extend({...})`. */
export const processConfig = z.object({
  /** Port to listen on; 0 takes a free one. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  HOST: z.string().default('127.0.0.1'),
  /** Where the gateway is reached from outside: the token issuer, and the base of links. */
  PUBLIC_URL: z.url(),
  /** Signs service tokens: the gateway's word to a service about who calls. Shared by all processes. */
  SERVICE_KEY: bytes32,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** What every service with data of its own is configured with. */
export const serviceConfig = processConfig.extend({
  /** The service's own `<schema>_app` login. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }),
  /** Begins every Redis key; the braces keep one suite's keys in one slot of a Redis Cluster. */
  QUEUE_PREFIX: z.string().min(1).default('{finharbor}'),
  /** `id:<base64url of 32 bytes>`, several separated by commas, the current one first. */
  FIELD_KEYS: z.string().superRefine((keys, context) => {
    try {
      parseFieldKeys(keys);
    } catch (error) {
      context.addIssue((error as Error).message);
    }
  }),
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
