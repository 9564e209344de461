import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serviceNames } from '@finharbor/contracts/services';

/** What the guards read: the committed files of the working tree, as text. */
export interface Source {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const services: readonly string[] = serviceNames;
export const apps = [...services, 'gateway'];

const skipped = new Set(['node_modules', 'dist', 'generated', '.data', '.nx', '.git', 'coverage']);

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) yield* walk(path);
    } else yield path;
  }
}

const paths = [...walk('')].sort();

/** Every file, outside generated and installed folders, whose path matches. */
export const sources = (pattern: RegExp): Source[] =>
  paths.filter((path) => pattern.test(path)).map((path) => ({ path, text: read(path) }));

/** The text of one file; a guard that needs a file fails with its name when it is not there. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** TypeScript and JavaScript that is ours: code, tools, tests. */
export const code = (): Source[] => sources(/^(apps|libs|tools|bench|tests)\/.*\.(ts|mjs|js)$/);

export const isSpec = (path: string): boolean => path.endsWith('.spec.ts');

/** A source file without blank lines and without lines that are only comment: what is counted, and where words mean something. */
export const withoutComments = (text: string): string =>
  text.replaceAll(/^[ \t]*\/\*[\s\S]*?\*\/[ \t]*$/gm, '').split('\n').filter((line) => !/^\s*(\/\/.*|--.*)?$/.test(line)).join('\n');

export const codeLines = (text: string): number => withoutComments(text).split('\n').filter(Boolean).length;

/** A copy of the files with one more, or with one replaced: what a guard is tried on. */
export const planted = (files: Source[], path: string, text: string): Source[] =>
  [...files.filter((file) => file.path !== path), { path, text }];
