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

export const identityOf = (name: ServiceName, workerReasons: readonly string[] = []): ServiceIdentity =>
  ({ name, schema: schemaOf(name), workerReasons });
