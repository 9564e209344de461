// @ts-check
/** The naive peer of `import`: saves the rows of a list with TypeORM, 1,000 at a time, without checks, provenance or audit. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { DataSource, EntitySchema } from 'typeorm';
import { report, serve } from './parent.mjs';

const types = {
  name: 'text', code: 'text', establishedOn: 'date', type: 'text', capital: 'text', scope: 'text', province: 'text', district: 'text', address: 'text', source: 'text',
  industry: 'text', employees: 'int', revenue: 'numeric', assets: 'numeric',
};
const columns = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type, nullable: true, ...(name === 'code' && { primary: true }) }]));
const schema = new EntitySchema({ name: 'saved', schema: 'naive', tableName: 'saved', columns: /** @type {any} */ (columns) });
const source = await new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, entities: [schema], extra: { max: 1 } }).initialize();

serve(async (/** @type {{ file: string, rows: number }} */ { file, rows }) => {
  const repository = source.getRepository('saved');
  /** @type {any[]} */
  let chunk = [];
  let count = 0;
  for await (const record of createReadStream(file).pipe(parse({ columns: Object.keys(types), from_line: 2, to: rows + 1 }))) {
    chunk.push(record);
    count += 1;
    if (chunk.length < 1_000) continue;
    await repository.save(chunk, { chunk: 1_000 });
    chunk = [];
  }
  if (chunk.length > 0) await repository.save(chunk, { chunk: 1_000 });
  report(count);
});
