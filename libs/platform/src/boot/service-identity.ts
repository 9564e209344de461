import { schemaOf, type ServiceName } from '@finharbor/contracts/services';

/** Which service this process is. */
export interface ServiceIdentity {
  readonly name: ServiceName;
  readonly schema: string;
  /** Why its use cases may run as `_worker`; any other reason is refused. */
  readonly workerReasons: readonly string[];
}

/** Injection token of the service's identity. */
export const SERVICE = Symbol('SERVICE');

/** The reason in which an administrator looks after events that went astray: every service has it. */
export const OPERATIONS = 'operations';

/** The reason in which the audit trail is read and verified: every service has it. */
export const AUDIT = 'audit';

export const identityOf = (name: ServiceName, workerReasons: readonly string[] = []): ServiceIdentity =>
  ({ name, schema: schemaOf(name), workerReasons: [...workerReasons, OPERATIONS, AUDIT] });
