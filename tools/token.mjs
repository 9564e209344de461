// @ts-check
/** `npm run -s token -- ROLE [NAME]`: an access token of the first demonstration client of the role, or of the organisation NAME. */
import { join } from 'node:path';
import { main } from './lib/main.mjs';
import { ClearError, dataDir, readJson } from './lib/workspace.mjs';

await main(async () => {
  const [role, name] = process.argv.slice(2);
  /** @type {{ clientId: string, clientSecret: string, organisation: string, role: string }[]} */
  const clients = readJson(join(dataDir, 'demo-clients.json')) ?? [];
  const client = clients.find((one) => one.role === role && (!name || one.organisation === name));
  if (!client) throw new ClearError(`No demonstration client is a ${role}${name ? ` of ${name}` : ''}; see ${join(dataDir, 'demo-clients.json')}.`);
  const url = `http://127.0.0.1:${process.env.PORT || 3000}/oauth/token`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  const { access_token: token, error } = await answer.json();
  if (!token) throw new ClearError(`${url}: ${error}`);
  console.log(token);
});
