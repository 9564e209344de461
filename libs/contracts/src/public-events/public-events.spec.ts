import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { catalogue, type EventOf } from '../events/catalogue.js';
import { newId } from '../ids.js';
import { OrganisationKind } from '../vocabulary.js';
import { bodyOf, cloudEventType, publicEventIdOf, publicTimeOf } from './body.js';
import { endpointEvents, publicEvents, publicEventsOf, publicEventTypes } from './public-events.js';

const personal = /phone|mobile|contact|registrant|applicant|person|email|creditCode|enterprise|secret|token|title|text|note/i;
const payloadOf = (name: string): never => JSON.parse(readFileSync(new URL(`../../fixtures/events/${name}.v1.json`, import.meta.url), 'utf8')) as never;

describe.each(publicEventTypes)('%s', (type) => {
  const { description, from, to, subject, data, schema, example } = publicEvents[type];
  const event = { id: newId(), name: from, organisationId: newId(), aggregateId: newId(), version: 3, payload: payloadOf(from) } as EventOf;

  it('is called noun.past-tense and says what became true', () => {
    expect(type).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+$/);
    expect(description).toMatch(/^[A-Z].{20,}\.$/);
  });

  it('is made of an event that partners gets, and told to somebody', () => {
    expect(catalogue[from].consumers).toContain('partners');
    expect(to.length).toBeGreaterThan(0);
    for (const one of to) expect(['HOLDER', ...Object.values(OrganisationKind)]).toContain(one);
  });

  it('says of an event of the first version what its schema says, and what its example shows', () => {
    const told = data(event, (path) => `https://api.example.cn${path}`);
    expect(schema.strict().parse(told)).toEqual(told);
    expect(schema.strict().parse(example)).toEqual(example);
    expect(Object.keys(told)).toEqual(Object.keys(example));
    expect(subject(event)).toMatch(/^[a-z-]+\/[0-9a-f-]{36}$/);
    expect(subject(event)).toContain(String(Object.values(told)[0]));
  });

  it('names no person and no enterprise, and is small', () => {
    const keys = Object.keys(z.toJSONSchema(schema).properties!);
    expect(keys.filter((key) => personal.test(key))).toEqual([]);
    expect(JSON.stringify(example).length).toBeLessThan(500);
  });
});

describe('public events', () => {
  it('are found by what they are made of', () => {
    expect(publicEventsOf('referrals.dispatched').map(([type]) => type)).toEqual(['referrals.dispatched']);
    expect(publicEventsOf('demand.submitted')).toEqual([]);
  });

  it.each(Object.entries(endpointEvents))('%s has an example', (_, { schema, example }) => expect(schema.parse(example)).toEqual(example));
});

describe('bodyOf', () => {
  const recipient = '0197c0de-0000-7000-8000-000000000009';
  const fact = {
    id: '0197c0de-0000-7000-8000-000000000001', type: 'demand.chosen', subject: 'demand/1', time: new Date('2026-11-22T01:02:03.004Z'), sequence: 2,
    recipient, data: { demandId: '1' },
  };

  it('is a CloudEvent 1.0, written always in the same order', () => {
    expect(bodyOf('https://api.example.cn', fact)).toBe(
      '{"specversion":"1.0","id":"0197c0de-0000-7000-8000-000000000001","source":"https://api.example.cn","type":"cn.finharbor.demand.chosen.v1",'
      + '"subject":"demand/1","time":"2026-11-22T01:02:03.004Z","datacontenttype":"application/json","sequence":"2",'
      + `"recipient":"${recipient}","data":{"demandId":"1"}}`);
    for (const name of Object.keys(JSON.parse(bodyOf('x', fact)) as object)) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
    expect(cloudEventType('demand.chosen')).toBe('cn.finharbor.demand.chosen.v1');
  });

  it('has an id of its event and its recipient, for ever, and the time of the event', () => {
    const event = '0199f3a0-6c1e-7001-8a4b-5d2e9c7f0001';
    expect(publicEventIdOf(event, recipient)).toBe('37bd702c-cb4d-5662-bd60-f467a1d5ff0f');
    expect(publicEventIdOf(event, newId())).not.toBe(publicEventIdOf(event, recipient));
    expect(publicTimeOf(event).toISOString()).toBe('2025-10-17T19:23:20.990Z');
  });
});
