import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Caller, isRole } from './caller.js';

/**
 * The gateway's word to a service about who is calling: a JWT (HS256) of one minute, audience `finharbor`.
 * Services believe this token alone, so that nobody but the gateway can talk to them.
 */
const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');
const audience = 'finharbor';
const lifetimeSeconds = 60;

const mac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export function signServiceToken(key: Buffer, caller: Caller, now = Date.now()): string {
  const claims = {
    aud: audience,
    exp: Math.floor(now / 1000) + lifetimeSeconds,
    role: caller.role,
    org: caller.organisationId,
    client: caller.clientId,
  };
  const body = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${body}.${mac(key, body).toString('base64url')}`;
}

/** The caller a service token names, or undefined when it is not a valid token of ours. */
export function verifyServiceToken(key: Buffer, token: string, now = Date.now()): Caller | undefined {
  const parts = token.split('.');
  if (parts.length !== 3 || parts[0] !== header) return undefined;
  // Compared as text, which has one form only, where base64url decodes from several.
  const given = Buffer.from(parts[2]);
  const right = Buffer.from(mac(key, `${parts[0]}.${parts[1]}`).toString('base64url'));
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const claims = parse(parts[1]);
  if (claims?.aud !== audience || typeof claims.exp !== 'number' || claims.exp * 1000 <= now || !isRole(claims.role)) return undefined;
  return {
    role: claims.role,
    organisationId: typeof claims.org === 'string' ? claims.org : null,
    clientId: typeof claims.client === 'string' ? claims.client : null,
  };
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    return (JSON.parse(Buffer.from(part, 'base64url').toString()) ?? undefined) as Record<string, unknown> | undefined;
  } catch {
    return undefined;
  }
}
