// @ts-check
/**
 * `npm run build`: compiles src to dist in every workspace, what changed alone, and deletes what has no source any more.
 * The result of each file is remembered by the size and time of its source; without changes nothing is loaded, hence fast.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ClearError, readJson, root, writeJson } from './lib/workspace.mjs';

/** The workspaces that have sources, as paths from the root. */
export function workspaces() {
  return ['apps', 'libs'].flatMap((parent) => (existsSync(join(root, parent)) ? readdirSync(join(root, parent)) : [])
    .map((name) => join(parent, name))).filter((path) => existsSync(join(root, path, 'src')));
}

/** @param {string} dir @returns {string[]} the files in it, as paths from it */
const filesIn = (dir) => readdirSync(dir, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile()).map((entry) => relative(dir, join(entry.parentPath, entry.name)));

const isCode = (/** @type {string} */ file) => file.endsWith('.ts');

/** Whole or not at all: a service may be starting from it. @param {string} file @param {string | Buffer} content */
function writeWhole(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}.tmp`, content);
  renameSync(`${file}.${process.pid}.tmp`, file);
}

/** @returns {Promise<number>} how many files were compiled or copied */
export async function build() {
  const configuration = readFileSync(join(root, '.swcrc'), 'utf8');
  const compiler = readJson(join(root, 'node_modules/@swc/core/package.json'))?.version;
  const version = createHash('sha256').update(configuration + compiler + readFileSync(new URL(import.meta.url))).digest('hex').slice(0, 16);
  const { exclude: _, $schema: __, ...options } = JSON.parse(configuration);
  const results = await Promise.allSettled(workspaces().map((path) => buildWorkspace(path, version, options)));
  const problems = results.flatMap((result) => (result.status === 'rejected' ? [/** @type {Error} */ (result.reason).message] : []));
  if (problems.length) throw new ClearError(`the build failed:\n${problems.join('\n')}`);
  return results.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0);
}

/** @param {string} path @param {string} version of compiler and options @param {import('@swc/core').Options} options */
async function buildWorkspace(path, version, options) {
  const [src, dist] = [join(root, path, 'src'), join(root, path, 'dist')];
  const noteFile = join(dist, '.build.json');
  const note = readJson(noteFile);
  /** @type {Record<string, string>} */
  const before = note?.version === version ? note.files : {};
  /** @type {Record<string, string>} */
  const after = {};
  const expected = new Set(['.build.json']);
  /** @type {string[]} */
  const problems = [];
  const changed = [];
  for (const file of filesIn(src)) {
    if (/\.(spec|d)\.ts$/.test(file)) continue;
    const target = isCode(file) ? file.replace(/\.ts$/, '.js') : file;
    for (const output of isCode(file) ? [target, `${target}.map`] : [target]) expected.add(output);
    const { size, mtimeMs } = statSync(join(src, file));
    after[file] = `${size}-${mtimeMs}`;
    if (before[file] !== after[file] || !existsSync(join(dist, target))) changed.push({ file, target });
  }
  const swc = changed.some(({ file }) => isCode(file)) ? (await import('@swc/core')) : null;
  await Promise.all(changed.map(async ({ file, target }) => {
    try {
      if (isCode(file) && swc) await compile(swc, join(src, file), join(dist, target), options);
      else writeWhole(join(dist, target), readFileSync(join(src, file)));
    } catch (error) {
      delete after[file];
      problems.push(`${join(path, 'src', file)}: ${/** @type {Error} */ (error).message.split('\n\nCaused by')[0]?.trim()}`);
    }
  }));
  const stale = existsSync(dist) ? filesIn(dist).filter((file) => !expected.has(file) && !file.endsWith('.tmp')) : [];
  for (const file of stale) rmSync(join(dist, file));
  if (changed.length || stale.length) writeJson(noteFile, { version, files: after });
  if (problems.length) throw new Error(problems.join('\n'));
  return changed.length;
}

/** @param {typeof import('@swc/core')} swc @param {string} source @param {string} target @param {import('@swc/core').Options} options */
async function compile(swc, source, target, options) {
  const { code, map } = await swc.transform(readFileSync(source, 'utf8'), {
    ...options, swcrc: false, configFile: false, filename: source, sourceFileName: relative(dirname(target), source),
  });
  if (map) writeWhole(`${target}.map`, map);
  writeWhole(target, map ? `${code}//# sourceMappingURL=${target.slice(dirname(target).length + 1)}.map\n` : code);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const started = Date.now();
  const { ensureDependencies } = await import('./lib/dependencies.mjs');
  const { main } = await import('./lib/main.mjs');
  await main(async () => {
    await ensureDependencies();
    console.log(`built ${await build()} files in ${Date.now() - started} ms`);
  });
}
