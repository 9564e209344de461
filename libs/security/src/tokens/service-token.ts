import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Caller, isRole } from './caller.js';

/**
 * The gateway's word to one service about who is calling: a JWT (HS256) of one minute, whose audience is the service's
 * name. Services believe this token alone, so that nobody but the gateway can talk to them, and one that was overheard at
 * a service opens no other.
 */
const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');
const lifetimeSeconds = 60;

/**
 * The keys of service tokens: the first signs, all verify. To change the key without a failed request, restart every
 * process three times: with `old,new`, so that all know the new one; with `new,old`, so that it signs; with `new` alone.
 */
export type ServiceKeys = readonly Buffer[];

/** Reads keys of 32 bytes in base64url, separated by commas. Throws when one is written in another way. */
export function parseServiceKeys(text: string): ServiceKeys {
  const keys = text.split(',').map((key) => Buffer.from(key, 'base64url'));
  if (keys.some((key) => key.length !== 32)) throw new Error('must be 32 bytes in base64url, or several such keys separated by commas');
  return keys;
}

/** The audience of what the gateway says to a service for itself; no client's request is ever passed on with it. */
export const internalAudience = (service: string): string => `${service}/internal`;

const mac = (key: Buffer, text: string): Buffer => Buffer.from(createHmac('sha256', key).update(text).digest('base64url'));

export function signServiceToken(keys: ServiceKeys, caller: Caller, audience: string, now = Date.now()): string {
  const claims = {
    aud: audience,
    exp: Math.floor(now / 1000) + lifetimeSeconds,
    role: caller.role,
    org: caller.organisationId,
    client: caller.clientId,
  };
  const body = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${body}.${mac(keys[0], body).toString()}`;
}

/** Whom a service token names, and until when, in milliseconds. */
export interface ServiceToken {
  caller: Caller;
  expiresAt: number;
}

/** What a service token says; undefined when it is not a valid one of ours for this audience. */
export function verifyServiceToken(keys: ServiceKeys, token: string, audience: string, now = Date.now()): ServiceToken | undefined {
  const parts = token.split('.');
  if (parts.length !== 3 || parts[0] !== header) return undefined;
  // Compared as text, which has one form only, where base64url decodes from several.
  const given = Buffer.from(parts[2]);
  const signed = keys.some((key) => {
    const right = mac(key, `${parts[0]}.${parts[1]}`);
    return given.length === right.length && timingSafeEqual(given, right);
  });
  if (!signed) return undefined;
  const claims = parse(parts[1]);
  if (claims?.aud !== audience || typeof claims.exp !== 'number' || !isRole(claims.role)) return undefined;
  const expiresAt = claims.exp * 1000;
  if (expiresAt <= now) return undefined;
  const caller = {
    role: claims.role,
    organisationId: typeof claims.org === 'string' ? claims.org : null,
    clientId: typeof claims.client === 'string' ? claims.client : null,
  };
  return { caller, expiresAt };
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    return (JSON.parse(Buffer.from(part, 'base64url').toString()) ?? undefined) as Record<string, unknown> | undefined;
  } catch {
    return undefined;
  }
}
