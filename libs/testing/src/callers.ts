import { randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import type { Caller, Role } from '@finharbor/security/tokens/caller';
import { signServiceToken } from '@finharbor/security/tokens/service-token';

/** The key that signs service tokens in this test process. */
export const testServiceKey = randomBytes(32).toString('base64url');

/** A caller of the role, of an organisation of its own unless one is given. */
export const callerOf = (role: Role, organisationId: string = newId()): Caller =>
  ({ role, organisationId: role === 'anonymous' ? null : organisationId, clientId: role === 'anonymous' ? null : `test-${role}` });

export const bearerOf = (caller: Caller, key = testServiceKey): string => `Bearer ${signServiceToken(Buffer.from(key, 'base64url'), caller)}`;
