import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { Onward } from '../routing/onward.js';
import { followDemands } from './application-course.js';

/** Lets an application follow its demands, as the worker: to banks its row does not exist. */
@Injectable()
export class ApplicationCourse {
  constructor(private readonly onward: Onward) {}

  @On('demand.moved')
  async moved({ payload: { applicationId, to } }: EventOf<'demand.moved'>, tx: Tx): Promise<void> {
    await followDemands(tx, applicationId);
    await this.onward.follow(tx, applicationId, to);
  }
}
