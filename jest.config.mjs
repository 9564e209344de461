/** Faults that take long run only in the full form: `npm run test:faults`. */
const longFaults = process.env.FAULTS === 'full' ? [] : ['/tests/faults/.*\\.full\\.spec\\.ts$'];

/** Tests run from the TypeScript sources (export condition `source`), as native ES modules. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tests', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...longFaults],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { module: { type: 'es6' } }],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 60_000, // longer than `until` and `eventually` wait, who say what for
  // What a file loaded stays in its worker (native modules are never let go): after a hundred files it would do little but collect garbage.
  workerIdleMemoryLimit: '1GB',
};
