// @ts-check
/** The AsyncAPI 3.0 document of what organisations are told, made from the table of public events. */
import { z } from 'zod';
import { deprecationReason } from '@finharbor/contracts/deprecations';

/** @typedef {import('@finharbor/contracts/deprecations').Deprecation} Deprecation */
/** @typedef {{ description: string, schema: import('zod').ZodType, example: unknown }} Told */

/** `referrals.dispatched` as a name of a component. @param {string} type */
const nameOf = (type) => type.replaceAll(/[.-]([a-z])/g, (_, letter) => letter.toUpperCase()).replace(/^[a-z]/, (letter) => letter.toUpperCase());

/** Headers of a delivery (Standard Webhooks 1.0). */
const webhookHeaders = {
  type: 'object',
  required: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
  properties: {
    'webhook-id': { type: 'string', format: 'uuid', description: 'The id of the event: the same however often it is sent.' },
    'webhook-timestamp': { type: 'string', pattern: '^\\d+$', description: 'When this attempt was made, in seconds since 1970.' },
    'webhook-signature': {
      type: 'string',
      description: 'Signatures of `id.timestamp.body`, separated by blanks: `v1a,…` by ed25519 or `v1,…` by HMAC-SHA-256; several while keys rotate. One that holds is enough.',
    },
  },
};

/** @param {string} cloudEventType @param {object} data @returns {object} the JSON schema of a body */
const bodySchema = (cloudEventType, data) => ({
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'sequence', 'recipient', 'data'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', format: 'uuid', description: 'The same wherever and however often the event is told, also after a restore.' },
    source: { type: 'string', format: 'uri', description: 'The platform that tells it.' },
    type: { const: cloudEventType },
    subject: { type: 'string', description: 'The record, as `kind/id`.' },
    time: { type: 'string', format: 'date-time', description: 'When it happened.' },
    datacontenttype: { const: 'application/json' },
    sequence: { type: 'string', pattern: '^\\d+$', description: 'The version of the record: what has a lower one happened before, whichever comes first.' },
    recipient: { type: 'string', format: 'uuid', description: 'The organisation that is told.' },
    data,
  },
});

/**
 * @param {{ publicEvents: Record<string, Told>, endpointEvents: Record<string, Told>, cloudEventType: (type: string) => string,
 *   deprecations: Record<string, Deprecation> }} catalogue
 */
export function asyncapiDocument({ publicEvents, endpointEvents, cloudEventType, deprecations }) {
  const all = { ...publicEvents, ...endpointEvents };
  /** @param {string[]} types @param {string} channel */
  const refs = (types, channel) => types.map((type) => ({ $ref: `#/channels/${channel}/messages/${nameOf(type)}` }));
  /** @param {string[]} types */
  const messages = (types) => Object.fromEntries(types.map((type) => [nameOf(type), { $ref: `#/components/messages/${nameOf(type)}` }]));
  const [fed, sent] = [Object.keys(publicEvents), Object.keys(all)];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'FinHarbor 金融服务港湾: events',
      version: '1',
      description: 'What organisations are told, as CloudEvents 1.0: by webhooks to endpoints of their own (POST /v1/webhook-endpoints), or in the change '
        + 'feed (GET /v1/events), in the very same bodies. An event may be sent more than once, always under the same id.',
      license: { name: 'Proprietary' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: {
      webhooks: {
        address: null,
        title: 'Webhooks',
        description: 'Sent by POST to each endpoint of the recipient that wants the type; answered with 2xx within 15 s (docs/webhooks.md).',
        messages: messages(sent),
      },
      feed: {
        address: '/v1/events',
        title: 'Change feed',
        description: 'Items of the pages of GET /v1/events, oldest first, for 90 days.',
        messages: messages(fed),
      },
    },
    operations: {
      sendWebhook: { action: 'send', channel: { $ref: '#/channels/webhooks' }, summary: 'The platform posts an event to an endpoint.', messages: refs(sent, 'webhooks') },
      tellInFeed: { action: 'send', channel: { $ref: '#/channels/feed' }, summary: 'The platform tells an event to whoever reads the feed.', messages: refs(fed, 'feed') },
    },
    components: {
      messages: Object.fromEntries(Object.entries(all).map(([type, told]) =>
        [nameOf(type), messageOf(type, told, cloudEventType, deprecations)])),
    },
  };
}

/**
 * @param {string} type @param {Told} told @param {(type: string) => string} cloudEventType
 * @param {Record<string, Deprecation>} deprecations
 */
function messageOf(type, { description, schema, example }, cloudEventType, deprecations) {
  const data = dataSchema(schema);
  for (const [element, entry] of Object.entries(deprecations)) {
    const field = element.startsWith(`${type}.`) ? data.properties?.[element.slice(type.length + 1)] : undefined;
    if (field) Object.assign(field, { deprecated: true, description: deprecationReason(entry) });
  }
  const gone = deprecations[type];
  return {
    name: cloudEventType(type),
    title: type,
    summary: gone ? `Deprecated. ${deprecationReason(gone)} ${description}` : description,
    contentType: 'application/cloudevents+json',
    headers: webhookHeaders,
    payload: bodySchema(cloudEventType(type), data),
    examples: [{ name: type, payload: { type: cloudEventType(type), data: example } }],
  };
}

/** @param {import('zod').ZodType} schema @returns {any} */
export function dataSchema(schema) {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
