// @ts-check
/**
 * `npm run -s sign-in [-- PERSON]`: signs in at the running quick start's OpenID Connect provider and prints the access token. Without
 * PERSON it prints an address to open in a browser, where you choose who to be; with one (zhou-min, …) it chooses for you.
 */
import { join } from 'node:path';
import { main } from './lib/main.mjs';
import { ClearError, dataDir, readJson } from './lib/workspace.mjs';
import { choosing, signIn } from './people/sign-in.mjs';

await main(async () => {
  const [person] = process.argv.slice(2);
  const issuer = readJson(join(dataDir, 'people.json'))?.issuer;
  if (!issuer) throw new ClearError('Nobody can sign in: the quick start does not run (npm start).');
  const visit = person ? choosing(person) : (/** @type {string} */ url) => console.error(`Open ${url}`);
  const token = await signIn(issuer, visit).catch((error) => {
    throw error instanceof ClearError ? error : new ClearError(`${issuer} does not answer: is the quick start running (npm start)?`);
  });
  console.log(token);
});
