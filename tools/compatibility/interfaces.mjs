// @ts-check
/** The interfaces that others rely on: those of the last release, which `released/` keeps, and those of today. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** @typedef {import('./differences.mjs').Interfaces} Interfaces */

/** The released ones. @param {string} root @returns {Interfaces} */
export function releasedInterfaces(root) {
  const read = (/** @type {string} */ name) => readFileSync(join(root, 'released', name), 'utf8');
  return { openapi: JSON.parse(read('openapi.json')), supergraph: read('supergraph.graphql'), events: JSON.parse(read('events.json')) };
}

/** Those that `npm run generate` made last. @param {string} root @returns {Promise<Interfaces>} */
export async function presentInterfaces(root) {
  const read = (/** @type {string} */ name) => readFileSync(join(root, 'apps/gateway/generated', name), 'utf8');
  return { openapi: JSON.parse(read('openapi.json')), supergraph: read('supergraph.graphql'), events: await eventSchemas() };
}

/** What events say, by name: those that partners are told, and as `internal …` those that wait in outboxes and queues over a release. */
async function eventSchemas() {
  const [{ catalogue }, { publicEvents, endpointEvents }] = await Promise.all([
    import('@finharbor/contracts/events/catalogue'), import('@finharbor/contracts/public-events/public-events'),
  ]);
  const told = Object.entries({ ...publicEvents, ...endpointEvents }).map(([name, { schema }]) => [name, schema]);
  const internal = Object.entries(catalogue).map(([name, { payload }]) => [`internal ${name}`, payload]);
  return Object.fromEntries([...told, ...internal].map(([name, schema]) => [name, jsonSchema(/** @type {any} */ (schema))]));
}

/** @param {z.ZodType} schema */
export function jsonSchema(schema) {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

/** Makes the present interfaces the released ones. @param {string} root @param {Interfaces} present */
export function release(root, { openapi, supergraph, events }) {
  const folder = join(root, 'released');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'openapi.json'), `${JSON.stringify(openapi, null, 1)}\n`);
  writeFileSync(join(folder, 'supergraph.graphql'), supergraph);
  writeFileSync(join(folder, 'events.json'), `${JSON.stringify(events, null, 1)}\n`);
}
