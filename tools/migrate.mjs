// @ts-check
/** Migrates every schema, as one locked job: MIGRATE_DATABASE_URL (an administrator's), APP_PASSWORD (of the login roles; optional). */
import { main } from './lib/main.mjs';
import { ClearError } from './lib/workspace.mjs';

await main(async () => {
  const { MIGRATE_DATABASE_URL: url, APP_PASSWORD: appPassword } = process.env;
  if (!url) throw new ClearError('Set MIGRATE_DATABASE_URL to the administrator\'s URL of the database.');
  const { migrateAll } = await import('@finharbor/platform/database/migrate');
  await migrateAll({ url, appPassword, log: (/** @type {string} */ line) => console.log(line) });
});
