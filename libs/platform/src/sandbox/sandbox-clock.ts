import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { On } from '../delivery/on.js';
import type { Tx } from '../tenancy/tx.js';
import { advanceClocks } from './advance-clocks.js';

/** Moves the clocks of a sandbox's organisation. The time of everything else is the database's, here as elsewhere. */
@Injectable()
export class SandboxClock {
  constructor(@Inject(CONFIG) private readonly config: ServiceConfig) {}

  @On('sandbox-clock.advanced')
  async advanced({ organisationId, payload: { seconds } }: EventOf<'sandbox-clock.advanced'>, tx: Tx): Promise<void> {
    if (this.config.SANDBOX) await advanceClocks(tx, organisationId, seconds);
  }
}
