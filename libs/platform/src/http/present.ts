import { mayRead } from '@finharbor/security/authorisation/policy';
import type { Role } from '@finharbor/security/tokens/caller';
import type { FastifyInstance } from 'fastify';
import { shownProperties } from '../subgraph/property.js';
import { asJson } from '../idempotency/idempotency.js';
import { contextOf } from './request-context.js';
import { hookRoutes, isWrite } from './route-hooks.js';

type Plain = Record<string, unknown>;

/** The readable properties of a class, by role. */
const readable = new Map<Role, Map<unknown, string[] | undefined>>();

/**
 * What of a result goes out over REST: of our classes the properties that opted in with `@Property` and that the
 * authorisation table lets the role read, everything else as it is. The same table rules GraphQL.
 */
export function present(value: unknown, role: Role): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Date || Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return value.map((item) => present(item, role));
  const names = value.constructor === Object ? undefined : readableProperties(value.constructor, role);
  const result: Plain = {};
  for (const name of names ?? Object.keys(value)) {
    const item = (value as Plain)[name] ?? null;
    result[name] = typeof item === 'object' ? present(item, role) : item;
  }
  return result;
}

function readableProperties(type: unknown, role: Role): string[] | undefined {
  let types = readable.get(role);
  if (!types) readable.set(role, types = new Map());
  if (!types.has(type)) {
    const shown = shownProperties(type);
    types.set(type, shown?.properties.filter((name) => mayRead(role, shown.type, name)));
  }
  return types.get(type);
}

/**
 * Sends every REST answer through `present`; the graph has its own whitelist. Where the transaction stored the answer,
 * that text is sent, so that the first answer and every repeated one are the same.
 */
export function registerPresentation(server: FastifyInstance): void {
  hookRoutes(server, (url) => url !== '/graphql', {
    preSerialization: (request, reply, payload, done) => {
      const { caller, idempotency } = contextOf(request);
      if (!idempotency || reply.statusCode >= 300) return done(null, present(payload, caller?.role ?? 'anonymous'));
      asJson(reply).serializer(() => idempotency.body ?? '');
      done(null, payload);
    },
  });
  hookRoutes(server, isWrite, {
    // Texts and empty answers are not serialised, and pass here alone.
    onSend: (request, reply, payload, done) => {
      const { idempotency } = contextOf(request);
      if (!idempotency || reply.statusCode >= 300) return done(null, payload);
      if (idempotency.body !== undefined) return done(null, idempotency.body);
      done(new Error(`${idempotency.route} changed something outside an idempotent transaction.`));
    },
  });
}
