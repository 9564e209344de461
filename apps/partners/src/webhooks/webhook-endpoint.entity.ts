import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** How deliveries are signed: by a private key of ours, so that nobody else can, or by a secret that both sides know. */
export const webhookSchemes = ['ED25519', 'HMAC'] as const;
export type WebhookScheme = (typeof webhookSchemes)[number];

/**
 * PENDING until it proved that it is there (challenge); PAUSED by its owner, its deliveries wait; DISABLED gets none until it is
 * challenged again.
 */
export const endpointStates = ['PENDING', 'ACTIVE', 'PAUSED', 'DISABLED'] as const;
export type EndpointState = (typeof endpointStates)[number];

/** One key or secret of an endpoint, without what is secret of it. */
export class WebhookSecret {
  @Property(() => ID, { description: 'Id of the key.' })
  id: string;

  @Property(() => String, { description: '`whpk_…` of ED25519, to verify with; null of HMAC.', nullable: true })
  publicKey: string | null;

  @Property(() => Date, { description: 'Since when deliveries are signed with it.' })
  createdAt: Date;

  @Property(() => Date, { description: 'Until when, where another one takes its place.', nullable: true })
  expiresAt: Date | null;
}

/** Where an organisation wants to be told what is in its change feed. */
@Entity({ schema: 'partners', name: 'webhook_endpoints' })
export class WebhookEndpoint {
  @Property(() => ID, { description: 'Id of the endpoint.', column: { primary: true } })
  id: string;

  @Property(() => String, { description: 'Where events are POSTed to.', column: {} })
  url: string;

  @Property(() => String, { description: 'What it is for, for people.', nullable: true, column: {} })
  description: string | null;

  @Property(() => [String], { description: 'The types of events that it gets; all when empty.', column: {} })
  types: string[];

  @Property(() => String, { description: 'How deliveries are signed.', enum: webhookSchemes, enumName: 'WebhookScheme', column: {} })
  scheme: WebhookScheme;

  @Property(() => String, { description: 'Whether it gets events.', enum: endpointStates, enumName: 'WebhookEndpointState', column: {} })
  state: EndpointState;

  @Property(() => String, { description: 'Why it is in this state, where there is something to say.', nullable: true, column: {} })
  stateReason: string | null;

  @Property(() => Date, { description: 'Since when every attempt failed; null while they succeed.', nullable: true, column: {} })
  failingSince: Date | null;

  @Property(() => Date, { description: 'When it was made.', column: {} })
  createdAt: Date;

  @Property(() => String, { description: '`whpk_…` to verify the signatures of ED25519 with, the latest; null of HMAC.', nullable: true })
  publicKey: string | null = null;

  @Property(() => [WebhookSecret], { description: 'The keys that deliveries are signed with at present, the latest first: several while they rotate.' })
  secrets: WebhookSecret[] = [];

  @Hidden({ type: 'uuid', name: 'org_id' })
  organisationId: string;

  /** Rises with each change: its ETag. */
  @Hidden({ type: 'integer' })
  version: number;

  @Hidden({ type: 'timestamptz', nullable: true })
  deletedAt: Date | null;
}

/** An endpoint as the answer to its creation, or to a new key, tells it. */
export class NewWebhookEndpoint extends WebhookEndpoint {
  @Property(() => String, { description: 'Of HMAC the secret, `whsec_…`, shown this once. Null of ED25519.', nullable: true })
  secret: string | null = null;
}
