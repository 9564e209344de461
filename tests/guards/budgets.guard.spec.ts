import { apps, code, codeLines, isSpec, planted, type Source, sources, withoutComments } from './sources.js';

/** architecture.md section 2, in lines of code (without blank lines and comments). The first row that fits a file holds. */
const fileBudgets: [pattern: RegExp, lines: number][] = [
  [/\.spec\.ts$/, 300],
  [/\.entity\.ts$/, 80],
  [/\.(resolver|controller)\.ts$/, 100],
  [/\.service\.ts$/, 250],
  [/\.consumer\.ts$/, 80],
  [/\/migrations\/.*\.sql$/, 60],
  [/^libs\/contracts\/src\/events\//, 150],
  [/\.(ts|mjs|js)$/, 300],
];
const folderBudget = 300;
const countedFolder = /^libs\/(?:platform|security)\/src\/[^/]+(?=\/)/;

/** Over budget for a reason; the number is their own budget. As few as possible. */
const exempt: Record<string, number> = {
  // Every table that every service has, read as one; split, the reader would have to put it together again.
  'libs/platform/migrations/0001-platform.sql': 100,
  // Outbox, relay, envelopes, inbox, acknowledgement, sweep, back-pressure and dead letters are one protocol: ten files, none above 130.
  'libs/platform/src/delivery': 620,
  // Reading, courses, steps, rows and service of one engine for every clock of the suite: seven files, none above 140.
  'libs/platform/src/clocks': 480,
  // One table of every route and field: a line for each.
  'libs/security/src/authorisation': 560,
};

const layers = new Set(['services', 'controllers', 'resolvers', 'entities', 'inputs', 'consumers', 'dto', 'dtos', 'models', 'modules', 'repositories', 'utils', 'helpers', 'common', 'shared']);

function overBudget(files: Source[]): string[] {
  const problems: string[] = [];
  const folders = new Map<string, number>();
  for (const { path, text } of files) {
    const lines = codeLines(text);
    const budget = exempt[path] ?? fileBudgets.find(([pattern]) => pattern.test(path))?.[1] ?? Infinity;
    if (lines > budget) problems.push(`${path}: ${lines} lines, budget ${budget}`);
    const folder = countedFolder.exec(path)?.[0];
    if (folder && !isSpec(path)) folders.set(folder, (folders.get(folder) ?? 0) + lines);
  }
  for (const [folder, lines] of folders) {
    const budget = exempt[folder] ?? folderBudget;
    if (lines > budget) problems.push(`${folder}: ${lines} lines, budget ${budget}`);
  }
  return problems;
}

/** A service is flat until its eleventh source file; then it has folders named after nouns. */
function misshapen(files: Source[]): string[] {
  return apps.flatMap((app) => {
    const inside = files.filter(({ path }) => path.startsWith(`apps/${app}/src/`) && !isSpec(path)).map(({ path }) => path.split('/').slice(3));
    const folders = new Set(inside.filter((parts) => parts.length > 1).map(([folder]) => folder));
    return [
      ...(inside.length > 10 && folders.size === 0 ? [`apps/${app}: ${inside.length} source files and no folder`] : []),
      ...(inside.length <= 10 && folders.size > 0 ? [`apps/${app}: folders for ${inside.length} source files`] : []),
      ...[...folders].filter((folder) => layers.has(folder)).map((folder) => `apps/${app}/src/${folder}: a layer, not a noun`),
    ];
  });
}

describe('budgets', () => {
  const files = [...code(), ...sources(/\/migrations\/.*\.sql$/)];
  const lines = (count: number): string => 'x;\n\n// why\n'.repeat(count);

  it('are kept', () => expect(overBudget(files)).toEqual([]));

  it('have no exemption that nobody needs', () => {
    for (const path of Object.keys(exempt)) {
      const inside = files.filter((file) => (file.path === path || file.path.startsWith(`${path}/`)) && !isSpec(file.path));
      expect(inside.reduce((sum, { text }) => sum + codeLines(text), 0)).toBeGreaterThan(path.endsWith('.sql') ? 60 : folderBudget);
    }
  });

  it('keep services flat until the eleventh source file, then in folders named after nouns', () => expect(misshapen(files)).toEqual([]));

  it.each([
    ['apps/harbors/src/x.entity.ts', 80], ['apps/harbors/src/xs.resolver.ts', 100], ['apps/harbors/src/xs.controller.ts', 100],
    ['apps/harbors/src/xs.service.ts', 250], ['apps/harbors/src/xs.consumer.ts', 80], ['apps/harbors/migrations/0009-x.sql', 60],
    ['apps/harbors/test/x.e2e.spec.ts', 300], ['libs/contracts/src/events/x.ts', 150], ['tools/lib/x.mjs', 300],
  ])('bite: %s above %d', (path, budget) => {
    expect(overBudget([{ path, text: lines(budget) }])).toEqual([]);
    expect(overBudget([{ path, text: lines(budget + 1) }])).toEqual([`${path}: ${budget + 1} lines, budget ${budget}`]);
  });

  it('bite: a folder of the platform', () => {
    const folder = 'libs/platform/src/planted';
    expect(overBudget([1, 2, 3].map((n) => ({ path: `${folder}/${n}.ts`, text: lines(101) })))).toEqual([`${folder}: 303 lines, budget 300`]);
  });

  it('bite: eleven files without a folder, a folder too early, a folder that is a layer', () => {
    const eleven = Array.from({ length: 11 }, (_, n) => ({ path: `apps/harbors/src/${n}.ts`, text: '' }));
    expect(misshapen(eleven)).toEqual(['apps/harbors: 11 source files and no folder']);
    expect(misshapen(eleven.slice(1))).toEqual([]);
    expect(misshapen([{ path: 'apps/harbors/src/areas/1.ts', text: '' }])).toEqual(['apps/harbors: folders for 1 source files']);
    expect(misshapen(planted(eleven, 'apps/harbors/src/services/x.ts', ''))).toEqual(['apps/harbors/src/services: a layer, not a noun']);
  });

  it('count neither blank lines nor comments', () => {
    expect(withoutComments('/** a\n * b */\na();\n\n  // c\n-- d\nb(); // e\n').split('\n').filter(Boolean)).toEqual(['a();', 'b(); // e']);
  });
});
