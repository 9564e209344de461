// @ts-check
/**
 * `npm run audit:verify`: compares every service's audit trail with its signed seals, and the seals with the checkpoints outside
 * the database. Ends with code 1 when something is wrong. docs/audit.md says what each finding means.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { schemaOf } from './lib/fleet.mjs';
import { main } from './lib/main.mjs';
import { runningPostmaster } from './lib/postgres.mjs';
import { auditDir, suiteDatabaseUrl } from './lib/suite.mjs';
import { ClearError, dataDir, readJson, serviceNames } from './lib/workspace.mjs';

const usage = `npm run audit:verify [-- OPTIONS]

  --service NAME       only this service (${serviceNames.join(', ')})
  --database URL       of the database, with a login that may read audit, audit_seals and the trails
  --checkpoints DIR    the folder of the checkpoints; "none" leaves a cut tail unnoticed
  --public-key KEYS    id:key of each key that signed, separated by commas
  --json               the result as JSON

Without options: the database, checkpoints and key of the quick start in ${dataDir}.`;

const { values } = parseArgs({
  options: {
    service: { type: 'string' }, database: { type: 'string' }, checkpoints: { type: 'string' }, 'public-key': { type: 'string' },
    json: { type: 'boolean' }, help: { type: 'boolean' },
  },
});

await main(async () => {
  if (values.help) return console.log(usage);
  const names = values.service ? [values.service] : serviceNames;
  if (!names.every((name) => serviceNames.includes(name))) throw new ClearError(`There is no service ${values.service}.\n\n${usage}`);
  const { AuditKeys } = await import('@finharbor/security/audit/seal');
  const { auditKey = '' } = values['public-key'] ? {} : readJson(join(dataDir, 'secrets.json')) ?? {};
  const keys = new AuditKeys(auditKey, values['public-key']);
  if (!keys.publicKeys) throw new ClearError(`No key: name it with --public-key, or run npm start first (${dataDir}).`);
  if (!values.json) console.log(`public key ${keys.publicKeys}`);
  const results = await verify(names, values.database ?? quickStartDatabase(), values.checkpoints ?? auditDir, keys);
  if (values.json) console.log(JSON.stringify(results, null, 2));
  const wrong = results.reduce((sum, { findings, more }) => sum + findings.length + more, 0);
  if (!values.json) console.log(wrong ? `${wrong} finding${wrong > 1 ? 's' : ''}: see docs/audit.md` : 'nothing is wrong');
  if (wrong) process.exitCode = 1;
});

/**
 * @param {string[]} names @param {string} database @param {string} checkpoints
 * @param {import('@finharbor/security/audit/seal').AuditKeys} keys
 */
async function verify(names, database, checkpoints, keys) {
  const { default: pg } = await import('pg');
  const { verifyTrail } = await import('@finharbor/security/verification/verify-trail');
  const { readCheckpoints } = await import('@finharbor/platform/audit/checkpoints');
  if (checkpoints !== 'none' && !existsSync(checkpoints)) throw new ClearError(`There is no folder ${checkpoints}: name it with --checkpoints.`);
  const client = new pg.Client({ connectionString: database, application_name: 'finharbor audit-verify', connectionTimeoutMillis: 10_000, options: '-c row_security=off' });
  await client.connect().catch((error) => { throw new ClearError(`${new URL(database).host} refuses: ${error.message}`); });
  const results = [];
  try {
    for (const service of names) {
      const result = await verifyTrail({
        service, schema: schemaOf(service), keys, query: async (sql, parameters) => (await client.query(sql, parameters)).rows,
        ...(checkpoints !== 'none' && { checkpoints: readCheckpoints(checkpoints, service) }),
      });
      results.push(result);
      if (!values.json) show(result);
    }
  } finally {
    await client.end();
  }
  return results;
}

/** @param {import('@finharbor/security/verification/verify-trail').Verification} result */
function show({ service, to, rows, unsealed, findings, more }) {
  const waiting = unsealed ? ` (${unsealed} not sealed yet)` : '';
  console.log(`${service.padEnd(16)} ${String(rows).padStart(9)} rows ${String(to).padStart(7)} seals  ${findings.length ? 'NOT AS SEALED' : 'ok'}${waiting}`);
  for (const { kind, message } of findings) console.log(`  ${kind}: ${message}`);
  if (more) console.log(`  and ${more} more`);
}

/** The administrator's URL of the quick start's database, while it runs. */
function quickStartDatabase() {
  if (process.env.DATABASE_URL) return suiteDatabaseUrl(process.env.DATABASE_URL);
  const homes = [readJson(join(dataDir, 'location.json'))?.folder, dataDir].filter(Boolean);
  const running = homes.map((home) => runningPostmaster(join(home, 'pg'))).find((one) => one?.status === 'ready');
  const password = readJson(join(dataDir, 'secrets.json'))?.superuserPassword;
  if (!running || !password) throw new ClearError(`No database: name it with --database, or run npm start first (${dataDir}).`);
  return `postgres://postgres:${password}@127.0.0.1:${running.port}/finharbor`;
}
