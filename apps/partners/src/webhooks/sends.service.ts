import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { bodyOf } from '@finharbor/contracts/public-events/body';
import { publicEvents } from '@finharbor/contracts/public-events/public-events';
import { CONFIG } from '@finharbor/platform/config/config';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import type { PartnersConfig } from '../config.js';
import { WebhookReplay } from './delivery.inputs.js';
import type { ReplayWebhooksInput, SendTestEventInput } from './endpoint.inputs.js';
import { lockEndpoint } from './lock-endpoint.js';
import { Sender } from './sending/sender.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';

/** Events to a replay: they are written in one statement, while a caller waits. */
const most = 10_000;
const patienceMs = 8_000;

/** What the owner of an endpoint has sent to it: events to try it with, and those of a window again. */
@Injectable()
export class SendsService {
  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig, private readonly tenancy: Tenancy, private readonly sender: Sender,
  ) {}

  /** Sends an event that is none, and says so: `test` is true. No feed has it. */
  test(caller: Caller, endpointId: string, { type = 'webhook.test' }: SendTestEventInput): Promise<WebhookDelivery> {
    return this.tenancy.run(caller, async (tx) => {
      await lockEndpoint(tx, endpointId, { states: ['ACTIVE'], to: 'be tried out' });
      const [id, eventId] = [newId(), newId()];
      const fact = { id: eventId, type, subject: `webhook-endpoint/${endpointId}`, time: new Date(), sequence: 1, recipient: tx.organisationId, isTest: true as const };
      const body = bodyOf(this.config.PUBLIC_URL, { ...fact, data: publicEvents[type]?.example ?? { endpointId } });
      await tx.query('insert into partners.webhook_deliveries (id, org_id, endpoint_id, event_id, type, body) values ($1, $2, $3, $4, $5, $6)', [
        id, tx.organisationId, endpointId, eventId, type, body,
      ]);
      tx.onCommit(() => this.sender.poke());
      await audit(tx, { action: 'webhook-endpoint.test', resource: 'webhook-endpoint', resourceId: endpointId, detail: { type, eventId } });
      return tx.manager.findOneByOrFail(WebhookDelivery, { id });
    });
  }

  /** Sends the events of a window again that the endpoint wants, also those that became true while it was out of use. */
  replay(caller: Caller, endpointId: string, { from, to, state }: ReplayWebhooksInput): Promise<WebhookReplay> {
    if (new Date(from) >= new Date(to)) throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'to', rule: 'afterFrom', message: 'to must be after from' }]);
    return this.tenancy.run(caller, async (tx) => {
      const { types } = await lockEndpoint(tx, endpointId, { states: ['ACTIVE', 'PAUSED'], to: 'be sent anything' });
      const [{ count, taken, last }] = await tx.patiently(patienceMs, () => tx.query<{ count: number; taken: number; last: Date | null }>(
        `with events as (
           select f.sequence, f.id, f.type, f.at from partners.feed_events f
           where f.org_id = $1 and f.at >= $3 and f.at < $4 and ($5::text[] = '{}' or f.type = any($5))
             and ($6::text is null or $6 = (select d.state from partners.webhook_deliveries d
               where d.org_id = $1 and d.event_id = f.id and d.endpoint_id = $2 order by d.id desc limit 1))
           order by f.sequence limit ${most}),
         made as (
           insert into partners.webhook_deliveries (org_id, endpoint_id, event_id, type, is_replay) select $1, $2, id, type, true from events order by sequence
           on conflict (org_id, endpoint_id, event_id) where state = 'PENDING' do nothing returning 1)
         select (select count(*)::int from made) as count, (select count(*)::int from events) as taken, (select max(at) from events) as last`,
        [tx.organisationId, endpointId, from, to, types, state ?? null],
      ));
      tx.onCommit(() => this.sender.poke());
      await audit(tx, { action: 'webhook-endpoint.replay', resource: 'webhook-endpoint', resourceId: endpointId, detail: { from, to, state, count } });
      return Object.assign(new WebhookReplay(), { count, continueFrom: taken === most ? last : null });
    });
  }
}
