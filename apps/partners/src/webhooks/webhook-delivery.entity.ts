import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** PENDING while it is tried; CANCELLED where the endpoint was deleted before. */
export const deliveryStates = ['PENDING', 'DELIVERED', 'FAILED', 'CANCELLED'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One try of a delivery, and what came of it. Kept 90 days. */
@Entity({ schema: 'partners', name: 'webhook_attempts' })
export class WebhookAttempt {
  @Hidden({ type: 'uuid', primary: true })
  id: string;

  @Property(() => Number, { description: 'The first is 1.', column: { type: 'integer' } })
  number: number;

  @Property(() => Date, { description: 'When it began.', column: {} })
  at: Date;

  @Property(() => Number, { description: 'The HTTP status of the answer; null where there was none.', nullable: true, column: { type: 'integer' } })
  status: number | null;

  @Property(() => String, { description: 'What went wrong; null where nothing did.', nullable: true, column: {} })
  error: string | null;

  @Property(() => Number, { description: 'How long it took, in ms.', column: { type: 'integer' } })
  durationMs: number;

  @Property(() => String, { description: 'The first 1,000 characters of the answer.', nullable: true, column: {} })
  answer: string | null;

  @Hidden({ type: 'uuid' })
  deliveryId: string;
}

/** One event on its way to one endpoint. Kept 90 days. */
@Entity({ schema: 'partners', name: 'webhook_deliveries' })
export class WebhookDelivery {
  @Property(() => ID, { description: 'Id of the delivery. The `webhook-id` is that of the event.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The endpoint.', column: {} })
  endpointId: string;

  @Property(() => ID, { description: 'The event: the `id` of its body, and the `webhook-id` of every attempt.', column: {} })
  eventId: string;

  @Property(() => String, { description: 'The type of the event.', column: {} })
  type: string;

  @Property(() => Boolean, { description: 'Whether it was asked for again.', column: {} })
  isReplay: boolean;

  @Property(() => String, { description: 'How far it is.', enum: deliveryStates, enumName: 'WebhookDeliveryState', column: {} })
  state: DeliveryState;

  @Property(() => Number, { description: 'How often it was tried.', column: { name: 'attempts', type: 'integer' } })
  attemptCount: number;

  @Property(() => Date, { description: 'When it is tried next; null when it is not any more.', nullable: true, column: {} })
  nextAttemptAt: Date | null;

  @Property(() => Number, { description: 'The HTTP status of the last answer.', nullable: true, column: { type: 'integer' } })
  status: number | null;

  @Property(() => String, { description: 'What went wrong last.', nullable: true, column: {} })
  error: string | null;

  @Property(() => Date, { description: 'When the event came to be delivered.', column: {} })
  createdAt: Date;

  @Property(() => Date, { description: 'When it was tried first.', nullable: true, column: {} })
  firstAttemptAt: Date | null;

  @Property(() => Date, { description: 'When it was answered with a 2xx.', nullable: true, column: {} })
  deliveredAt: Date | null;

  @Hidden({ type: 'uuid', name: 'org_id' })
  organisationId: string;
}

/** A delivery with what was tried. */
export class WebhookDeliveryDetail extends WebhookDelivery {
  @Property(() => [WebhookAttempt], { description: 'The attempts, the first first.' })
  attempts: WebhookAttempt[];
}
