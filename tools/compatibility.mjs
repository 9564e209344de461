// @ts-check
/**
 * `npm run compatibility`: tells in what today's interfaces break programs that were written by those of the last release, and fails
 * where they do. `npm run release-baseline` makes today's the released ones; not while they break something. docs/changes.md
 */
import { breakingDifferences } from './compatibility/differences.mjs';
import { presentInterfaces, release, releasedInterfaces } from './compatibility/interfaces.mjs';
import { main } from './lib/main.mjs';
import { ClearError, root } from './lib/workspace.mjs';

await main(async () => {
  const { deprecations } = await import('@finharbor/contracts/deprecations');
  const { localDate } = await import('@finharbor/standards/working-days');
  const present = await presentInterfaces(root);
  const found = await breakingDifferences(releasedInterfaces(root), present, deprecations, localDate(new Date()));
  if (found.length > 0) {
    throw new ClearError(`These break programs that work today (docs/changes.md):\n${found.map(({ element, what }) => `  ${element}: ${what}`).join('\n')}`);
  }
  if (process.argv.includes('--release')) {
    release(root, present);
    console.log('released/ is what the code gives now');
  } else console.log('nothing breaks what was released');
});
