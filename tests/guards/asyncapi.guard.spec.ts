import { createRequire } from 'node:module';
import { cloudEventType } from '@finharbor/contracts/public-events/body';
import { endpointEvents, publicEvents } from '@finharbor/contracts/public-events/public-events';
import addFormats from 'ajv-formats';
import { Ajv } from 'ajv';
import { z } from 'zod';
import { asyncapiDocument } from '../../tools/generate/asyncapi.mjs';
import { read } from './sources.js';

interface Marked { summary: string; payload: { properties: { data: { properties: Record<string, object> } } } }
interface Message { title: string; payload: { properties: { data: object } }; examples: { payload: { data: object } }[] }

interface Document {
  channels: Record<string, { messages: Record<string, object> }>;
  components: { messages: Record<string, Message> };
}

const specification = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
const checker = new Ajv({ strict: false, allErrors: true, validateFormats: true });
(addFormats as unknown as (target: Ajv) => void)(checker);
const isValid = checker.compile(specification);
const errorsOf = (document: unknown): string[] => (isValid(document) ? [] : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`));

describe('the AsyncAPI document', () => {
  const document = JSON.parse(read('apps/gateway/generated/asyncapi.json')) as Document;

  it('is one of AsyncAPI 3.0', () => expect(errorsOf(document)).toEqual([]));

  it('bites: what is no AsyncAPI', () => {
    expect(errorsOf({ ...document, asyncapi: '2.6.0' })).not.toEqual([]);
    expect(errorsOf({ ...document, info: {} })).not.toEqual([]);
    expect(errorsOf({ ...document, operations: { x: { action: 'shout', channel: { $ref: '#/channels/feed' } } } })).not.toEqual([]);
  });

  it('has every event that organisations are told, in the feed and by webhook, and those of endpoints by webhook alone', () => {
    const titles = Object.values(document.components.messages).map(({ title }) => title);
    expect(titles).toEqual([...Object.keys(publicEvents), ...Object.keys(endpointEvents)]);
    expect(Object.keys(document.channels.webhooks.messages)).toEqual(Object.keys(document.components.messages));
    expect(Object.keys(document.channels.feed.messages)).toHaveLength(Object.keys(publicEvents).length);
  });

  it('describes its examples', () => {
    for (const { title, payload, examples } of Object.values(document.components.messages)) {
      const validate = checker.compile(payload.properties.data);
      for (const example of examples) expect([title, validate(example.payload.data), validate.errors]).toEqual([title, true, null]);
      expect([title, validate({})]).toEqual([title, false]);
    }
  });

  it('marks what is deprecated', () => {
    const told = { description: 'Things were made.', schema: z.object({ thingId: z.uuid(), count: z.int() }), example: {} };
    const entry = { deprecatedAt: '2026-12-01', sunsetAt: '2027-07-01', link: 'https://api.example.cn/changes', replacement: 'Use parts.made' };
    const messages = (table: object) => asyncapiDocument({
      publicEvents: { 'things.made': told }, endpointEvents: {}, cloudEventType, deprecations: table as never,
    }).components.messages as unknown as Record<string, Marked>;
    const reason = 'Use parts.made. Until 2027-07-01: https://api.example.cn/changes';
    expect(messages({ 'things.made': entry }).ThingsMade.summary).toBe(`Deprecated. ${reason} Things were made.`);
    const { count, thingId } = messages({ 'things.made.count': entry }).ThingsMade.payload.properties.data.properties;
    expect(count).toMatchObject({ deprecated: true, description: reason });
    expect(thingId).not.toHaveProperty('deprecated');
  });
});
