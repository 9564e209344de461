import type { EncryptedTable } from '@finharbor/platform/personal-data/encrypted-table';
import { DemandFeedConsumer } from '../feed/demand-feed.consumer.js';
import { IssueFeedConsumer } from '../feed/issue-feed.consumer.js';
import { FeedConsumer } from '../feed/feed.consumer.js';
import { FeedController } from '../feed/feed.controller.js';
import { FeedService } from '../feed/feed.service.js';
import { FeedWaiters } from '../feed/feed-waiters.js';
import { FeedWriter } from '../feed/feed-writer.js';
import { FeedRetention } from '../feed/retention.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesService } from './deliveries.service.js';
import { EndpointsController } from './endpoints.controller.js';
import { EndpointsService } from './endpoints.service.js';
import { SendsController } from './sends.controller.js';
import { SendsService } from './sends.service.js';
import { StatusController } from './status.controller.js';
import { StatusService } from './status.service.js';
import { WebhookAttempt, WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { WebhookSecretsService } from './webhook-secrets.service.js';

/** What organisations are told, in feeds and by webhook, for the module of partners. */
export const webhookEntities = [WebhookEndpoint, WebhookDelivery, WebhookAttempt];
export const webhookControllers = [FeedController, EndpointsController, SendsController, DeliveriesController, StatusController];
export const webhookProviders = [
  FeedConsumer, DemandFeedConsumer, IssueFeedConsumer, FeedWriter, FeedWaiters, FeedService, FeedRetention,
  EndpointsService, WebhookSecretsService, SendsService, DeliveriesService, StatusService,
];
export const webhookSecrets: EncryptedTable = { table: 'webhook_secrets', columns: ['secret'], holds: 'SECRET' };
