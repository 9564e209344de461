import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { type ServiceName, serviceNames } from '../services.js';
import { catalogue, type EventName, eventsConsumedBy, eventsProducedBy } from './catalogue.js';
import { enterpriseListsEvents } from './enterprise-lists.js';
import { platformApplicationShape } from './exchange.js';
import { feedbackEvents } from './feedback.js';
import { harborsEvents } from './harbors.js';
import { loanMatchingEvents } from './loan-matching.js';
import { partnersEvents } from './partners.js';
import { productCatalogEvents } from './product-catalog.js';

const names = Object.keys(catalogue) as EventName[];
const folder = new URL('../../fixtures/events/', import.meta.url);
const files = readdirSync(folder);
const fixture = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

/** Every key of a payload, at any depth. */
function keysOf(schema: unknown): string[] {
  if (schema === null || typeof schema !== 'object') return [];
  const { properties = {}, ...rest } = schema as { properties?: Record<string, unknown> };
  return [...Object.keys(properties), ...[...Object.values(properties), ...Object.values(rest)].flatMap(keysOf)];
}
const personal = /phone|mobile|telephone|contact|id_?number|identity|registrant|applicant|person|email|wechat|birth|address|secret|password|token|balance|credit_?(code|record|score)/i;

describe.each(names)('%s', (name) => {
  const { producer, consumers, payload, description } = catalogue[name];

  it('is called noun.past-tense', () => expect(name).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/));

  it('has a producer and at least one consumer, each a service and named once', () => {
    expect(serviceNames).toContain(producer);
    expect(consumers.length).toBeGreaterThan(0);
    expect(consumers.filter((consumer) => !serviceNames.includes(consumer))).toEqual([]);
    expect(new Set(consumers).size).toBe(consumers.length);
  });

  it('says what became true', () => expect(description).toMatch(/^[A-Z].{20,}\.$/));

  it('carries nothing personal', () => {
    const keys = keysOf(z.toJSONSchema(payload, { io: 'input' }));
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => personal.test(key))).toEqual([]);
  });

  it('has a fixture of its first version', () => expect(files).toContain(`${name}.v1.json`));

  it('refuses nothing and text', () => {
    for (const wrong of [undefined, null, 'text', [], {}]) expect(payload.safeParse(wrong).success).toBe(false);
  });
});

describe('fixtures', () => {
  // They are never changed: each is a job that may still lie in a queue. A payload that grows gets a further one (v2).
  it.each(files)('%s is read by this version, with all it says', (file) => {
    const [, name] = /^(.+)\.v\d+\.json$/.exec(file)!;
    const payload = fixture(file);
    expect(catalogue[name as EventName].payload.parse(payload)).toEqual(payload);
  });

  it('are of events that exist', () => {
    expect(files.filter((file) => !names.some((name) => file.startsWith(`${name}.v`)))).toEqual([]);
  });
});

describe('what an outside platform tells of an application', () => {
  const { enterpriseName, regionCode, industryCode, purpose } = platformApplicationShape;

  it.each(['万州\u0000', '万州\ud800', '\udc00万州', '万州\n'])('is no text that the database cannot keep, or that is no line (%j)', (text) => {
    for (const field of [enterpriseName, regionCode, industryCode, purpose]) expect(field.safeParse(text).success).toBe(false);
  });

  it('is any other', () => expect(enterpriseName.safeParse('万州㐂𠮷（重庆）有限公司').success).toBe(true));
});

describe('the catalogue', () => {
  it('holds the events of each producer under that producer alone', () => {
    const files: Record<ServiceName, object> = {
      partners: partnersEvents, 'enterprise-lists': enterpriseListsEvents, 'product-catalog': productCatalogEvents, 'loan-matching': loanMatchingEvents,
      feedback: feedbackEvents, harbors: harborsEvents,
    };
    for (const service of serviceNames) expect([service, eventsProducedBy(service)]).toEqual([service, Object.keys(files[service])]);
    expect(Object.values(files).flatMap(Object.keys)).toHaveLength(names.length); // two of one name would hide each other
  });

  it('knows who consumes what', () => {
    expect(eventsConsumedBy('feedback')).toContain('harbor.registered');
    for (const service of serviceNames) for (const name of eventsConsumedBy(service)) expect(catalogue[name].consumers).toContain(service);
    expect(serviceNames.flatMap(eventsConsumedBy)).toHaveLength(names.reduce((sum, name) => sum + catalogue[name].consumers.length, 0));
  });
});
