import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames as launched } from '../../tools/lib/workspace.mjs';
import { apps, read, root, services } from './sources.js';

/** What `npm run generate` writes, with the note that tells the reader not to edit it. That it is fresh, `.ci/run` checks. */
const generated: [path: string, note: RegExp][] = [
  ...services.flatMap((service): [string, RegExp][] => [
    [`apps/${service}/generated/schema.graphql`, /^# Made by npm run generate\.\n/],
    [`apps/${service}/generated/schema.sql`, /^-- .* Made by npm run generate; not to be edited/],
  ]),
  ['apps/gateway/generated/supergraph.graphql', /^# Composed by npm run generate\./],
  // JSON has no comments: the document says of each operation which service's code it comes from.
  ['apps/gateway/generated/openapi.json', /^\{\n "openapi": "3\.1\.0",[\s\S]*"x-service": /],
  ['apps/gateway/generated/asyncapi.json', /^\{\n "asyncapi": "3\.0\.0",/],
  ['docs/events.md', /^# Events\n\nMade by `npm run generate`/],
  ['docs/api.md', /^# API reference\n\nMade by `npm run generate`/],
  ['docs/authorisation.md', /^# Who may do what\n\nMade by `npm run generate`/],
  ['libs/client/src/generated/types.gen.ts', /^\/\/ This file is auto-generated/],
];

const withoutNote = (list: [path: string, note: RegExp][], text: (path: string) => string): string[] =>
  list.filter(([path, note]) => !note.test(text(path))).map(([path]) => path);

const strangers = (found: string[]): string[] => found.filter((path) => !generated.some(([known]) => known === path));

describe('generated files', () => {
  it('are committed and carry their note', () => expect(withoutNote(generated, (path) => (existsSync(join(root, path)) ? read(path) : ''))).toEqual([]));

  it('are all there is in the generated folders', () => {
    const folders = [...apps.map((app) => `apps/${app}/generated`), 'libs/client/src/generated'].filter((folder) => existsSync(join(root, folder)));
    expect(strangers(folders.flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`)))).toEqual([]);
  });

  it('are made for the services that the launcher starts', () => expect(launched).toEqual(services));

  it('bite: a file without its note, a file that nobody generates', () => {
    for (const entry of generated) expect(withoutNote([entry], () => 'written by hand')).toEqual([entry[0]]);
    expect(strangers(['apps/harbors/generated/extra.json'])).toEqual(['apps/harbors/generated/extra.json']);
  });
});
