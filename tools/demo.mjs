// @ts-check
/**
 * `npm run demo [-- --list FILE] [--json]`: the whole story through the public APIs, against the suite at PORT or one it starts:
 * a department pushes a list, the central-bank branch reviews and dispatches it, banks answer, businesses scan a code and apply,
 * banks decide, issues are registered and answered. With --json the last line is a summary of this run alone.
 */
import { ensureDependencies } from './lib/dependencies.mjs';
import { main } from './lib/main.mjs';
import { ClearError } from './lib/workspace.mjs';

const usage = 'npm run demo [-- --list FILE] [--json]   FILE: a push list as CSV (default: the generated list of the repository)';

/** @param {string[]} args */
function readOptions(args) {
  /** @type {{ list?: string, json: boolean }} */
  const options = { json: false };
  for (let index = 0; index < args.length; index++) {
    if (args[index] === '--json') options.json = true;
    else if (args[index] === '--list' && args[index + 1]) options.list = args[++index];
    else if (args[index].startsWith('--list=')) options.list = args[index].slice(7);
    else throw new ClearError(`${args[index]} is no option of the demo.\n${usage}`);
  }
  return options;
}

await main(async () => {
  const options = readOptions(process.argv.slice(2));
  await ensureDependencies((line) => console.error(line));
  const { reachSuite } = await import('./demo/suite.mjs');
  const { playStory } = await import('./demo/story.mjs');
  const suite = await reachSuite();
  try {
    const summary = await playStory({ ...options, ...suite });
    if (options.json) console.log(JSON.stringify(summary));
  } finally {
    await suite.stop();
  }
});
