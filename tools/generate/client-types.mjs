// @ts-check
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endpointEvents, publicEvents } from '@finharbor/contracts/public-events/public-events';
import { createClient } from '@hey-api/openapi-ts';
import { z } from 'zod';

/**
 * The types of libs/client: those of the merged OpenAPI document and of the data of public events, what each operation takes and
 * answers, and what each type of event has.
 * @param {any} openapi @param {string} folder for temporary files
 */
export async function clientTypes(openapi, folder) {
  const dir = mkdtempSync(join(folder, 'client-'));
  const input = join(dir, 'openapi.json');
  const events = Object.entries({ ...publicEvents, ...endpointEvents });
  const data = Object.fromEntries(events.map(([type, { description, schema }]) =>
    [dataTypeOf(type), { ...jsonSchema(schema), description }]));
  const schemas = { ...openapi.components.schemas, ...data };
  writeFileSync(input, JSON.stringify({ ...openapi, components: { ...openapi.components, schemas } }));
  await createClient({ input, output: { path: join(dir, 'out'), clean: false }, plugins: ['@hey-api/typescript'], logs: { level: 'silent' } });
  const types = readFileSync(join(dir, 'out', 'types.gen.ts'), 'utf8');
  const eventTypes = events.map(([type]) => `    '${type}': ${dataTypeOf(type)};\n`).join('');
  return `${types}${operationTypes(openapi, types)}\n/** The data of each type of public event. */\nexport type PublicEventData = {\n${eventTypes}};\n`;
}

/** `demand.chosen` -> `DemandChosenEventData`. @param {string} type */
const dataTypeOf = (type) => `${type.replaceAll(/(?:^|[.-])(\w)/g, (_, first) => first.toUpperCase())}EventData`;

/** @param {import('zod').ZodObject} schema */
function jsonSchema(schema) {
  const { $schema: _, ...json } = z.toJSONSchema(schema);
  return json;
}

/** The generator names types by `operationId` alone: this finds them by method and path. @param {any} openapi @param {string} types */
function operationTypes(openapi, types) {
  const operations = Object.entries(openapi.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => {
    const name = operation.operationId.replaceAll(/(?:^|_)(\w)/g, (/** @type {string} */ _, /** @type {string} */ first) => first.toUpperCase());
    const has = (/** @type {string} */ suffix) => types.includes(`\nexport type ${name}${suffix} = `);
    if (!has('Data')) throw new Error(`The generator has no type ${name}Data for ${method} ${path}.`);
    return `    '${method.toUpperCase()} ${path}': { data: ${name}Data; answer: ${has('Response') ? `${name}Response` : 'void'} };\n`;
  }));
  return `\n/** Every operation, by method and path. */\nexport type Operations = {\n${operations.join('')}};\n`;
}
