// @ts-check
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';

/** The types of libs/client, from the merged OpenAPI document. @param {any} openapi @param {string} folder for temporary files */
export async function clientTypes(openapi, folder) {
  const dir = mkdtempSync(join(folder, 'client-'));
  const input = join(dir, 'openapi.json');
  writeFileSync(input, JSON.stringify(openapi));
  await createClient({ input, output: { path: join(dir, 'out'), clean: false }, plugins: ['@hey-api/typescript'], logs: { level: 'silent' } });
  return readFileSync(join(dir, 'out', 'types.gen.ts'), 'utf8');
}
