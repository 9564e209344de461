// @ts-check
/**
 * `npm run example-bank [-- --once] [--base URL] [--client FILE]`: a bank's own system against the suite at PORT, by public APIs alone.
 * docs/client.md tells what it shows; tools/example-bank/ is to be read and copied.
 */
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';

const usage = `npm run example-bank [-- OPTIONS]

  --once         one pass over everything, then the end
  --base URL     the suite (default: the one at PORT on this machine)
  --client FILE  {"clientId", "privateKey": JWK} or {"clientId", "clientSecret"}
                 (default: a client with a key of its own, made at the first run)`;

await main(async () => {
  const { values } = parseArgs({ options: { once: { type: 'boolean' }, base: { type: 'string' }, client: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) return console.log(usage);
  await ensureDependencies((line) => console.error(line));
  const { runBank } = await import('./example-bank/bank.mjs');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
  await runBank({ base: values.base, file: values.client, once: values.once ?? false, signal: stop.signal });
});
