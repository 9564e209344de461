import { randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import type { ServiceName } from '@finharbor/contracts/services';
import type { Caller, Role } from '@finharbor/security/tokens/caller';
import { parseServiceKeys, signServiceToken } from '@finharbor/security/tokens/service-token';

/** The key that signs service tokens in this test process. */
export const testServiceKey = randomBytes(32).toString('base64url');

/** A caller of the role, of an organisation of its own unless one is given. */
export const callerOf = (role: Role, organisationId: string = newId()): Caller =>
  ({ role, organisationId: role === 'anonymous' ? null : organisationId, clientId: role === 'anonymous' ? null : `test-${role}` });

/** What the gateway would say to a service about the caller. */
export const bearerOf = (caller: Caller, service: ServiceName, key = testServiceKey): string =>
  `Bearer ${signServiceToken(parseServiceKeys(key), caller, service)}`;
