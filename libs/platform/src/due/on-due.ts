import { SetMetadata } from '@nestjs/common';
import type { Tx } from '../tenancy/tx.js';

export const ON_DUE = 'finharbor:on-due';

/** A clock that ran out. */
export interface DueClock {
  kind: string;
  aggregateId: string;
  organisationId: string;
  dueAt: Date;
}

export type DueHandler = (clock: DueClock, tx: Tx) => Promise<void>;

/** Marks the method that handles clocks of a kind. It runs as `_worker`, in the transaction that removes the clock. */
export const OnDue = (kind: string) =>
  (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<DueHandler>): void => {
    SetMetadata(ON_DUE, kind)(target, key, descriptor);
  };
