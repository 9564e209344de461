// @ts-check
/**
 * `npm run listen -- --forward-to URL`: brings the events of an organisation to a program on this machine, by asking for them (the change
 * feed), so that no address has to be reachable from outside. docs/client.md tells more.
 */
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';

const usage = `npm run listen [-- OPTIONS]

  --forward-to URL  POST each event there, signed as the platform signs it
  --types A,B       only these, such as demand.chosen,issue.registered
  --since WHEN      now, start, 30m, 2h, 7d, or a time (default: where the last run
                    ended, at the first run now)
  --replay ID       forward one event of the history once more, and end
  --history         show the last 50 that were had, and end
  --base URL        the suite (default: the one at PORT on this machine)
  --client FILE     {"clientId", "privateKey": JWK} or {"clientId", "clientSecret"}
                    (default: that of npm run example-bank)`;

const text = /** @type {const} */ ({ type: 'string' });
const flag = /** @type {const} */ ({ type: 'boolean' });

await main(async () => {
  const { values } = parseArgs({
    options: { 'forward-to': text, types: text, since: text, replay: text, history: flag, base: text, client: text, help: flag },
  });
  if (values.help) return console.log(usage);
  await ensureDependencies((line) => console.error(line));
  const { listen } = await import('./listen/listen.mjs');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
  await listen(values, stop.signal);
});
