// @ts-check
/**
 * `npm run conformance -- --base URL --client FILE [--receiver URL]`: tests whether a partner is ready: its receiver of webhooks, and what
 * its credentials do at a sandbox. Ends with code 1 when a requirement is not met. docs/client.md has the requirements.
 */
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';

const usage = `npm run conformance -- [OPTIONS]

  --base URL      the sandbox (default: the suite at PORT on this machine)
  --client FILE   {"clientId", "privateKey": JWK} (default: that of npm run example-bank)
  --receiver URL  where the partner receives webhooks; without it only calls are tested
  --secret TEXT   a whsec_… that the receiver trusts (default: keys of this machine,
                  which are told, the same at every run)
  --out FILE      where the signed report goes (default: printed)
  --verify FILE   says what a report is, and whether it is as it was signed`;

const text = /** @type {const} */ ({ type: 'string' });

await main(async () => {
  const { values } = parseArgs({
    options: { base: text, client: text, receiver: text, secret: text, out: text, verify: text, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(usage);
  await ensureDependencies((line) => console.error(line));
  const { testPartner, verifyReport } = await import('./conformance/conformance.mjs');
  if (values.verify) return verifyReport(values.verify);
  if (!await testPartner(values)) process.exitCode = 1;
});
