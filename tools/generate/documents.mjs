// @ts-check
/** The generated references: events and the API with who may use what. */
import { z } from 'zod';

const note = 'Made by `npm run generate` from the code; edit there.';

/** @param {Record<string, { description: string, producer: string, consumers: readonly string[], payload: z.ZodType }>} catalogue */
export function eventsDocument(catalogue) {
  const lines = ['# Events', '', note, '', 'Events are the only way a fact crosses from one service to another. Payloads carry ids and facts, never personal data, and only ever grow.', ''];
  lines.push('| event | from | to | meaning |', '| --- | --- | --- | --- |');
  for (const [name, event] of Object.entries(catalogue)) {
    lines.push(`| [\`${name}\`](#${name.replaceAll('.', '')}) | ${event.producer} | ${event.consumers.join(', ')} | ${event.description} |`);
  }
  for (const [name, event] of Object.entries(catalogue)) {
    lines.push('', `## ${name}`, '', event.description, '', '```json', JSON.stringify(withoutNoise(z.toJSONSchema(event.payload)), null, 2), '```');
  }
  return `${lines.join('\n')}\n`;
}

/** @param {any} schema @returns {any} */
function withoutNoise(schema) {
  if (Array.isArray(schema)) return schema.map(withoutNoise);
  if (schema === null || typeof schema !== 'object') return schema;
  const { $schema, pattern, minimum, maximum, additionalProperties, ...rest } = schema;
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withoutNoise(value)]));
}

/**
 * @param {any} openapi @param {Record<string, readonly [number, string]>} errorCodes
 * @param {Record<string, string>} fields the authorisation table of the graph
 */
export function apiDocument(openapi, errorCodes, fields) {
  const lines = ['# API reference', '', note, '', 'The whole contract is `/openapi.json` (browse it at `/docs`) and the GraphQL schema (explore it at `/graphiql`).', ''];
  lines.push('## Routes', '', '| route | what | roles |', '| --- | --- | --- |');
  for (const [path, operations] of Object.entries(openapi.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      lines.push(`| \`${method.toUpperCase()} ${path}\` | ${operation.summary ?? ''} | ${operation['x-roles'].join(' ')} |`);
    }
  }
  lines.push('', '## Graph', '', 'Who may read what, `Type.field` over `Type.*`. What is not here, nobody may.', '', '| field | roles |', '| --- | --- |');
  for (const [field, roles] of Object.entries(fields)) lines.push(`| \`${field}\` | ${roles} |`);
  lines.push('', '## Error codes', '', '| code | HTTP | meaning |', '| --- | --- | --- |');
  for (const [code, [status, title]] of Object.entries(errorCodes)) lines.push(`| \`${code}\` | ${status} | ${title} |`);
  return `${lines.join('\n')}\n`;
}
