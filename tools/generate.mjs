// @ts-check
/**
 * `npm run generate`: writes what is derived from the code and committed: graph, OpenAPI, schema.sql, references, client types.
 * `npm run generate -- --check` changes nothing and fails when a committed file is not what the code gives.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { generatedList } from './demonstration/list.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { startPostgres, throwawayFolder } from './lib/postgres.mjs';
import { Run } from './lib/run.mjs';
import { ClearError, root, serviceNames } from './lib/workspace.mjs';

const check = process.argv.includes('--check');
/** @type {Run | undefined} */
let run;

await main(async () => {
  await ensureDependencies();
  run = new Run('generate');
  run.stopOnSignals(130);
  try {
    await run.command('build', process.execPath, [join(root, 'tools/build.mjs')], { env: process.env });
    const files = await generate(run);
    const stale = files.filter(({ path, text }) => read(path) !== text);
    if (check && stale.length > 0) {
      throw new ClearError(`Not what the code gives: ${stale.map(({ path }) => relative(root, path)).join(', ')}\nRun npm run generate and commit the result.`);
    }
    for (const { path, text } of check ? [] : stale) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      console.log(`wrote ${relative(root, path)}`);
    }
    console.log(`${files.length} generated files are fresh`);
  } finally {
    await run.stop();
  }
}, () => run?.stop() ?? Promise.resolve());

/** @param {Run} run @returns {Promise<{ path: string, text: string }[]>} */
async function generate(run) {
  const folder = throwawayFolder(run);
  // Imported only now, since they stand on what was just built.
  const { catalogue } = await import('@finharbor/contracts/events/catalogue');
  const { errorCodes } = await import('@finharbor/contracts/errors');
  const { routes } = await import('@finharbor/security/authorisation/routes');
  const { fields } = await import('@finharbor/security/authorisation/fields');
  const { mergeOpenapi } = await import('./generate/openapi.mjs');
  const { composeSupergraph } = await import('./generate/supergraph.mjs');
  const { apiDocument, eventsDocument } = await import('./generate/documents.mjs');
  const { aggregates } = await import('@finharbor/security/aggregates/aggregates');
  const { authorisationDocument } = await import('./generate/authorisation.mjs');
  const { clientTypes } = await import('./generate/client-types.mjs');
  const { deprecations } = await import('@finharbor/contracts/deprecations');
  const { publicEvents, endpointEvents } = await import('@finharbor/contracts/public-events/public-events');
  const { cloudEventType } = await import('@finharbor/contracts/public-events/body');
  const { asyncapiDocument } = await import('./generate/asyncapi.mjs');
  const { markGraph, markOpenapi } = await import('./generate/deprecations.mjs');
  const files = await describeSchemas(run, folder);
  const graphs = new Map();
  const apis = new Map();
  for (const name of serviceNames) {
    const file = join(folder, `${name}.json`);
    await run.command(name, process.execPath, [join(root, 'tools/generate/describe-service.mjs'), name, file], { env: process.env, cwd: root });
    const described = JSON.parse(readFileSync(file, 'utf8'));
    const graphql = markGraph(described.graphql, deprecations);
    graphs.set(name, graphql);
    apis.set(name, described.openapi);
    files.push({ path: join(root, 'apps', name, 'generated', 'schema.graphql'), text: `# Made by npm run generate.\n${graphql}\n` });
  }
  const openapi = mergeOpenapi(apis, routes);
  markOpenapi(openapi, deprecations);
  const asyncapi = asyncapiDocument({ publicEvents, endpointEvents, cloudEventType, deprecations });
  const generated = join(root, 'apps', 'gateway', 'generated');
  return [
    ...files,
    { path: join(generated, 'supergraph.graphql'), text: composeSupergraph(graphs) },
    { path: join(generated, 'openapi.json'), text: `${JSON.stringify(openapi, null, 1)}\n` },
    { path: join(generated, 'asyncapi.json'), text: `${JSON.stringify(asyncapi, null, 1)}\n` },
    { path: join(root, 'docs', 'events.md'), text: eventsDocument(catalogue) },
    { path: join(root, 'docs', 'api.md'), text: apiDocument(openapi, errorCodes, fields) },
    { path: join(root, 'docs', 'authorisation.md'), text: authorisationDocument({ openapi, graphs, fields, aggregates }) },
    { path: join(root, 'tools', 'demonstration', 'enterprises.generated.csv'), text: generatedList() },
    { path: join(root, 'libs', 'client', 'src', 'generated', 'types.gen.ts'), text: await clientTypes(openapi, folder) },
  ];
}

/** schema.sql of each service, from a database that the migrations have just made. @param {Run} run @param {string} folder */
async function describeSchemas(run, folder) {
  const postgres = await startPostgres({ run, throwaway: true, folder, logFile: join(folder, 'postgres.log') });
  const [{ migrateAll }, { describeSchema }, { default: pg }] = await Promise.all([
    import('@finharbor/platform/database/migrate'), import('./generate/schema-sql.mjs'), import('pg'),
  ]);
  await migrateAll({ url: postgres.url() });
  const client = new pg.Client({ connectionString: postgres.url() });
  await client.connect();
  const files = [];
  for (const name of serviceNames) {
    files.push({ path: join(root, 'apps', name, 'generated', 'schema.sql'), text: await describeSchema(client, name.replaceAll('-', '_')) });
  }
  await client.end();
  return files;
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
