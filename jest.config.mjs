const shared = {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/apps', '<rootDir>/packages', '<rootDir>/tests'],
  // Tests load TypeScript sources, so that they never see a stale build.
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
  // Packages that are ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!(jose|openid-client|oauth4webapi|@prisma/client/runtime/.*\\.mjs)/?)'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.proviso/'],
};

export default {
  testTimeout: 30_000,
  workerIdleMemoryLimit: '512MB',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testEnvironment: 'node',
      testMatch: ['<rootDir>/{packages,apps}/*/test/unit/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'database',
      testEnvironment: '<rootDir>/packages/testing/jest/pg-environment.cjs',
      globalSetup: '<rootDir>/packages/testing/jest/global-setup.mjs',
      globalTeardown: '<rootDir>/packages/testing/jest/global-teardown.mjs',
      testMatch: [
        '<rootDir>/{packages,apps}/*/test/*.test.ts',
        '<rootDir>/apps/*/test/types/*.test.ts',
        '<rootDir>/packages/*/test/db/**/*.test.ts',
        '<rootDir>/tests/**/*.test.ts',
      ],
    },
  ],
};
