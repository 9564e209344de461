import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { ListClocks } from '../clocks/list-clocks.js';
import { countMoves, cultivateRejected } from './entry-counts.js';
import { OnwardService } from './onward.service.js';

const answeredClock = 'push-list-answered';
/** How long answers are gathered before the department is told of them. */
const gatherMs = 15 * 60_000;

/** What the answers of banks mean for the rows of departments: rows of two organisations, so it runs as worker, by event. */
@Injectable()
export class ReferralsConsumer {
  constructor(
    private readonly publisher: Publisher, private readonly due: Due, private readonly onward: OnwardService,
    private readonly clocks: ListClocks,
  ) {}

  @On('referrals.progressed')
  async progressed(event: EventOf<'referrals.progressed'>, tx: Tx): Promise<void> {
    const { moves } = event.payload;
    const ids = moves.map(({ referralId }) => referralId);
    await countMoves(tx, moves);
    await cultivateRejected(tx, moves.filter(({ to }) => to === 'REJECTED').map(({ referralId }) => referralId));
    await this.onward.startFor(tx, ids);
    const lists = await tx.query<{ id: string; organisationId: string }>(
      `select id, org_id as "organisationId" from enterprise_lists.push_lists
       where id = any(array(select push_list_id from enterprise_lists.referrals where id = any($1::uuid[]))) order by id`, [ids],
    );
    const dueAt = new Date(Date.now() + gatherMs);
    for (const { id, organisationId } of lists) await this.due.start(tx, { kind: answeredClock, aggregateId: id, organisationId, dueAt });
    await this.clocks.progressed(tx, ids); // behind the rows of departments, as where demands are told
  }

  /** Tells the department that banks did something, once for all within a while: a single answer names its bank too easily. */
  @OnDue(answeredClock)
  async answered({ aggregateId, organisationId }: DueClock, tx: Tx): Promise<void> {
    const [{ version }] = await tx.query<{ version: number }>(
      'update enterprise_lists.push_lists set version = version + 1 where id = $1 returning version', [aggregateId]);
    await this.publisher.publish(tx, 'push-list.answered', {
      organisationId, aggregateId, version, payload: { pushListId: aggregateId, departmentId: organisationId },
    });
  }
}
