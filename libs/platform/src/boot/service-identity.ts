import { schemaOf, type ServiceName } from '@finharbor/contracts/services';
import type { EncryptedTable } from '../personal-data/encrypted-table.js';

/** Which service this process is. */
export interface ServiceIdentity {
  readonly name: ServiceName;
  readonly schema: string;
  /** Why its use cases may run as `_worker`; any other reason is refused. */
  readonly workerReasons: readonly string[];
  /** Every table with encrypted columns. */
  readonly encrypted: readonly EncryptedTable[];
}

/** Injection token of the service's identity. */
export const SERVICE = Symbol('SERVICE');

/** The reason in which an administrator looks after events that went astray: every service has it. */
export const OPERATIONS = 'operations';

/** The reason in which the audit trail is read and verified: every service has it. */
export const AUDIT = 'audit';

/** The reason in which a report on a person is made, and a person erased: every service has it. */
export const PERSONAL_DATA = 'personal-data';

/** Describes a service: why it may run as worker, and which of its columns are encrypted. */
export const identityOf = (
  name: ServiceName, workerReasons: readonly string[] = [], encrypted: readonly EncryptedTable[] = [],
): ServiceIdentity => ({ name, schema: schemaOf(name), workerReasons: [...workerReasons, OPERATIONS, AUDIT, PERSONAL_DATA], encrypted });
