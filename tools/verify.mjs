import { prepare, runNode } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

const steps = [
  ['format', ['node_modules/oxfmt/bin/oxfmt', '--check']],
  ['lint', ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings']],
  ['types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json']],
  ['openapi', ['tools/lint-openapi.mjs']],
  ['docs', ['tools/type-docs.mjs', '--check']],
  ['unit', ['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', '--silent']],
];

/** Everything that takes seconds; stops at the first step that fails. */
await runAsScript(import.meta.url, async () => {
  await prepare();
  for (const [name, args] of steps) {
    const startedAt = Date.now();
    const took = () => `${name.padEnd(8)}${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
    try {
      await runNode(args, { env: { NODE_ENV: 'test' } });
      console.log(`✓ ${took()}`);
    } catch (error) {
      console.log(`✗ ${took()}\n`);
      throw error;
    }
  }
});
