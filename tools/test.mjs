// @ts-check
/**
 * `npm test [-- PATH…]`: the tests, on a throwaway PostgreSQL and Redis of their own, whatever else runs on the machine.
 * Arguments go to Jest; a path runs a part. Ends with a line of its own: `N passed, N failed`.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { ensureDatabase, startPostgres, throwawayFolder } from './lib/postgres.mjs';
import { pause } from './lib/processes.mjs';
import { startRedis } from './lib/redis.mjs';
import { Run, sweep } from './lib/run.mjs';
import { newSecrets, readJson, root } from './lib/workspace.mjs';

const template = 'finharbor_template';
const args = process.argv.slice(2);
/** Somebody who runs a part wants its result although the build or a migration of another part is broken just now. */
const partial = args.length > 0 && process.env.FAULTS !== 'full';
/** @type {Run | undefined} */
let run;

await main(async () => {
  await ensureDependencies();
  await sweep();
  run = new Run('tests');
  run.stopOnSignals(130);
  try {
    process.exitCode = await runTests(run);
    await run.stop();
  } catch (error) {
    if (run.stopping) await new Promise(() => {}); // Ctrl-C: the handler ends the process
    throw error;
  }
}, () => run?.stop() ?? Promise.resolve());

/** @param {Run} run */
async function runTests(run) {
  const folder = throwawayFolder(run);
  const { appPassword } = newSecrets();
  const node = (/** @type {string} */ name, /** @type {string} */ script, env = {}) =>
    run.command(name, process.execPath, [join(root, script)], { env: { ...process.env, ...env } }).catch((error) => {
      if (!partial || run.stopping) throw error;
      console.error(`warning: ${error.message}\nrunning the chosen tests all the same`);
    });
  const say = console.error;
  const [postgres, redis] = await Promise.all([
    startPostgres({ run, throwaway: true, folder, logFile: join(folder, 'postgres.log') }),
    startRedis({ run, say, throwaway: true, folder, logFile: join(folder, 'redis.log') }),
    node('build', 'tools/build.mjs'),
  ]);
  await ensureDatabase(postgres.url(template), '');
  await node('migrate', 'tools/migrate.mjs', { MIGRATE_DATABASE_URL: postgres.url(template), APP_PASSWORD: appPassword });
  await closeTemplate(postgres.url());

  const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  const env = {
    ...inherited,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim(),
    FINHARBOR_DATA_DIR: join(folder, 'data'), // the tests' own; nothing of theirs may touch the user's .data
    ...(process.stderr.isTTY ? { FORCE_COLOR: '1' } : {}),
    TEST_ADMIN_URL: postgres.url(),
    TEST_REDIS_URL: redis.url,
    TEST_TEMPLATE: template,
    TEST_APP_PASSWORD: appPassword,
  };
  return runJest(run, env, join(folder, 'result.json'));
}

/** A template that nobody is connected to can be cloned at any time. @param {string} adminUrl */
async function closeTemplate(adminUrl) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`ALTER DATABASE ${template} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  await client.end();
}

/** @param {Run} run @param {NodeJS.ProcessEnv} env @param {string} outputFile @returns {Promise<number>} the exit code */
async function runJest(run, env, outputFile) {
  rmSync(outputFile, { force: true });
  const jest = run.spawn('jest', process.execPath, [
    join(root, 'node_modules/jest/bin/jest.js'),
    '--config', 'jest.config.mjs', ...(args.includes('--runInBand') ? [] : ['--maxWorkers=2']), '--json', '--outputFile', outputFile, ...args,
  ], { env });
  jest.stderr?.pipe(process.stderr);
  jest.stdout?.resume(); // --json prints the result here as well
  const ended = new Promise((resolve) => jest.once('close', (code) => resolve(code ?? 1)));
  const code = await Promise.race([ended, hangs(outputFile, ended)]);
  const result = readJson(outputFile);
  if (!result) return code || 1;
  const { numPassedTests: passed, numPendingTests, numTodoTests, numFailedTests, numRuntimeErrorTestSuites } = result;
  const failed = numFailedTests + numRuntimeErrorTestSuites; // a file that does not even load is a failure too
  const skipped = numPendingTests + numTodoTests;
  console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  return code || (failed ? 1 : 0);
}

/** @param {string} outputFile @param {Promise<number>} ended @returns {Promise<number>} 1 when Jest has its result but does not end */
async function hangs(outputFile, ended) {
  let over = false;
  void ended.then(() => (over = true));
  while (!over && !readJson(outputFile)) await pause(500);
  for (let seconds = 0; !over && seconds < 20; seconds += 1) await pause(1_000);
  if (!over) console.error('Jest does not end: a test left something open (a server, a pool, a timer). That counts as a failure.');
  return over ? ended : 1;
}
