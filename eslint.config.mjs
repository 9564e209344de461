// @ts-check
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import { createProjectGraphAsync } from '@nx/devkit';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// The boundary rule reads the project graph from Nx's cache and only warns when there is none: make it first, in this process.
process.env.NX_DAEMON = 'false';
process.env.NX_ISOLATE_PLUGINS = 'false';
await createProjectGraphAsync({ exitOnError: false });

/** What each project may use of ours. Apps are alike; libs stand in one order, so that there can be no circle. */
const mayUse = {
  'type:app': ['lib:contracts', 'lib:security', 'lib:platform', 'lib:spreadsheets', 'lib:standards', 'lib:testing'],
  'lib:standards': [],
  'lib:client': [],
  'lib:contracts': ['lib:standards'],
  'lib:spreadsheets': ['lib:contracts', 'lib:standards'],
  'lib:security': ['lib:contracts', 'lib:standards'],
  'lib:platform': ['lib:contracts', 'lib:security', 'lib:standards'],
  'lib:testing': ['lib:contracts', 'lib:security', 'lib:platform', 'lib:standards', 'lib:client'],
};
/** Only the platform speaks to Redis, and only it and the test harness to PostgreSQL. @type {Record<string, string[]>} */
const forbiddenDrivers = { 'lib:platform': [], 'lib:testing': ['bullmq', 'ioredis'] };
const depConstraints = Object.entries(mayUse).map(([sourceTag, tags]) => ({
  sourceTag, onlyDependOnLibsWithTags: tags, bannedExternalImports: forbiddenDrivers[sourceTag] ?? ['bullmq', 'ioredis', 'pg'],
}));
const boundaries = { depConstraints, checkDynamicDependenciesExceptions: ['.*'] };

const environment = { name: 'node:process', message: 'Read configuration with readConfig (libs/platform/src/config).' };
const forwardRef = { name: '@nestjs/common', importNames: ['forwardRef'], message: 'Two classes that need each other are one class, or three.' };
const database = { regex: '^pg(/|$)', message: 'Only libs/platform/src/database speaks to PostgreSQL directly; use Tenancy.' };
const testing = { group: ['@finharbor/testing/*'], message: 'Only tests may use the test harness.' };

const specs = ['**/*.spec.ts'];
const typed = ['apps/*/{src,test}/**/*.ts', 'libs/*/{src,test}/**/*.ts', 'tests/**/*.ts', '{tools,bench}/**/*.{ts,mjs}'];
/** Where `process.env` may be read: the one reader, what starts processes, and tests. */
const bootCode = ['libs/platform/src/config/**', 'libs/testing/**', '{apps,libs}/*/test/**', ...specs];

/** The demonstration and the partners' tools stand where a partner stands: public APIs and the client, nothing else of ours. */
const demoImports = '^@finharbor/(?!client/)|^(\\.\\./)+(apps|libs|tests)/|^(pg|typeorm|ioredis|bullmq)(/|$)';

export default defineConfig(
  globalIgnores(['**/dist/', '**/generated/', '**/node_modules/', '.data/', '.nx/', 'coverage/']),
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    languageOptions: {
      globals: Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly'])),
      parserOptions: { emitDecoratorMetadata: true, experimentalDecorators: true },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'eol-last': 'error',
      'max-len': ['error', { code: 140, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true, ignoreUrls: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'object-shorthand': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    files: ['**/*.ts'],
    rules: {
      'no-undef': 'off', // the compiler knows better
      // Files with decorators are left alone by this rule: injected classes must be imported as values.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    files: typed,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    files: ['apps/**', 'libs/**'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } }],
      'no-restricted-syntax': ['error', { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that has it.' }],
    },
  },
  {
    files: ['apps/**', 'libs/**'],
    ignores: bootCode,
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: environment.message }],
      'no-restricted-imports': ['error', { paths: [environment, { ...environment, name: 'process' }, forwardRef], patterns: [testing, database] }],
    },
  },
  {
    files: ['libs/platform/src/database/**'],
    ignores: specs,
    rules: { 'no-restricted-imports': ['error', { paths: [environment, forwardRef], patterns: [testing] }] },
  },
  {
    // Tests of a lib use the test harness, which uses the lib.
    files: ['libs/*/test/**'],
    rules: { '@nx/enforce-module-boundaries': ['error', { ...boundaries, allowCircularSelfDependency: true, allow: ['@finharbor/testing/**'] }] },
  },
  {
    // Tests start the fleet with the launcher's own code.
    files: ['libs/testing/**'],
    rules: { '@nx/enforce-module-boundaries': ['error', { ...boundaries, allow: ['../../../tools/**'] }] },
  },
  {
    files: ['tools/{demo,example-bank,listen,conformance}.mjs', 'tools/{demo,example-bank,listen,conformance}/**/*.mjs'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: demoImports, message: 'The demonstration uses the public APIs only.' }] }],
      'no-restricted-syntax': ['error', {
        selector: `ImportExpression[source.value=/${demoImports.replaceAll('/', '\\/')}/]`, message: 'The demonstration uses the public APIs only.',
      }],
    },
  },
  {
    files: specs,
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: "CallExpression[callee.object.name='jest'][callee.property.name=/[mM]ock|spyOn/]", message: 'No mocks of our own code.' },
        { selector: "MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo)$/]", message: 'Every test runs.' },
        { selector: "CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]", message: 'Every test runs.' },
      ],
    },
  },
);
