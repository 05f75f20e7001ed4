const shared = {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/apps', '<rootDir>/packages', '<rootDir>/tests'],
  // Tests load TypeScript sources, so that they never use a stale build.
  testEnvironmentOptions: { customExportConditions: ['@proviso/source', 'require', 'node', 'node-addons'] },
  transform: {
    '^.+\\.(ts|mjs|js)$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Packages that have only ES modules.
  transformIgnorePatterns: [
    '/node_modules/(?!(better-auth|@better-auth|@better-fetch|better-call|nanostores|kysely|rou3|defu|@noble|jose|p-limit|yocto-queue|uuid|openid-client|oauth4webapi|@prisma/client/runtime/.*\\.mjs)/?)',
  ],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.proviso/'],
};

/** Each test file has its own database, in a server that the run shares. */
const onServers = {
  ...shared,
  testEnvironment: '<rootDir>/packages/testing/jest/pg-environment.cjs',
  globalSetup: '<rootDir>/packages/testing/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/packages/testing/jest/global-teardown.mjs',
};

/** They measure time, so nothing else may run at the same time. */
const timed = [
  'apps/api/test/rate-limits',
  'tests/stories/fairness',
  'tests/stories/flood',
  'tests/stories/large-replies',
  'tests/stories/overload',
].map((name) => `<rootDir>/${name}.test.ts`);

/** They wait for leases, sweeps and limits most of the time, so they run next to those that compute. */
const waiting = [
  'packages/testing/test/test-server',
  'tests/stories/black-holes',
  'tests/stories/clock',
  'tests/stories/crash',
  'tests/stories/events',
  'tests/stories/local',
  'tests/stories/mcp-stdio',
  'tests/stories/poison',
  'tests/stories/recovery',
  'tests/stories/redis-away',
  'tests/stories/restore',
  'tests/stories/sdk-client',
  'tests/stories/tools',
  'tests/stories/unmigrated',
].map((name) => `<rootDir>/${name}.test.ts`);

export default {
  testTimeout: 30_000,
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/packages/testing/jest/long-first.cjs',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testEnvironment: '<rootDir>/packages/testing/jest/node-environment.cjs',
      testMatch: ['<rootDir>/{packages,apps}/*/test/unit/**/*.test.ts'],
    },
    {
      ...onServers,
      displayName: 'database',
      testMatch: [
        '<rootDir>/{packages,apps}/*/test/*.test.ts',
        '<rootDir>/apps/*/test/types/*.test.ts',
        '<rootDir>/packages/*/test/db/**/*.test.ts',
        '<rootDir>/tests/**/*.test.ts',
      ],
      testPathIgnorePatterns: ['/node_modules/', ...timed, ...waiting],
    },
    { ...onServers, displayName: 'waiting', testMatch: waiting },
    { ...onServers, displayName: 'timed', testMatch: timed },
  ],
};
