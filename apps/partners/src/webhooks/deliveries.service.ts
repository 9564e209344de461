import { DomainError, notFound } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import type { WebhookDeliveriesQuery } from './delivery.inputs.js';
import { lockEndpoint } from './lock-endpoint.js';
import { Sender } from './sending/sender.js';
import { WebhookAttempt, WebhookDelivery, WebhookDeliveryDetail } from './webhook-delivery.entity.js';

/** What was sent to the endpoints of an organisation, and what came of it. */
@Injectable()
export class DeliveriesService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly sender: Sender) {}

  list(caller: Caller, query: WebhookDeliveriesQuery): Promise<Page<WebhookDelivery>> {
    const { endpointId, state, type, eventId, from, to } = query;
    return this.tenancy.run(caller, (tx) => {
      const rows = tx.manager.createQueryBuilder(WebhookDelivery, 'delivery');
      for (const [name, value] of Object.entries({ endpointId, state, type, eventId })) {
        if (value !== undefined) rows.andWhere(`delivery.${name} = :${name}`, { [name]: value });
      }
      if (from) rows.andWhere('delivery.createdAt >= :from', { from });
      if (to) rows.andWhere('delivery.createdAt < :to', { to });
      const filter = { endpointId, state, type, eventId, from, to };
      return readPage(rows, query, this.cursors, { list: 'webhook-deliveries', organisationId: caller.organisationId, filter });
    });
  }

  /** A delivery with its attempts and what they were answered. */
  get(caller: Caller, id: string): Promise<WebhookDeliveryDetail> {
    return this.tenancy.run(caller, async (tx) => {
      const delivery = await tx.manager.findOneBy(WebhookDelivery, { id });
      if (!delivery) throw notFound('delivery');
      const attempts = await tx.manager.find(WebhookAttempt, { where: { deliveryId: id }, order: { number: 'ASC', at: 'ASC' } });
      return Object.assign(new WebhookDeliveryDetail(), delivery, { attempts });
    });
  }

  /** Sends the event of a delivery again, to the same endpoint and with the same `webhook-id`, as a delivery of its own. */
  replay(caller: Caller, id: string): Promise<WebhookDelivery> {
    return this.tenancy.run(caller, async (tx) => {
      const delivery = await tx.manager.findOneBy(WebhookDelivery, { id });
      if (!delivery) throw notFound('delivery');
      await lockEndpoint(tx, delivery.endpointId, { states: ['ACTIVE', 'PAUSED'], to: 'be sent anything' });
      const [made] = await tx.query<{ id: string }>(
        `insert into partners.webhook_deliveries (org_id, endpoint_id, event_id, type, body, is_replay)
         select org_id, endpoint_id, event_id, type, body, true from partners.webhook_deliveries where id = $1
         on conflict (org_id, endpoint_id, event_id) where state = 'PENDING' do nothing returning id`, [id]);
      if (!made) throw new DomainError('ILLEGAL_STATE', 'The event waits to be delivered to the endpoint anyway.');
      tx.onCommit(() => this.sender.poke());
      await audit(tx, { action: 'webhook-delivery.replay', resource: 'webhook-delivery', resourceId: id, detail: { replayId: made.id } });
      return tx.manager.findOneByOrFail(WebhookDelivery, { id: made.id });
    });
  }
}
