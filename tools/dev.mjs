// @ts-check
/** `npm run dev`: like `npm start`, then builds what changes and restarts the services concerned (all of them for a library). */
import { existsSync, watch } from 'node:fs';
import { join, sep } from 'node:path';
import { build, workspaces } from './build.mjs';
import { main } from './lib/main.mjs';
import { root } from './lib/workspace.mjs';
import { startAndAnnounce } from './start.mjs';

await main(async () => {
  const { suite, say } = await startAndAnnounce();
  /** @type {Set<string>} */
  let changed = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let working = Promise.resolve();

  const apply = async () => {
    const files = [...changed];
    changed = new Set();
    const services = Object.entries(suite.fleet.services)
      .filter(([name]) => files.some((file) => file.startsWith('libs' + sep) || file.startsWith(join('apps', name) + sep)));
    try {
      say(`${files.length === 1 ? files[0] : `${files.length} files`} changed: ${await build()} built`);
      if (files.some((file) => file.includes(`${sep}migrations${sep}`))) await suite.migrate();
      await Promise.all(services.map(async ([name, service]) => {
        say(`restarting ${name}`);
        await service.stop();
        await service.start();
      }));
      say(`ready ${suite.url}`);
    } catch (error) {
      say(`${/** @type {Error} */ (error).message}\nwaiting for the next change`);
    }
  };

  const folders = workspaces().flatMap((path) => [join(path, 'src'), join(path, 'migrations')]);
  for (const folder of folders.filter((path) => existsSync(join(root, path)))) {
    watch(join(root, folder), { recursive: true }, (_event, file) => {
      if (!file || /\.spec\.ts$|~$|\.sw.$/.test(file)) return;
      changed.add(join(folder, file));
      clearTimeout(timer);
      timer = setTimeout(() => (working = working.then(apply)), 150);
    });
  }
});
